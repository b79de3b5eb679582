"""The independent checker: whether a plan obeys a covering problem, and what it costs, from the statement alone. Plain Python; shares nothing with a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from orgraph.solver.covering.problem import Joined, Joining, Opened, Opening, Plan, Problem
from orgraph.solver.violation import Violation


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return everything in ``plan`` that breaks ``problem``; a plan of the wrong shape is judged for its shape alone. Linear in the statement."""
    if isinstance(problem, Joining) and isinstance(plan, Joined):
        return tuple(_joined_shape(problem, plan)) or tuple(_joined(problem, plan))
    if isinstance(problem, Opening) and isinstance(plan, Opened):
        return tuple(_opened_shape(problem, plan)) or tuple(_opened(problem, plan))
    return (Violation("covering.kind"),)


def evaluate(problem: Problem, plan: Plan) -> dict[str, float]:
    """Return the objective of a plan of the right shape as named terms that sum to it."""
    if isinstance(problem, Joining) and isinstance(plan, Joined):
        sets, alone = _sets(plan), [u for u in problem.small if plan.set_of[u] is None]
        mixed = sum(len({problem.sectors[u] for u in units}) - 1 for units in sets.values())
        return {
            "joined": float(problem.prices.joined * len(sets)),
            "mixed": float(problem.prices.mixed * mixed),
            "alone": float((problem.prices.alone or 0) * len(alone)),
        }
    assert isinstance(problem, Opening) and isinstance(plan, Opened)
    missing = sum(max(0, need - len(by)) for need, by in zip(problem.needs, plan.served_by, strict=True))
    return {
        "new_groups": float(sum(problem.groups[g].price for g in plan.groups)),
        "uncovered": float((problem.uncovered or 0) * missing),
    }


def _joined_shape(problem: Joining, plan: Joined) -> Iterator[Violation]:
    if len(plan.set_of) != problem.num_units:
        yield Violation("covering.shape", numbers={"found": len(plan.set_of), "num_units": problem.num_units})
    order = list(dict.fromkeys(s for s in plan.set_of if s is not None))
    if order != list(range(len(order))):
        yield Violation("covering.numbering", numbers={"order": list(order)})


def _joined(problem: Joining, plan: Joined) -> Iterator[Violation]:
    for u, number in enumerate(plan.set_of):
        if number is not None and problem.members[u] >= problem.least:
            yield Violation("covering.large", (problem.unit_ids[u],), {"members": problem.members[u]})
        if number is None and problem.members[u] < problem.least and problem.prices.alone is None:
            yield Violation("covering.alone", (problem.unit_ids[u],))
    for number, units in _sets(plan).items():
        names = tuple(problem.unit_ids[u] for u in units)
        total = sum(problem.members[u] for u in units)
        if total < problem.least:
            yield Violation(
                "covering.least", names, {"number": number + 1, "total": total, "least": problem.least}
            )
        if len(units) > problem.most_units:
            numbers = {"number": number + 1, "found": len(units), "most": problem.most_units}
            yield Violation("covering.most_units", names, numbers)
        if len(units) < 2:
            yield Violation("covering.single", names, {"number": number + 1})
        if len(_reached(problem, units)) < len(units):
            yield Violation("covering.connected", names, {"number": number + 1})


def _sets(plan: Joined) -> dict[int, list[int]]:
    sets: dict[int, list[int]] = {}
    for u, number in enumerate(plan.set_of):
        if number is not None:
            sets.setdefault(number, []).append(u)
    return sets


def _reached(problem: Joining, units: list[int]) -> set[int]:
    """Return the units of a set that its first one is connected with inside the set."""
    inside, reached, is_growing = set(units), {units[0]}, True
    edges = [(i, j) for i, j in problem.edges if i in inside and j in inside]
    while is_growing:
        fresh = {v for i, j in edges for u, v in ((i, j), (j, i)) if u in reached} - reached
        reached |= fresh
        is_growing = bool(fresh)
    return reached


def _opened_shape(problem: Opening, plan: Opened) -> Iterator[Violation]:
    if len(plan.served_by) != problem.num_units:
        numbers = {"found": len(plan.served_by), "num_units": problem.num_units}
        yield Violation("covering.shape", numbers={**numbers})
    for numbers_of in (plan.groups, *plan.served_by):
        if list(numbers_of) != sorted({g for g in numbers_of if 0 <= g < len(problem.groups)}):
            yield Violation("covering.groups", numbers={"num_groups": len(problem.groups)})


def _opened(problem: Opening, plan: Opened) -> Iterator[Violation]:
    new = set(plan.groups)
    for g in plan.groups:
        if problem.groups[g].is_existing:
            yield Violation("covering.existing", (problem.groups[g].id,))
    for u, (need, by) in enumerate(zip(problem.needs, plan.served_by, strict=True)):
        for g in by:
            group, names = problem.groups[g], (problem.groups[g].id, problem.unit_ids[u])
            if g not in new and not group.is_existing:
                yield Violation("covering.closed", names)
            if u not in group.units:
                yield Violation("covering.reach", names)
        if len(by) < need and problem.uncovered is None:
            yield Violation("covering.need", (problem.unit_ids[u],), {"found": len(by), "need": need})
    load = Counter(g for by in plan.served_by for g in by)
    for g, found in sorted(load.items()):
        most = problem.groups[g].capacity
        if most is not None and found > most:
            yield Violation("covering.capacity", (problem.groups[g].id,), {"found": found, "capacity": most})
