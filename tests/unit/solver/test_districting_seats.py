"""The parts of the proof for costs to a seat: what connectedness rules out, the exact balance of a seat, branches that are cut short, whole costs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from orgraph.solver import Limits, Status
from orgraph.solver.districting import Band, CenterCost, Problem, solve
from orgraph.solver.districting.bound import Bounded, Relaxation
from orgraph.solver.districting.instance import Instance, build_instance
from orgraph.solver.districting.pairs import Pairs, pairs_of
from orgraph.solver.districting.reach import reachable
from orgraph.solver.districting.seat_guesses import Guesses
from orgraph.solver.districting.seat_stage import prove_by_seats
from orgraph.solver.districting.seat_tree import SeatTree
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Clock
from orgraph.solver.highs import Highs

NEVER = bool


def line(n: int, k: int, *, most: int | None = None, weight: tuple[int, ...] | None = None) -> Problem:
    """Units in a row with the steps to a seat as cost."""
    along = np.abs(np.subtract.outer(np.arange(n), np.arange(n))).astype(np.float64)
    people = weight or (1,) * n
    high = Fraction(k - 1) if most is None else Fraction(most * k, sum(people)) - 1
    return Problem(
        unit_ids=tuple(f"u{i}" for i in range(n)),
        edges=tuple((i, i + 1) for i in range(n - 1)),
        k=k,
        weights={"people": people},
        objectives=(CenterCost("steps", along),),
        bands={"people": Band(Fraction(-1), high)},
    )


def everything(instance: Instance) -> tuple[Relaxation, Pairs]:
    objective = instance.problem.objectives[0]
    assert isinstance(objective, CenterCost)
    cost = instance.center_cost(objective)
    return Relaxation(instance, cost), pairs_of(instance, cost, np.ones(cost.shape, dtype=bool))


def seats_of(pairs: Pairs, node: int) -> list[int]:
    """Return the seats that a node may still have."""
    return sorted(int(s) for s in pairs.seat[pairs.owner()[pairs.node == node]])


def test_node_on_the_only_way_goes_along() -> None:
    instance = build_instance(line(5, 2))
    relaxation, pairs = everything(instance)
    first = (pairs.node != 4) | (pairs.seat[pairs.owner()] == 0)
    left = relaxation.tightened(pairs, first)
    assert left is None  # All five units are in one district, and the other has none.
    third = (pairs.node != 4) | (pairs.seat[pairs.owner()] == 2)
    left = relaxation.tightened(pairs, third)
    assert left is not None
    assert seats_of(left, 3) == [2]
    assert seats_of(left, 0) == [0, 1, 2]


def test_what_is_too_heavy_beside_what_is_sure_is_ruled_out() -> None:
    instance = build_instance(line(5, 2, most=3))
    relaxation, pairs = everything(instance)
    assert instance.low.tolist() == [2]
    left = relaxation.tightened(pairs, (pairs.node != 4) | (pairs.seat[pairs.owner()] == 2))
    assert left is not None
    assert seats_of(left, 1) == [0, 1]


def test_reach_is_the_lightest_way_within_the_bounds() -> None:
    instance = build_instance(line(5, 2, most=4, weight=(1, 1, 2, 1, 1)))
    inside = np.ones(5, dtype=bool)
    bounds = (instance.weights, instance.low, instance.high)
    assert reachable(0, inside, *instance.adjacency, *bounds).tolist() == [True, True, True, False, False]
    inside[1] = False
    assert not reachable(0, inside, *instance.adjacency, *bounds).any()


def test_balance_of_a_seat_is_kept_up_to_a_fraction() -> None:
    instance = build_instance(line(4, 2, most=2))
    relaxation, pairs = everything(instance)
    bounded = relaxation.explore(pairs, 2.0, NEVER)
    assert bounded.bound == pytest.approx(2.0, abs=1e-3)


def test_branch_that_is_cut_short_keeps_its_part() -> None:
    instance = build_instance(line(8, 3))
    relaxation, pairs = everything(instance)
    root = relaxation.explore(pairs, 20.0, NEVER)
    assert root.pairs is not None
    tree = SeatTree(relaxation, lambda: True)
    tree.branch(Bounded(root.bound, root.pairs, root.multipliers), 20.0)
    part = tree.take(np.inf)
    assert part is not None and part.pairs is root.pairs
    assert tree.take(np.inf) is None


def test_whole_costs_are_proven_exactly() -> None:
    state = State(build_instance(line(8, 2)), Clock(Limits()), 1, None)
    state.offer([0, 0, 1, 1, 1, 1, 1, 1])
    with Highs() as highs:
        prove_by_seats(state, 0, highs, most_choices=0)
    assert state.best is not None
    assert state.best.values == (8.0,)
    assert state.bounds == [8.0]


def test_seats_of_a_map_of_a_hundred_are_proven() -> None:
    n, columns = 100, 10
    x, y = np.arange(n) % columns, np.arange(n) // columns
    weight = tuple(3 + (7 * i + i * i) % 11 for i in range(n))
    far = np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y)) * np.array(weight)[:, None]
    across = [(i, i + 1) for i in range(n) if (i + 1) % columns]
    down = [(i, i + columns) for i in range(n - columns)]
    problem = Problem(
        unit_ids=tuple(f"u{i}" for i in range(n)),
        edges=tuple(sorted([*across, *down])),
        k=4,
        weights={"people": weight},
        objectives=(CenterCost("distance", far),),
        bands={"people": Band(Fraction(-1, 20), Fraction(1, 20))},
    )
    solution = solve(problem, limits=Limits(time_s=120.0))
    assert solution.status is Status.OPTIMAL
    assert solution.stats["proof"] == "floating point"


def test_total_that_meets_a_bound_exactly_is_no_contradiction() -> None:
    """Scaled weights do not add up exactly; whole ones do, and they alone decide what is too light."""
    instance = build_instance(line(6, 1, weight=(0, 0, 0, 1, 2, 5)))
    relaxation, pairs = everything(instance)
    assert instance.low.tolist() == instance.high.tolist() == [8]
    bounded = relaxation.explore(pairs, 9.25, NEVER)
    assert bounded.pairs is not None
    assert bounded.bound <= 9.0 + 1e-9


def test_guesses_grow_to_the_cutoff_and_pass_over_what_was_too_little() -> None:
    guesses = Guesses(share=0.01)
    assert list(guesses.up_to(110.0, 100.0)) == pytest.approx([101.0, 102.0, 104.0, 105.0, 110.0])
    assert list(guesses.up_to(120.0, 100.0)) == pytest.approx([108.0, 110.0, 120.0])
    assert list(guesses.up_to(100.2, 100.0)) == pytest.approx([100.1, 100.2])
    assert list(Guesses(share=0.25).up_to(1.0, 0.0)) == pytest.approx([0.25, 0.5, 1.0])


def test_cheapest_pairs_of_a_part_keep_a_plan() -> None:
    instance = build_instance(line(8, 2))
    relaxation, pairs = everything(instance)
    root = relaxation.explore(pairs, 100.0, NEVER)
    plan = np.array([7, 7, 7, 7, 7, 7, 7, 7])
    assert root.pairs is not None
    few = SeatTree(relaxation, NEVER).cheapest(root, 0, plan)
    assert few is not None and few.pairs is not None
    assert few.pairs.num_pairs < root.pairs.num_pairs
    assert all(7 in seats_of(few.pairs, node) for node in range(8) if 7 in seats_of(root.pairs, node))
