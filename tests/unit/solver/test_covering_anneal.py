"""Annealing keeps sets connected and not too large, whatever it does, and finds what can be seen on a small map."""

from __future__ import annotations

import networkx as nx
import pytest

from orgraph.solver import Limits
from orgraph.solver.covering import Joining, Prices
from orgraph.solver.covering.anneal import anneal
from orgraph.solver.engine import Clock


def grid(side: int, **prices: int) -> Joining:
    edges = [(u, u + 1) for u in range(side * side) if (u + 1) % side] + [
        (u, u + side) for u in range(side * (side - 1))
    ]
    members, sectors = [1 + u % 2 for u in range(side * side)], ["st"[u // 3 % 2] for u in range(side * side)]
    names = tuple(f"u{u}" for u in range(side * side))
    return Joining(names, tuple(sorted(edges)), tuple(members), tuple(sectors), 3, 4, Prices(**prices))


@pytest.mark.parametrize("seed", [1, 2])
def test_sets_stay_connected_and_disjoint(seed: int) -> None:
    problem = grid(6)
    found = anneal(problem, [(u,) for u in range(36)], seed, Clock(Limits()))
    graph: nx.Graph[int] = nx.Graph(problem.edges)
    assert sorted(u for units in found for u in units) == list(range(36))
    assert all(len(units) <= 4 and nx.is_connected(graph.subgraph(units)) for units in found)
    assert len(found) <= 10
    assert found == anneal(problem, [(u,) for u in range(36)], seed, Clock(Limits()))


def test_out_of_time_the_start_is_returned() -> None:
    start = [(u,) for u in range(9)]
    assert anneal(grid(3), start, 1, Clock(Limits(time_s=0.0))) == [[u] for u in range(9)]


def test_units_without_neighbours_stay_where_they_are() -> None:
    lonely = Joining(("a", "b"), (), (1, 1), ("s", "s"))
    assert anneal(lonely, [(0,), (1,)], 1, Clock(Limits())) == [[0], [1]]
