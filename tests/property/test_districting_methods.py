"""Every method by itself against all plans of tiny maps: models without the pool, fixings, layouts, the pool, bounds at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from districting_brute_force import best, plans, values
from districting_maps import OBJECTIVES, RULES, maps, ruled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.solver import Limits
from orgraph.solver.districting import Plan, Problem, is_feasible, solve
from orgraph.solver.districting.board import build_board
from orgraph.solver.districting.bound import Relaxation
from orgraph.solver.districting.check import violations
from orgraph.solver.districting.feasibility import has_lock_on_refused, prove_feasibility
from orgraph.solver.districting.halving import Halving, can_halve
from orgraph.solver.districting.instance import Floats, Instance, build_instance
from orgraph.solver.districting.layout import Layout, part_layout, rank_layout, root_layout, seat_layout
from orgraph.solver.districting.model import Model
from orgraph.solver.districting.naming import bound_first
from orgraph.solver.districting.pairs import pairs_of
from orgraph.solver.districting.partitioning import price_sets
from orgraph.solver.districting.pool import Pool, build_pool
from orgraph.solver.districting.pool_stage import MOST_SETS, least_cost
from orgraph.solver.districting.problem import BorderLength, CenterCost, Change
from orgraph.solver.districting.seat_stage import prove_by_seats
from orgraph.solver.districting.seat_tree import SeatTree
from orgraph.solver.districting.separators import separate
from orgraph.solver.districting.spreading import Spreading
from orgraph.solver.districting.stage import prove_stages
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Clock, Result
from orgraph.solver.highs import Highs

FEW = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
NEVER = bool


def labels_of(instance: Instance, plan: Plan) -> tuple[int, ...]:
    labels = instance.labels(plan)
    assert labels is not None
    return labels


def is_solvable(problem: Problem) -> bool:
    return not has_lock_on_refused(problem) and len(problem.refused) < problem.num_units


def districts(labels: Sequence[int]) -> list[list[int]]:
    return [[v for v, d in enumerate(labels) if d == own] for own in range(max(labels) + 1)]


def priced(instance: Instance) -> Floats:
    objective = instance.problem.objectives[0]
    assert isinstance(objective, CenterCost)
    return instance.center_cost(objective)


def has_name(layout: Layout, group: list[int], homes: set[int]) -> bool:
    """Whether some label whose home is in ``homes`` may hold all of the group."""
    return any(
        home in homes and bool(layout.allowed[group, label].all()) for label, home in enumerate(layout.home)
    )


@FEW
@given(data=st.data())
def test_the_model_by_rank_equals_enumeration(data: st.DataObject) -> None:
    problem = data.draw(maps("border"))
    for rule in data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        problem = data.draw(ruled(problem, rule))
    if not is_solvable(problem):
        return
    expected = best(problem)
    instance = build_instance(problem)
    model = Model(instance, rank_layout(instance))
    model.add_rules()
    model.minimize(problem.objectives[0])
    with Highs() as highs:
        outcome = highs.solve(model.mip, Clock(Limits()))
        while outcome.x is not None and problem.is_contiguous and separate(model, model.labels(outcome.x)):
            outcome = highs.solve(model.mip, Clock(Limits()))
    assert (outcome.result is Result.INFEASIBLE) is (expected is None)
    if expected is not None and outcome.bound is not None:
        assert outcome.bound + model.constant == pytest.approx(expected[0], rel=1e-6, abs=1e-6)


@SOME
@given(data=st.data())
def test_halving_finds_the_least_whole_border_and_nothing_below_it(data: st.DataObject) -> None:
    problem = data.draw(ruled(data.draw(maps("border")), "wide band"))
    for rule in data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        problem = data.draw(ruled(problem, rule))
    lengths = data.draw(st.lists(st.integers(0, 4), min_size=len(problem.edges), max_size=len(problem.edges)))
    objective = BorderLength("border", tuple(map(float, lengths)))
    problem = replace(problem, k=2, objectives=(objective,), differences=())
    if not is_solvable(problem) or not problem.is_contiguous:
        return
    expected = best(problem)
    instance = build_instance(problem)
    assert can_halve(instance)
    least = 1e6 if expected is None else expected[0]
    board = build_board(instance)
    halving = Halving(board, least)
    assert halving.run(NEVER)
    if halving.labels is None:
        assert expected is None or any(a == b for a, b in instance.apart)
    else:
        assert expected is not None
        plan = instance.plan(halving.labels)
        assert violations(problem, plan) == ()
        assert values(problem, plan)[0] == least
    below = Halving(board, least - 1)
    assert expected is None or (below.run(NEVER) and below.labels is None)
    assert not Halving(board, least).run(lambda: True)


@SOME
@given(data=st.data())
def test_flows_never_cross_more_than_the_least_border(data: st.DataObject) -> None:
    problem = data.draw(ruled(data.draw(maps("border")), "wide band"))
    expected = best(problem)
    instance = build_instance(problem)
    objective = problem.objectives[0]
    assert isinstance(objective, BorderLength)
    found = list(Spreading(build_board(instance), instance, objective).bounds(300, NEVER))
    assert found == sorted(found)
    if expected is not None:
        assert all(bound <= expected[0] + 1e-9 for bound in found)


@pytest.mark.parametrize("objective", OBJECTIVES)
@FEW
@given(data=st.data())
def test_models_without_the_pool_equal_enumeration(objective: str, data: st.DataObject) -> None:
    problem = data.draw(maps(objective))
    for rule in data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        problem = data.draw(ruled(problem, rule))
    if not is_solvable(problem):
        return
    state = State(build_instance(problem), Clock(Limits()), 1, None)
    state.most_sets_tried = MOST_SETS
    with Highs() as highs:
        prove_stages(state, highs)
    expected = best(problem)
    if expected is None:
        assert state.is_infeasible
        return
    assert state.best is not None
    assert state.best.values == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert all(state.is_proven(stage) for stage in range(len(expected)))


@SOME
@given(data=st.data())
def test_fixings_keep_every_plan_up_to_the_cutoff(data: st.DataObject) -> None:
    problem = data.draw(maps("center"))
    for rule in data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        problem = data.draw(ruled(problem, rule))
    known = list(plans(problem)) if is_solvable(problem) else []
    if not known:
        return
    instance = build_instance(problem)
    cost = priced(instance)
    least = min(values(problem, plan)[0] for plan in known)
    cutoff = least * data.draw(st.sampled_from([1.0, 1.05, 1.5]))
    relaxed = Relaxation(instance, cost).explore(
        pairs_of(instance, cost, np.ones(cost.shape, dtype=bool)), cutoff, NEVER
    )
    assert relaxed.pairs is not None
    assert relaxed.bound <= least + 1e-9 * max(1.0, least)
    allowed, must_open = relaxed.pairs.mask(cost.shape), relaxed.pairs.seat[relaxed.pairs.must_open]
    for plan in known:
        if values(problem, plan)[0] <= cutoff:
            assert {instance.seats[s] for s in must_open} <= set(plan.seats)
            for node, d in enumerate(labels_of(instance, plan)):
                assert allowed[node, instance.seats.index(plan.seats[d])]


@SOME
@given(data=st.data())
def test_children_of_a_branch_keep_every_plan_up_to_the_cutoff(data: st.DataObject) -> None:
    problem = data.draw(maps("center"))
    for rule in data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        problem = data.draw(ruled(problem, rule))
    known = list(plans(problem)) if is_solvable(problem) else []
    if not known:
        return
    instance = build_instance(problem)
    cost = priced(instance)
    least = min(values(problem, plan)[0] for plan in known)
    cutoff = least * data.draw(st.sampled_from([1.0, 1.2, 2.0])) + 0.25
    wanted = [plan for plan in known if values(problem, plan)[0] <= cutoff]
    relaxation = Relaxation(instance, cost)
    root = relaxation.explore(pairs_of(instance, cost, np.ones(cost.shape, dtype=bool)), cutoff, NEVER)
    tree = SeatTree(relaxation, NEVER)
    tree.put(root)
    for _ in range(4):
        part = tree.take(np.inf)
        assert part is not None
        if not part.num_choices:
            tree.put(part)
            break
        tree.branch(part, cutoff)
    parts = []
    while (part := tree.take(np.inf)) is not None:
        assert part.pairs is not None
        parts.append((part.bound, part.pairs.mask(cost.shape)))
    for plan in wanted:
        used = [
            (node, instance.seats.index(plan.seats[d])) for node, d in enumerate(labels_of(instance, plan))
        ]
        bounds = [bound for bound, mask in parts if all(mask[pair] for pair in used)]
        assert bounds
        assert min(bounds) <= values(problem, plan)[0] + 1e-9 * max(1.0, cutoff)


@pytest.mark.parametrize("most_choices", [0, 3])
@pytest.mark.parametrize("objective", ["center", "border then center", "center then center"])
@FEW
@given(data=st.data())
def test_tree_of_seats_equals_enumeration(objective: str, most_choices: int, data: st.DataObject) -> None:
    problem = data.draw(maps(objective))
    for rule in data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        problem = data.draw(ruled(problem, rule))
    known = list(plans(problem)) if is_solvable(problem) else []
    if not known:
        return
    expected = best(problem)
    assert expected is not None
    stage = len(problem.objectives) - 1
    first = [plan for plan in known if values(problem, plan)[:stage] == pytest.approx(expected[:stage])]
    state = State(build_instance(problem), Clock(Limits()), 1, None)
    state.offer(labels_of(state.instance, data.draw(st.sampled_from(first))))
    with Highs() as highs:
        prove_by_seats(state, stage, highs, most_choices=most_choices)
    assert state.best is not None
    assert state.best.values == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert state.is_proven(stage)


@SOME
@given(data=st.data())
def test_every_plan_has_a_name_in_every_layout(data: st.DataObject) -> None:
    problem = data.draw(maps("change"))
    for rule in data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        problem = data.draw(ruled(problem, rule))
    if not is_solvable(problem):
        return
    instance = build_instance(problem)
    seats, roots = seat_layout(instance), root_layout(instance)
    for plan in plans(problem):
        for d, group in enumerate(districts(labels_of(instance, plan))):
            assert has_name(seats, group, {instance.home[instance.seats.index(plan.seats[d])]})
            first = next(home for home in roots.home if home in group)
            assert first is not None and has_name(roots, group, {first})


@SOME
@given(data=st.data())
def test_part_layout_keeps_every_plan_up_to_the_change(data: st.DataObject) -> None:
    problem = data.draw(maps("change"))
    instance = build_instance(problem)
    objective = problem.objectives[0]
    assert isinstance(objective, Change)
    kept = instance.kept(objective)
    total = sum(objective.weight)
    for plan in list(plans(problem))[:40]:
        change = values(problem, plan)[0]
        layout = part_layout(instance, objective, change)
        labels = labels_of(instance, plan)
        shared = np.zeros((problem.k, layout.num_labels))
        shared[:, : kept.shape[1]] = np.array([kept[group].sum(axis=0) for group in districts(labels)])
        ways = [
            way
            for way in np.ndindex(*(layout.num_labels,) * problem.k)
            if len(set(way)) == problem.k and total - sum(shared[d, p] for d, p in enumerate(way)) == change
        ]
        assert ways
        for way in ways:
            assert all(layout.allowed[v, way[d]] for v, d in enumerate(labels))


@pytest.mark.parametrize("word", ["center", "border", "change"])
@SOME
@given(data=st.data())
def test_pool_holds_the_districts_of_every_plan_and_prices_them_rightly(
    word: str, data: st.DataObject
) -> None:
    problem = data.draw(ruled(data.draw(maps(word)), "wide band"))
    for rule in data.draw(
        st.lists(st.sampled_from([r for r in RULES if r != "not contiguous"]), max_size=2, unique=True)
    ):
        problem = data.draw(ruled(problem, rule))
    known = list(plans(problem)) if is_solvable(problem) else []
    instance = build_instance(problem) if known else None
    if instance is None:
        return
    pool = build_pool(instance, MOST_SETS, NEVER)
    assert pool is not None
    sets = [pool.find(instance, labels_of(instance, plan)) for plan in known]
    cost = least_cost(instance, pool, problem.objectives[0])
    priced = price_sets(instance, pool, cost, sets[0], NEVER)
    for plan, numbers in zip(known, sets, strict=True):
        value = values(problem, plan)[0]
        slack = 1e-9 * max(1.0, value)
        if word == "change":
            assert cost[numbers].sum() <= value + slack
        else:
            assert cost[numbers].sum() == pytest.approx(value)
        assert priced.bound <= value + slack
        assert all(priced.bound + priced.extra[s] <= value + slack for s in numbers)


def test_pool_is_given_up_when_there_are_too_many_sets() -> None:
    problem = Problem(
        unit_ids=("a", "b", "c"),
        edges=((0, 1), (1, 2)),
        k=2,
        weights={"w": (1, 1, 1)},
        objectives=(),
        minimums={"w": 1},
    )
    instance = build_instance(problem)
    whole = build_pool(instance, 5, NEVER)
    assert isinstance(whole, Pool)
    assert sorted(whole.masks.tolist()) == [0b001, 0b010, 0b011, 0b100, 0b110]
    assert build_pool(instance, 4, NEVER) is None
    assert build_pool(instance, 5, lambda: True) is None


@pytest.mark.parametrize("rule", RULES)
@FEW
@given(data=st.data())
def test_feasibility_is_that_of_enumeration(rule: str, data: st.DataObject) -> None:
    problem = data.draw(ruled(data.draw(maps("center")), rule))
    expected = best(problem) is not None
    assert is_feasible(problem) is expected
    if is_solvable(problem):
        result, labels = prove_feasibility(build_instance(problem), Clock(Limits()))
        assert (result is Result.INFEASIBLE) is not expected
        assert (labels is None) is not expected


@pytest.mark.parametrize("objective", ["center", "border", "change"])
@SOME
@given(data=st.data())
def test_bound_is_valid_however_little_time_there_is(objective: str, data: st.DataObject) -> None:
    problem = data.draw(ruled(data.draw(maps(objective)), "wide band"))
    expected = best(problem)
    solution = solve(problem, limits=Limits(time_s=data.draw(st.sampled_from([0.0, 0.001, 0.01, 0.05]))))
    if expected is not None and solution.bound is not None:
        assert solution.bound <= expected[0] + 1e-6 * max(1.0, expected[0])


@SOME
@given(data=st.data())
def test_first_bound_is_valid_without_any_plan(data: st.DataObject) -> None:
    problem = data.draw(ruled(data.draw(maps("center")), "wide band"))
    expected = best(problem)
    state = State(build_instance(problem), Clock(Limits()), 1, None)
    bound_first(state)
    assert state.bounds[0] is not None
    if expected is not None:
        assert state.bounds[0] <= expected[0] + 1e-9 * max(1.0, expected[0])
