"""First plans: sets chosen greedily, groups opened greedily."""

from __future__ import annotations

import numpy as np

from orgraph.solver.covering.problem import Opening
from orgraph.solver.covering.sets import Floats, Ints, Sets


def greedy_partition(sets: Sets, extra: Floats) -> Ints | None:
    """Return numbers of disjoint sets that hold every unit, cheapest by ``extra`` per unit first; ``None`` when that leaves a unit out. O(sets log sets)."""
    free = np.ones(len(sets.small) + 1, dtype=np.bool_)
    chosen = []
    size = sets.size
    for number in np.lexsort((-size, extra / size)).tolist():
        units = sets.units[number, : size[number]]
        if free[units].all():
            free[units] = False
            chosen.append(number)
    return None if free[:-1].any() else np.array(chosen, dtype=np.int64)


def greedy_groups(problem: Opening) -> list[int]:
    """Return new groups that serve as much as they can, most services per price first, then none that the others make superfluous. O(groups^2 units)."""
    left = list(problem.needs)
    for group in problem.groups:
        if group.is_existing:
            _serve(left, group.units, group.capacity)
    chosen: list[int] = []
    closed = {g for g, group in enumerate(problem.groups) if not group.is_existing}
    while closed and any(left):
        gains = {g: len(_served(left, problem.groups[g].units, problem.groups[g].capacity)) for g in closed}
        best = max(sorted(closed), key=lambda g: gains[g] / max(problem.groups[g].price, 1e-9))
        if gains[best] == 0:
            break
        _serve(left, problem.groups[best].units, problem.groups[best].capacity)
        closed.remove(best)
        chosen.append(best)
    return sorted(chosen)


def _served(left: list[int], units: tuple[int, ...], capacity: int | None) -> list[int]:
    """Return the units that a group would serve: the neediest first."""
    needy = sorted((u for u in units if left[u] > 0), key=lambda u: -left[u])
    return needy[:capacity]


def _serve(left: list[int], units: tuple[int, ...], capacity: int | None) -> None:
    for u in _served(left, units, capacity):
        left[u] -= 1
