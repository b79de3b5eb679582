"""A large problem in arrays: refused units out, the others in the order of the tree over their points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orgraph.solver.districting.city.moves import Town
from orgraph.solver.districting.city.space import Ints, Links, space_of
from orgraph.solver.districting.city.tree import Tree, tree_of, tree_order
from orgraph.solver.districting.problem import Plan, PointCost, Problem


@dataclass(frozen=True, eq=False)
class CityInstance:
    """``unit[i]`` is the problem's index of unit i here; ``total`` people are to be shared out over ``k`` districts."""

    problem: Problem
    unit: Ints
    town: Town
    tree: Tree
    k: int
    total: int

    @property
    def num_units(self) -> int:
        """Return the number of units that are not refused."""
        return len(self.unit)

    def plan(self, label: Ints, seat: Ints) -> Plan:
        """Return a partition as a plan in canonical numbering."""
        district = np.full(self.problem.num_units, -1, dtype=np.int64)
        district[self.unit] = label
        placed = district[district >= 0]
        _, firsts = np.unique(placed, return_index=True)
        number = np.empty(self.k, dtype=np.int64)
        number[np.argsort(firsts)] = np.arange(self.k)
        seats = np.empty(self.k, dtype=np.int64)
        seats[number] = self.unit[seat]
        return Plan(tuple(int(number[d]) if d >= 0 else None for d in district), tuple(seats.tolist()))

    def labels(self, plan: Plan) -> Ints:
        """Return the district of every unit in a plan without violations."""
        return np.array([plan.district[u] for u in self.unit.tolist()], dtype=np.int64)


def city_instance(problem: Problem, objective: PointCost) -> CityInstance:
    """Return the arrays of a problem that has no findings and at most one bounded weight."""
    kept = np.array([u for u in range(problem.num_units) if u not in problem.refused], dtype=np.int64)
    order = tree_order(space_of(objective, kept).xyz)
    unit = kept[order]
    space = space_of(objective, unit)
    people, low, high = _bounded(problem, unit)
    seats = np.ones(problem.num_units, dtype=bool)
    if problem.seats is not None:
        seats[:] = False
        seats[list(problem.seats)] = True
    town = Town(
        space,
        _links(problem, unit),
        objective.weight[unit].astype(np.float64),
        people,
        seats[unit],
        low,
        high,
    )
    return CityInstance(problem, unit, town, tree_of(space.xyz), problem.k, int(people.sum()))


def bounded_weights(problem: Problem) -> list[str]:
    """Return the weights that have a band or a minimum."""
    return sorted({*problem.bands, *problem.minimums})


def _bounded(problem: Problem, unit: Ints) -> tuple[Ints, int, int]:
    """Return the bounded weight and its bounds; without one, every unit counts one and any number will do."""
    for name in bounded_weights(problem):
        people = np.array(problem.weights[name], dtype=np.int64)[unit]
        low, high = problem.bounds(name)
        total, others = int(people.sum()), problem.k - 1
        return people, max(low, total - others * high), min(high, total - others * low)
    return np.ones(len(unit), dtype=np.int64), 0, len(unit)


def _links(problem: Problem, unit: Ints) -> Links:
    place = np.full(problem.num_units, -1, dtype=np.int64)
    place[unit] = np.arange(len(unit))
    pairs = place[np.array(problem.edges, dtype=np.int64).reshape(-1, 2)]
    pairs = pairs[(pairs >= 0).all(axis=1)]
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    first = np.zeros(len(unit) + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends[:, 0], minlength=len(unit)), out=first[1:])
    return Links(first, ends[:, 1].copy())
