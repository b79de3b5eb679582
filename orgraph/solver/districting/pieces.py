"""What holds together whatever the plan: the pieces of the map, the groups that locks make, and how many districts fit into each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from orgraph.solver.districting.problem import Problem

Units = tuple[int, ...]


def placed(problem: Problem) -> Units:
    """Return the units that are not refused, in order."""
    return tuple(i for i in range(problem.num_units) if i not in problem.refused)


def pieces(problem: Problem) -> tuple[Units, ...]:
    """Return the connected pieces of the map without its refused units, each in order, by their first units. O(n + m)."""
    return _components(placed(problem), problem.edges)


def groups(problem: Problem) -> tuple[Units, ...]:
    """Return the units that ``together`` and ``fixed`` tie to one district, single units included, refused ones left out. O(n + locks)."""
    return _components(placed(problem), [*problem.together, *problem.fixed])


def span(problem: Problem, piece: Sequence[int]) -> tuple[int, int]:
    """Return the least and the greatest number of districts that ``piece`` can be cut into, by totals, units and candidate seats alone.

    A relaxation: a number inside may still be impossible; one outside is proven impossible. The least is above the greatest when none fits.
    """
    least, most = 1, len(piece)
    if problem.seats is not None:
        most = min(most, sum(unit in problem.seats for unit in piece))
    for name in {*problem.bands, *problem.minimums}:
        lower, upper = problem.bounds(name)
        total = sum(problem.weights[name][unit] for unit in piece)
        if total > 0:
            least = max(least, -(-total // upper) if upper > 0 else len(piece) + 1)
        if lower > 0:
            most = min(most, total // lower)
    return least, most


def lightest_chains(problem: Problem, weight: str, start: int) -> dict[int, int]:
    """Return for every unit that chains of neighbours join to ``start`` the least total of such a chain, both ends included.

    Refused units are in no chain. Dijkstra's algorithm on the units' weights, O(m log n).
    """
    values = problem.weights[weight]
    near: dict[int, list[int]] = {i: [] for i in placed(problem)}
    for i, j in problem.edges:
        if i in near and j in near:
            near[i].append(j)
            near[j].append(i)
    least: dict[int, int] = {}
    queue = [(values[start], start)] if start in near else []
    while queue:
        total, unit = heappop(queue)
        if unit not in least:
            least[unit] = total
            for other in near[unit]:
                heappush(queue, (total + values[other], other))
    return least


def _components(units: Sequence[int], links: Iterable[Sequence[int]]) -> tuple[Units, ...]:
    """Return the classes of ``units`` under links of any length; what a link names outside ``units`` is passed over."""
    root = {unit: unit for unit in units}

    def find(unit: int) -> int:
        while root[unit] != unit:
            root[unit] = root[root[unit]]
            unit = root[unit]
        return unit

    for link in links:
        inside = [find(unit) for unit in link if unit in root]
        for other in inside[1:]:
            first, second = sorted((find(inside[0]), find(other)))
            root[second] = first
    classes: dict[int, list[int]] = {}
    for unit in units:
        classes.setdefault(find(unit), []).append(unit)
    return tuple(tuple(members) for members in classes.values())
