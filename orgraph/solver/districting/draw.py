"""A plan drawn at once for problems without contiguity, to show that a relaxation has a plan."""

from __future__ import annotations

from fractions import Fraction

from orgraph.solver.districting.check import medoid_seats, violations
from orgraph.solver.districting.pieces import groups
from orgraph.solver.districting.problem import Plan, Problem


def is_drawn(problem: Problem) -> bool:
    """Return whether a plan could be drawn without search: True is proof (the checker agrees), False says nothing.

    Groups go, those with a candidate seat first and then the heaviest, to the district with the least load that none of their ``apart`` partners is in.
    O(n k + apart). Only for problems without contiguity and differences.
    """
    if problem.is_contiguous or problem.differences:
        return False
    plan = _drawn(problem)
    return plan is not None and not violations(problem, plan)


def _drawn(problem: Problem) -> Plan | None:
    tied = groups(problem)
    district: list[int | None] = [None] * problem.num_units
    loads = [Fraction(0)] * problem.k
    sizes = [0] * problem.k
    for group in sorted(tied, key=lambda g: (not _has_candidate(problem, g), -_load(problem, g))):
        taken = {district[b if a in group else a] for a, b in problem.apart if a in group or b in group}
        free = [d for d in range(problem.k) if d not in taken]
        if not free:
            return None
        chosen = min(free, key=lambda d: (sizes[d] > 0, loads[d], sizes[d]))
        loads[chosen] += _load(problem, group)
        sizes[chosen] += len(group)
        for unit in group:
            district[unit] = chosen
    if not all(sizes):
        return None
    number = {d: i for i, d in enumerate(dict.fromkeys(d for d in district if d is not None))}
    labels = tuple(None if d is None else number[d] for d in district)
    return Plan(labels, medoid_seats(problem, labels, problem.objectives[0]))


def _has_candidate(problem: Problem, group: tuple[int, ...]) -> bool:
    return problem.seats is None or not problem.seats.isdisjoint(group)


def _load(problem: Problem, group: tuple[int, ...]) -> Fraction:
    """Return the group's share of all totals that are bounded."""
    names = sorted({*problem.bands, *problem.minimums})
    shares = (Fraction(sum(problem.weights[w][i] for i in group), problem.total(w) or 1) for w in names)
    return sum(shares, Fraction(0))
