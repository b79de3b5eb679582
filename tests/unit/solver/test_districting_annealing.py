"""The kernels of the search: what they keep true, judged by plain code."""

from fractions import Fraction
from threading import Event

import networkx as nx
import numpy as np
import pytest

from orgraph.solver.districting import Band, BorderLength, CenterCost, Problem, solve
from orgraph.solver.districting.annealing_kernel import Heat, anneal, cut_length, num_broken, stays_connected
from orgraph.solver.districting.board import build_board, position_of, touching
from orgraph.solver.districting.check import violations
from orgraph.solver.districting.growing_kernel import excess, recut
from orgraph.solver.districting.heuristic import Search
from orgraph.solver.districting.instance import build_instance
from orgraph.solver.districting.pricing import medoids
from orgraph.solver.districting.spreading import Spreading
from orgraph.solver.solution import Limits, Status

SIDE = 6


def grid(*, k=4, side=SIDE, objective=None, **rules):
    units = [(x, y) for x in range(side) for y in range(side)]
    edges = tuple(
        (i, j)
        for i, a in enumerate(units)
        for j, b in enumerate(units)
        if i < j and abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1
    )
    return Problem(
        unit_ids=tuple(map(str, range(side * side))),
        edges=edges,
        k=k,
        weights={"population": (1,) * (side * side)},
        objectives=(objective or BorderLength("border", (1.0,) * len(edges)),),
        bands={"population": Band(Fraction(-1, 9), Fraction(1, 9))},
        **rules,
    )


def rows(k=4, side=SIDE):
    return np.array([(i // side) * k // side for i in range(side * side)])


def words(seed):
    return np.array([2 * seed + 1], dtype=np.uint64)


def is_connected(problem, labels):
    graph = nx.Graph(problem.edges)
    return all(nx.is_connected(graph.subgraph(np.flatnonzero(labels == d))) for d in set(labels.tolist()))


def test_arcs_lead_both_ways():
    board = build_board(build_instance(grid()))
    assert (board.tail[board.back] == board.head).all()
    assert (board.back[board.back] == np.arange(len(board.head))).all()
    assert touching(board, rows(3), 3) == [[1], [0, 2], [1]]


@pytest.mark.parametrize("seed", range(20))
def test_a_node_may_leave_exactly_when_its_district_stays_connected(seed):
    problem = grid()
    board = build_board(build_instance(problem))
    inside = np.random.default_rng(seed).random(SIDE * SIDE) < 0.7
    labels = inside.astype(np.int64)
    graph = nx.Graph(problem.edges).subgraph(np.flatnonzero(inside))
    piece = graph.subgraph(max(nx.connected_components(graph), key=len))
    for node in piece:
        rest = piece.subgraph(set(piece) - {node})
        mark, work = np.zeros(SIDE * SIDE, np.int64), np.empty((4, SIDE * SIDE), np.int64)
        assert stays_connected(board, labels, node, mark, 1, work) is nx.is_connected(rest)


@pytest.mark.parametrize("active", [(1, 1, 1, 1), (1, 1, 0, 0)])
def test_annealing_keeps_districts_connected_and_its_totals_right(active):
    problem = grid(apart=((0, 35),), together=((0, 1), (7, 21)))
    board = build_board(build_instance(problem))
    at = position_of(board, rows()[list(range(1, 36))], 4)
    before = at.labels.copy()
    best = at.labels.copy()
    price = np.zeros((35, 4))
    heat = Heat(20_000, 2.0, 0.2, 1.0, True)
    least, num_valid = anneal(board, at, price, np.array(active), heat, best, np.inf, words(1))
    again = position_of(board, at.labels, 4)
    assert all((a == b).all() for a, b in zip(at, again, strict=True))
    assert (at.labels[before >= sum(active)] == before[before >= sum(active)]).all()
    if num_valid:
        assert num_broken(board, position_of(board, best, 4)) == 0
        assert cut_length(board, best) == least


def test_a_recut_evens_out_two_districts_and_keeps_them_connected():
    problem = grid(k=2)
    board = build_board(build_instance(problem))
    labels = np.zeros(36, np.int64)
    labels[0] = 1
    at = position_of(board, labels, 2)
    before = excess(board, at.load[0], at.size[0]) + excess(board, at.load[1], at.size[1])
    for seed in range(20):
        recut(board, at, 0, 1, words(seed))
        after = excess(board, at.load[0], at.size[0]) + excess(board, at.load[1], at.size[1])
        assert after <= before
        assert is_connected(problem, at.labels)
        before = after
    assert before == 0


def test_medoids_are_the_cheapest_members_that_may_be_seats():
    cost = np.random.default_rng(3).random((36, 36))
    labels, home = rows(), np.arange(0, 36, 5)
    found = medoids(np.ascontiguousarray(cost[:, home].T), home, labels, 4)
    for d, seat in enumerate(found):
        own = [s for s in range(len(home)) if labels[home[s]] == d]
        assert seat == min(own, key=lambda s: cost[labels == d, home[s]].sum())
    assert medoids(np.zeros((1, 36)), np.array([0]), labels, 4).tolist() == [0, -1, -1, -1]


def test_a_run_is_the_same_for_a_seed():
    search = Search(build_instance(grid()))
    first, again = ([f.labels for f in search.fresh("7", bool)] for _ in range(2))
    assert first == again
    assert [f.labels for f in search.fresh("8", bool)] != first


def test_a_run_from_a_plan_leaves_other_districts_alone():
    search = Search(build_instance(grid()))
    plan = tuple((i // 6 // 3) * 2 + (i % 6) // 3 for i in range(36))
    for found in search.again(plan, 2, 0.5, "1", bool):
        changed = {plan[i] for i in range(36) if plan[i] != found.labels[i]}
        assert len(changed) <= 2


def test_squares_are_the_least_border_of_a_grid():
    solution = solve(grid(side=4, k=4), limits=Limits(time_s=20))
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, 8.0, 8.0)


def test_threads_find_plans_that_obey_every_rule():
    cost = np.array(
        [[abs(i // 6 - j // 6) + abs(i % 6 - j % 6) for j in range(36)] for i in range(36)], float
    )
    problem = grid(objective=CenterCost("steps", cost))
    solution = solve(problem, limits=Limits(time_s=30, workers=2))
    assert violations(problem, solution.plan) == ()
    assert solution.objective == 48.0


def test_a_stop_before_the_search_leaves_no_plan_and_no_wrong_bound():
    stop = Event()
    stop.set()
    solution = solve(grid(), limits=Limits(time_s=20, stop=stop))
    assert solution.status is Status.INTERRUPTED
    assert solution.bound is None or solution.bound <= 12.0


def test_flows_prove_the_middle_of_a_path():
    problem = Problem(
        unit_ids=("a", "b", "c", "d"),
        edges=((0, 1), (1, 2), (2, 3)),
        k=2,
        weights={"w": (1, 1, 1, 1)},
        objectives=(BorderLength("border", (1.0, 1.0, 1.0)),),
        bands={"w": Band(Fraction(0), Fraction(0))},
    )
    instance = build_instance(problem)
    assert list(Spreading(build_board(instance), instance, problem.objectives[0]).bounds(50, bool))[-1] == 1.0


def test_flows_say_nothing_without_an_upper_bound_or_without_borders():
    for problem in (grid(k=1), grid(objective=BorderLength("border", (0.0,) * 60))):
        instance = build_instance(problem)
        assert list(Spreading(build_board(instance), instance, problem.objectives[0]).bounds(50, bool)) == []
