"""The search for better plans: where it begins, and how long it goes on."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from threading import Event

import networkx as nx
import numpy as np
import pytest

from orgraph.solver.districting import Band, BorderLength, CenterCost, Problem
from orgraph.solver.districting.instance import build_instance
from orgraph.solver.districting.prospects import is_provable
from orgraph.solver.districting.seek import improve_plan
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Clock
from orgraph.solver.solution import Limits


def path_of(num_nodes: int, k: int, *, is_border: bool) -> Problem:
    """Return a path of equal nodes, to be cut into k equal parts."""
    edges = tuple(pairwise(range(num_nodes)))
    cost = np.ones((num_nodes, num_nodes))
    return Problem(
        unit_ids=tuple(map(str, range(num_nodes))),
        edges=edges,
        k=k,
        weights={"population": (1,) * num_nodes},
        objectives=(BorderLength("border", (1.0,) * len(edges)) if is_border else CenterCost("way", cost),),
        bands={"population": Band(Fraction(0), Fraction(0))},
    )


@pytest.mark.parametrize(
    ("num_nodes", "k", "is_border", "expected"),
    [
        (600, 2, True, True),
        (1000, 2, True, False),
        (33, 3, True, True),
        (66, 6, True, False),
        (600, 6, False, True),
        (200, 25, False, True),
        (250, 25, False, False),
    ],
)
def test_time_is_left_for_a_proof_where_it_has_a_chance(
    num_nodes: int, k: int, is_border: bool, expected: bool
) -> None:
    assert is_provable(build_instance(path_of(num_nodes, k, is_border=is_border))) is expected


def test_with_many_districts_on_a_large_map_the_whole_plan_is_warmed_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = nx.convert_node_labels_to_integers(nx.grid_2d_graph(21, 10), ordering="sorted")
    cost = np.array(
        [[abs(i // 10 - j // 10) + abs(i % 10 - j % 10) for j in board] for i in board], dtype=float
    )
    problem = replace(
        path_of(210, 21, is_border=False),
        edges=tuple(sorted((min(e), max(e)) for e in board.edges)),
        objectives=(CenterCost("way", cost),),
        bands={"population": Band(Fraction(-1, 5), Fraction(1, 5))},
    )
    stop = Event()
    state = State(build_instance(problem), Clock(Limits(stop=stop)), 1, lambda _: stop.set())
    monkeypatch.setattr(state.search, "fresh", lambda *given: iter(()))
    state.offer([node // 10 for node in range(210)])
    stop.clear()
    assert state.best is not None
    in_rows = state.best.values[0]
    improve_plan(state)
    assert stop.is_set()
    assert state.best.values[0] < in_rows == 21 * 25
