"""Every plan of a tiny districting problem, by enumeration: what solvers, checkers and reasons are compared with.

Written on sets of units as bit masks, on purpose unlike the code under test.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from orgraph.findings import Reason
from orgraph.solver.districting.problem import Band, BorderLength, CenterCost, Change, Plan, Problem


def plans(problem: Problem) -> Iterator[Plan]:
    """Yield every partition that obeys the problem, each with its best seats for the objectives in order."""
    if not _locks_can_hold(problem):
        return
    n = problem.num_units
    everyone = sum(1 << i for i in range(n) if i not in problem.refused)
    seat = {
        mask: _best_seat(problem, mask)
        for mask in range(1, 1 << n)
        if mask & everyone == mask and _obeys(problem, mask)
    }
    for masks in _covers(everyone, problem.k, seat):
        district = tuple(
            None if not everyone >> i & 1 else next(d for d, mask in enumerate(masks) if mask >> i & 1)
            for i in range(n)
        )
        if all(_num_different(district, d.plan) >= d.num_units for d in problem.differences):
            yield Plan(district, tuple(seat[mask] for mask in masks))


def is_feasible(problem: Problem) -> bool:
    """Whether any plan exists; can stand in for a solver's proof."""
    return next(plans(problem), None) is not None


def best(problem: Problem) -> tuple[float, ...] | None:
    """Return the lexicographically least objective values, ``None`` when no plan exists."""
    return min((values(problem, plan) for plan in plans(problem)), default=None)


def values(problem: Problem, plan: Plan) -> tuple[float, ...]:
    """Return the objective values of a plan."""
    return tuple(_value(problem, plan, objective) for objective in problem.objectives)


def only(problem: Problem, kept: list[Reason]) -> Problem:
    """Return the problem in which only the rules that the reasons name are left."""
    of = {unit: i for i, unit in enumerate(problem.unit_ids)}
    named = [(reason.rule, tuple(of[unit] for unit in reason.subject), reason.numbers) for reason in kept]
    groups = {
        rule: [units for r, units, _ in named if r == rule]
        for rule in ("together", "fixed", "apart", "refused")
    }
    bounds = {(rule, numbers.get("weight")) for rule, _, numbers in named}
    rules = {rule for rule, _, _ in named}
    return replace(
        problem,
        refused=frozenset(units[0] for units in groups["refused"]),
        together=tuple(g for g in problem.together if g in groups["together"]),
        fixed=tuple(p for p in problem.fixed if p in groups["fixed"]),
        apart=tuple(p for p in problem.apart if p in groups["apart"]),
        seats=problem.seats if "seats" in rules else None,
        minimums={w: least for w, least in problem.minimums.items() if ("minimum", w) in bounds},
        bands={
            w: Band(
                band.low if ("balance.lower", w) in bounds else Fraction(-1),
                band.high if ("balance.upper", w) in bounds else Fraction(problem.k),
            )
            for w, band in problem.bands.items()
        },
        is_contiguous=bool({"connected", "connected.pieces"} & rules),
        differences=tuple(
            d
            for i, d in enumerate(problem.differences, start=1)
            if ("difference", i) in {(r, x.get("plan")) for r, _, x in named}
        ),
    )


def _covers(left: int, k: int, allowed: dict[int, int]) -> Iterator[list[int]]:
    if k == 0:
        if not left:
            yield []
        return
    first = left & -left
    rest = left ^ first
    part = rest
    while True:
        mask = first | part
        if mask in allowed:
            for others in _covers(left ^ mask, k - 1, allowed):
                yield [mask, *others]
        if not part:
            return
        part = (part - 1) & rest


def _obeys(problem: Problem, mask: int) -> bool:
    units = {i for i in range(problem.num_units) if mask >> i & 1}
    if problem.seats is not None and not units & problem.seats:
        return False
    if any(units & set(group) and not set(group) <= units for group in (*problem.together, *problem.fixed)):
        return False
    if any({a, b} <= units for a, b in problem.apart):
        return False
    if any(sum(problem.weights[w][i] for i in units) < least for w, least in problem.minimums.items()):
        return False
    return all(_in_band(problem, w, units) for w in problem.bands) and (
        not problem.is_contiguous or _is_connected(problem, mask)
    )


def _in_band(problem: Problem, weight: str, units: set[int]) -> bool:
    band = problem.bands[weight]
    total = sum(w for i, w in enumerate(problem.weights[weight]) if i not in problem.refused)
    mine = sum(problem.weights[weight][i] for i in units) * problem.k
    return (1 + band.low) * total <= mine <= (1 + band.high) * total


def _is_connected(problem: Problem, mask: int) -> bool:
    reached = mask & -mask
    for _ in range(problem.num_units):
        for i, j in problem.edges:
            pair = 1 << i | 1 << j
            if pair & mask == pair and pair & reached:
                reached |= pair
    return reached == mask


def _locks_can_hold(problem: Problem) -> bool:
    return not any(
        len(set(group)) > 1 and set(group) & problem.refused for group in (*problem.together, *problem.fixed)
    )


def _best_seat(problem: Problem, mask: int) -> int:
    units = [i for i in range(problem.num_units) if mask >> i & 1]
    costs = [o.cost for o in problem.objectives if isinstance(o, CenterCost)]
    allowed = [i for i in units if problem.seats is None or i in problem.seats]
    return min(allowed, key=lambda seat: ([sum(float(c[i, seat]) for i in units) for c in costs], seat))


def _value(problem: Problem, plan: Plan, objective: CenterCost | BorderLength | Change) -> float:
    district = plan.district
    if isinstance(objective, CenterCost):
        return sum(float(objective.cost[i, plan.seats[d]]) for i, d in enumerate(district) if d is not None)
    if isinstance(objective, BorderLength):
        return sum(
            length
            for (i, j), length in zip(problem.edges, objective.length, strict=True)
            if district[i] is not None and district[j] is not None and district[i] != district[j]
        )
    placed = [i for i, d in enumerate(district) if d is not None]
    return float(
        sum(objective.weight[i] for i in placed) - _most_alike(district, objective.part, objective.weight)
    )


def _num_different(district: tuple[int | None, ...], other: tuple[int | None, ...]) -> int:
    counted = sum(a is not None and b is not None for a, b in zip(district, other, strict=True))
    return counted - _most_alike(district, other, (1,) * len(district))


def _most_alike(
    first: tuple[int | None, ...], second: tuple[int | None, ...], weight: tuple[int, ...]
) -> int:
    """Try every one-to-one matching of the labels."""
    own, others = ({label for label in labels if label is not None} for labels in (first, second))
    padded = [*sorted(others), *[-1] * len(own)]
    return max(
        sum(
            w
            for a, b, w in zip(first, second, weight, strict=True)
            if a is not None and b is not None and to[a] == b
        )
        for image in set(itertools.permutations(padded, len(own)))
        for to in [dict(zip(sorted(own), image, strict=True))]
    )
