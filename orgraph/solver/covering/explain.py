"""Why there is no plan: units that cannot all be joined, or needs and capacities that contradict each other; irreducible."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from orgraph.findings import Reason
from orgraph.solver import matching
from orgraph.solver.covering.problem import Joining, Opening, Prices, Problem
from orgraph.solver.covering.sets import Sets, most_members, write_sets
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.engine import Clock, Result
from orgraph.solver.irreducible import DeletionFilter
from orgraph.solver.matching.explain import reasons as matching_reasons
from orgraph.solver.mip import Mip, Terms
from orgraph.solver.solution import Limits


def reasons(problem: Problem, *, limits: Limits | None = None) -> tuple[Reason, ...]:
    """Return an irreducible set of reasons why ``problem``, proven infeasible, has no plan.

    Returns
    -------
    tuple of Reason
        For joining: units that cannot all be in a set, though any one fewer of them can (all others may stay alone). For opening: needs and capacities that
        contradict each other even when every candidate group is opened.
    """
    clock = Clock(limits or Limits())
    return _unplaced(problem, clock) if isinstance(problem, Joining) else _uncovered(problem, clock)


def _unplaced(problem: Joining, clock: Clock) -> tuple[Reason, ...]:
    relaxed = replace(problem, prices=Prices(1, 0, None))
    sets = write_sets(relaxed, clock.is_over)
    lonely = sorted(set(range(len(sets.small))) - set(sets.units.ravel().tolist()))
    if lonely and sets.is_complete:
        return (_unplaced_reason(problem, sets.small[lonely[0]], True),)
    search = DeletionFilter[int](lambda units: _can_place(sets, units, clock))
    core = search.core([range(len(sets.small))])
    return tuple(_unplaced_reason(problem, sets.small[u], search.is_needed(core, u)) for u in sorted(core))


def _can_place(sets: Sets, wanted: frozenset[int], clock: Clock) -> bool | None:
    """Return whether disjoint sets hold all wanted units, the others being free to stay alone; ``None`` when that is not known."""
    mip, rows = Mip(), [list[tuple[int, float]]() for _ in sets.small]
    is_wanted = np.isin(sets.units, sorted(wanted)).any(axis=1)
    for units in sets.tuples(np.flatnonzero(is_wanted)):
        column = mip.binary()
        for unit in units:
            rows[unit].append((column, 1.0))
    for unit, row in enumerate(rows):
        _hold_once(mip, row, unit in wanted)
    result = solve_cp_sat(mip, clock.lap(clock.left_s / 2)).result
    found = {Result.OPTIMAL: True, Result.FEASIBLE: True, Result.INFEASIBLE: False}.get(result)
    return found if sets.is_complete or found else None


def _hold_once(mip: Mip, row: Terms, is_wanted: bool) -> None:
    if is_wanted:
        mip.row(row, at_least=1.0, at_most=1.0)
    elif row:
        mip.row(row, at_most=1.0)


def _unplaced_reason(problem: Joining, unit: int, is_needed: bool) -> Reason:
    found = most_members(problem, unit)
    numbers = {"found": found, "least": problem.least, "most_units": problem.most_units}
    variant = "far" if found < problem.least else ""
    return Reason("covering.placed", (problem.unit_ids[unit],), {**numbers}, is_needed, variant)


def _uncovered(problem: Opening, clock: Clock) -> tuple[Reason, ...]:
    """Ask the matching family: with all groups open, units have a lower quota and groups an upper one."""
    found = matching_reasons(_all_open(problem), limits=clock.limits_left)
    return tuple(_uncovered_reason(problem, reason) for reason in found)


def _all_open(problem: Opening) -> matching.Problem:
    links = [(u, g) for g, group in enumerate(problem.groups) for u in group.units]
    columns = np.array(links, dtype=np.int64).reshape(-1, 2)
    needs = np.array(problem.needs, dtype=np.int64)
    most = [len(group.units) if group.capacity is None else group.capacity for group in problem.groups]
    units = matching.Side(problem.unit_ids, needs, np.maximum(needs, len(problem.groups)))
    zero = np.zeros(len(most), dtype=np.int64)
    groups = matching.Side(tuple(group.id for group in problem.groups), zero, np.array(most, dtype=np.int64))
    return matching.Problem(
        units, groups, matching.Pairs(columns[:, 0], columns[:, 1], np.zeros(len(links), dtype=np.int64))
    )


def _uncovered_reason(problem: Opening, reason: Reason) -> Reason:
    if reason.rule == "matching.lower":
        need = problem.needs[problem.unit_ids.index(reason.subject[0])]
        numbers = {"need": need, "candidates": reason.numbers["candidates"]}
        return Reason("covering.need", reason.subject, numbers, reason.is_proven_minimal)
    numbers = {"capacity": reason.numbers["upper"]}
    return Reason("covering.capacity", reason.subject, numbers, reason.is_proven_minimal)
