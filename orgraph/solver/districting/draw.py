"""A plan drawn at once, without search, to show that a relaxation has one. What is drawn proves itself: the checker decides."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from orgraph.solver.districting.check import medoid_seats, violations
from orgraph.solver.districting.pieces import groups, placed
from orgraph.solver.districting.problem import Plan, Problem

Labels = Sequence[int | None]


def is_drawn(problem: Problem) -> bool:
    """Return whether a plan could be drawn: True is proof, since the checker agrees; False says nothing.

    Notes
    -----
    O(n k) where districts need not be connected, else O(n^2 + m) at worst; far less than a solver's call.
    """
    drawn = _merged(problem) if problem.is_contiguous else _dealt(problem)
    number = {d: i for i, d in enumerate(dict.fromkeys(d for d in drawn if d is not None))}
    if len(number) != problem.k:
        return False
    district = [None if d is None else number[d] for d in drawn]
    seats = medoid_seats(problem, district, problem.objectives[0])
    return not violations(problem, Plan(tuple(district), seats))


def _dealt(problem: Problem) -> Labels:
    """Deal groups, those with a candidate seat first and then the heaviest, to the district with the least load that has no partner apart."""
    apart: dict[int, set[int]] = {}
    for a, b in problem.apart:
        apart.setdefault(a, set()).add(b)
        apart.setdefault(b, set()).add(a)
    weight = _loads(problem)
    district: list[int | None] = [None] * problem.num_units
    loads = [(False, 0.0)] * problem.k
    for group in sorted(
        groups(problem), key=lambda g: (not _has_candidate(problem, g), -sum(weight[i] for i in g))
    ):
        taken = {district[other] for unit in group for other in apart.get(unit, ())}
        free = [d for d in range(problem.k) if d not in taken]
        if not free:
            break
        chosen = min(free, key=loads.__getitem__)
        loads[chosen] = (True, loads[chosen][1] + sum(weight[i] for i in group))
        for unit in group:
            district[unit] = chosen
    return district


def _merged(problem: Problem) -> Labels:
    """Merge the lightest district into its lightest neighbour until k are left."""
    members: dict[int, list[int]] = {i: [i] for i in placed(problem)}
    near: dict[int, set[int]] = {i: set() for i in members}
    for i, j in problem.edges:
        if i in near and j in near:
            near[i].add(j)
            near[j].add(i)
    weight = _loads(problem)
    queue = [(weight[i], i) for i in members]
    heapify(queue)
    while len(members) > problem.k and queue:
        load, light = heappop(queue)
        if light not in members or load != weight[light] or not near[light]:
            continue
        other = min(near[light], key=lambda d: (weight[d], d))
        members[other] += members.pop(light)
        weight[other] += load
        for third in near.pop(light):
            near[third].discard(light)
            if third != other:
                near[third].add(other)
                near[other].add(third)
        heappush(queue, (weight[other], other))
    district = {unit: d for d, units in members.items() for unit in units}
    return [district.get(unit) for unit in range(problem.num_units)]


def _has_candidate(problem: Problem, group: tuple[int, ...]) -> bool:
    return problem.seats is None or not problem.seats.isdisjoint(group)


def _loads(problem: Problem) -> list[float]:
    """Return every unit's share of all totals that are bounded, and a trifle for being one."""
    names = sorted({*problem.bands, *problem.minimums})
    totals = {name: problem.total(name) or 1 for name in names}
    return [1e-9 + sum(problem.weights[w][i] / totals[w] for w in names) for i in range(problem.num_units)]
