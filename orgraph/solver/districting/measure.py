"""What a partition costs and how far it is from the rules, in the terms of the instance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orgraph.solver.districting.instance import Floats, Instance, Ints
from orgraph.solver.districting.matching import match
from orgraph.solver.districting.problem import BorderLength, CenterCost, Change, Objective, PointCost


def incidence(instance: Instance, labels: Sequence[int]) -> Floats:
    """Return which district (``0 .. k-1``) holds which node, as 0-1: shape (k, nodes)."""
    inside = np.zeros((instance.k, instance.num_nodes))
    inside[list(labels), range(instance.num_nodes)] = 1.0
    return inside


def cheapest_seats(instance: Instance, inside: Floats, costs: Sequence[Floats]) -> list[int | None]:
    """Return for every district the index of the seat with the least cost (the first cost decides, then the next), ``None`` without a candidate."""
    home = np.array(instance.home, dtype=np.int64)
    totals = [inside @ cost for cost in reversed(costs)]
    chosen: list[int | None] = []
    for d, district in enumerate(inside):
        own = np.flatnonzero(district[home])
        order = np.lexsort([total[d, own] for total in totals])
        chosen.append(int(own[order[0]]) if len(own) else None)
    return chosen


def num_alike(inside: Floats, overlap: Ints) -> float:
    """Return the largest matched overlap of the districts with the parts that ``overlap`` (nodes, parts) counts."""
    shared: list[list[float]] = (inside @ overlap).tolist()
    return sum(shared[d][p] for d, p in enumerate(match(shared)) if p is not None)


def values(instance: Instance, labels: Sequence[int]) -> tuple[float, ...]:
    """Return the value of every objective for a partition that obeys the rules, seats chosen best."""
    inside = incidence(instance, labels)
    costs = [instance.center_cost(o) for o in instance.problem.objectives if isinstance(o, CenterCost)]
    seats = cheapest_seats(instance, inside, costs) if costs else []
    return tuple(_value(instance, o, labels, inside, seats) for o in instance.problem.objectives)


def _value(
    instance: Instance,
    objective: Objective,
    labels: Sequence[int],
    inside: Floats,
    seats: Sequence[int | None],
) -> float:
    match objective:
        case CenterCost():
            cost = instance.center_cost(objective)
            return sum(float(inside[d] @ cost[:, s]) for d, s in enumerate(seats) if s is not None)
        case BorderLength():
            return sum(m for (a, b), m in instance.border(objective).items() if labels[a] != labels[b])
        case PointCost():  # An instance has it as a matrix.
            raise TypeError(objective.name)
        case Change():
            total = sum(objective.weight[u] for units in instance.members for u in units)
            return float(total - num_alike(inside, instance.kept(objective)))
