"""Cheapest circulations by OR-Tools, one objective after another, each with its proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from orgraph.solver.matching.bound import dual_value, node_prices, reduced_costs
from orgraph.solver.matching.instance import Flags
from orgraph.solver.matching.model import Network
from orgraph.solver.matching.problem import Ints


@dataclass(frozen=True)
class Flow:
    """A circulation: ``amount`` per arc, its cost, and a bound that node prices prove."""

    amount: Ints
    cost: int
    bound: int
    reduced: Ints

    def pairs(self, network: Network) -> Flags:
        """Return which candidate pairs are made."""
        return self.amount[network.pairs] > 0


def cheapest(network: Network, cost: Ints) -> Flow | None:
    """Return a circulation of least cost, ``None`` when there is none.

    Notes
    -----
    Cost scaling in exact integers (Goldberg, Tarjan 1990); the bound is worked out from the problem's own figures, not taken from the engine.
    """
    tail, head, low, high = network.tail, network.head, network.at_least, network.at_most
    if (low > high).any():
        return None
    engine = SimpleMinCostFlow()
    arcs = engine.add_arcs_with_capacity_and_unit_cost(tail, head, high - low, cost)
    engine.set_nodes_supplies(np.arange(network.num_nodes), _supplies(network))
    status = engine.solve()
    if status == engine.INFEASIBLE:
        return None
    if status != engine.OPTIMAL:
        raise ArithmeticError(f"min cost flow ended with {status}")
    amount = low + engine.flows(arcs)
    price = node_prices(tail, head, cost, low, high, amount, network.num_nodes)
    reduced = reduced_costs(tail, head, cost, price)
    return Flow(amount, sum((cost * amount).tolist()), dual_value(reduced, low, high), reduced)


def stay_cheapest(network: Network, flow: Flow) -> None:
    """Narrow the arcs of ``network`` to the circulations that cost as little as ``flow``: an arc with a reduced cost stays at its cheaper bound."""
    network.at_most = np.where(flow.reduced > 0, network.at_least, network.at_most)
    network.at_least = np.where(flow.reduced < 0, network.at_most, network.at_least)


def contradiction(network: Network) -> Flags | None:
    """Return nodes into which more must flow than may flow out, ``None`` when there is a circulation (Hoffman 1960)."""
    low, high = network.at_least, np.maximum(network.at_most, network.at_least)
    supply = _supplies(network)
    source, sink = network.num_nodes, network.num_nodes + 1
    gives, takes = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
    engine = SimpleMaxFlow()
    engine.add_arcs_with_capacity(network.tail, network.head, high - low)
    engine.add_arcs_with_capacity(np.full(len(gives), source), gives, supply[gives])
    engine.add_arcs_with_capacity(takes, np.full(len(takes), sink), -supply[takes])
    if not len(gives) or engine.solve(source, sink) != engine.OPTIMAL:
        return None
    if engine.optimal_flow() == int(supply[gives].sum()):
        return None
    inside = np.zeros(network.num_nodes + 2, dtype=np.bool_)
    inside[engine.get_source_side_min_cut()] = True
    return inside[:-2]


def _supplies(network: Network) -> Ints:
    """Return what the lower bounds bring into every node less what they take out."""
    supply = np.zeros(network.num_nodes, dtype=np.int64)
    np.add.at(supply, network.head, network.at_least)
    np.subtract.at(supply, network.tail, network.at_least)
    return supply
