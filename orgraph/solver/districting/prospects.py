"""What may be hoped for on a map, by its size: measured on published instances, not proven."""

from __future__ import annotations

from orgraph.solver.districting.halving import can_halve
from orgraph.solver.districting.instance import Instance
from orgraph.solver.districting.problem import BorderLength

PROVABLE, MANY_DISTRICTS = 200, 20
"""With more nodes and more districts than that, a proof for costs to a seat has no chance."""
PROVABLE_BORDER = 150
"""Up to so many choices of a district for a node, a proof for borders has a chance where there are more than two districts."""


def is_provable(instance: Instance) -> bool:
    """Return whether the first objective has a chance to be proven, so that time for that must be left."""
    if isinstance(instance.problem.objectives[0], BorderLength):
        return can_halve(instance) or instance.num_nodes * instance.k <= PROVABLE_BORDER
    return instance.num_nodes <= PROVABLE or instance.k <= MANY_DISTRICTS
