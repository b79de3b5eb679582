"""Every rule of an assignment problem changes the optimum of a problem that can be solved in the head."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from orgraph.errors import InvalidProblem, PlanRejected
from orgraph.solver import Limits, Status
from orgraph.solver.assignment import Backup, Fairness, Incumbency, Plan, Problem, findings, solve
from orgraph.solver.assignment.check import evaluate, terms, violations
from orgraph.solver.assignment.solve import approve


def grids(**changes: object) -> Problem:
    """Three workers of 4 hours; four grids of 2, 2, 2 and 1 hours; worker k is nearest to grid k, and grid 3 to worker 0."""
    stated = Problem(
        agent_ids=("wang", "li", "zhao"),
        task_ids=("east", "west", "north", "south"),
        cost=np.array([[1.0, 4.0, 6.0, 1.0], [4.0, 1.0, 4.0, 5.0], [6.0, 4.0, 1.0, 3.0]]),
        loads={"hours": np.array([[2, 2, 2, 1]] * 3)},
        capacities={"hours": (4, 4, 4)},
    )
    return replace(stated, **changes)  # type: ignore[arg-type]


def solved(**changes: object) -> tuple[float | None, tuple[int | None, ...]]:
    solution = solve(grids(**changes))
    assert solution.status is Status.OPTIMAL
    assert solution.plan is not None
    return solution.objective, solution.plan.agent


RING = ((0, 1), (0, 2), (1, 2))


@pytest.mark.parametrize(
    ("changes", "objective", "agents"),
    [
        ({}, 4.0, (0, 1, 2, 0)),
        ({"capacities": {"hours": (2, 4, 4)}}, 6.0, (0, 1, 2, 2)),
        ({"eligible": np.array([[1, 1, 1, 0], [1] * 4, [1] * 4], dtype=bool)}, 6.0, (0, 1, 2, 2)),
        ({"skip_penalty": {3: 0.5}}, 3.5, (0, 1, 2, None)),
        ({"dedicated": {0: frozenset({0})}}, 6.0, (0, 1, 2, 2)),
        ({"reserved": {3: frozenset({1, 2})}}, 6.0, (0, 1, 2, 2)),
        ({"fixed": ((3, 1),)}, 8.0, (0, 1, 2, 1)),
        ({"forbidden": ((3, 0),)}, 6.0, (0, 1, 2, 2)),
        ({"incumbency": Incumbency((None, None, None, 2), (0.0, 0.0, 0.0, 3.0))}, 6.0, (0, 1, 2, 2)),
        ({"incumbency": Incumbency((None, None, None, 2), (0.0, 0.0, 0.0, 1.0))}, 5.0, (0, 1, 2, 0)),
        (
            {
                "loads": {"hours": np.array([[2, 2, 2, 1]] * 3), "keys": np.array([[1] * 4] * 3)},
                "capacities": {"hours": (4, 4, 4), "keys": (1, 2, 2)},
            },
            6.0,
            (0, 1, 2, 2),
        ),
        ({"loads": {}, "capacities": {}}, 4.0, (0, 1, 2, 0)),
    ],
)
def test_a_rule_changes_the_optimum(changes, objective, agents):
    assert solved(**changes) == (objective, agents)


def test_fairness_is_weighed_against_cost():
    apart = {"capacities": {"hours": (3, 4, 4)}}
    assert solved(**apart, fairness=Fairness("hours", 4.0)) == (8.0, (0, 1, 2, 0))
    costs = solve(grids(**apart, fairness=Fairness("hours", 12.0)))
    assert costs.terms == {"cost": 6.0, "penalty": 0.0, "change": 0.0, "fairness": 9.0, "backup": 0.0}


def test_stages_come_one_after_the_other():
    solution = solve(grids(stages=(("fairness",), ("cost",)), fairness=Fairness("hours", 1.0)))
    assert solution.status is Status.OPTIMAL
    assert [(s.name, s.objective, s.bound) for s in solution.stages] == [
        ("fairness", 0.75, 0.75),
        ("cost", 4.0, 4.0),
    ]
    assert solution.terms == {"fairness": 0.75}


def test_shares_that_no_common_part_measures():
    """Capacities whose least common multiple is large make the share continuous."""
    capacities = {"hours": (1009, 1013, 1019)}
    solution = solve(grids(capacities=capacities, fairness=Fairness("hours", 1000.0)))
    assert solution.status is Status.OPTIMAL
    assert solution.terms["fairness"] == pytest.approx(1000 * 3 / 1009)
    assert solution.stats["engine"].startswith("CP-SAT + HiGHS")
    assert solution.stats["proof"] == "floating point"


def test_every_task_gets_a_backup_next_door():
    ones = np.ones((3, 4))
    with_ring = solve(grids(backup=Backup(RING, ones)))
    assert with_ring.terms["backup"] == 4.0
    assert with_ring.objective == 8.0
    chain = solve(grids(backup=Backup(((0, 1), (1, 2)), ones, capacity=(4, 2, 4))))
    assert chain.plan is not None
    assert chain.plan.backup.count(1) == 2
    assert chain.objective == 11.0


def test_backups_have_skills_and_loads_of_their_own():
    cost = np.zeros((3, 4))
    only_li = np.array([[0] * 4, [1] * 4, [0] * 4], dtype=bool)
    light = solve(grids(backup=Backup(RING, cost, eligible=only_li)))
    assert light.plan is not None
    assert set(light.plan.backup) == {1}
    assert 1 not in light.plan.agent
    heavy = solve(grids(backup=Backup(RING, cost, only_li, np.full((3, 4), 2), (9, 6, 9))))
    assert heavy.status is Status.INFEASIBLE
    assert "assignment.backup_capacity" in [reason.rule for reason in heavy.reasons]


def test_a_task_left_out_needs_no_backup():
    backup = Backup(RING, np.full((3, 4), 9.0))
    solution = solve(grids(backup=backup, skip_penalty=dict.fromkeys(range(4), 5.0)))
    assert solution.plan == Plan((None,) * 4, (None,) * 4)
    assert solution.objective == 20.0


def test_unit_loads_are_a_flow():
    loads = {"tasks": np.ones((3, 4), dtype=np.int64)}
    solution = solve(grids(loads=loads, capacities={"tasks": (1, 2, 2)}))
    assert solution.stats["engine"].startswith("network flow")
    assert solution.stats["proof"] == "exact"
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, 6.0, 6.0)


def test_even_unit_loads_are_flows():
    loads = {"tasks": np.ones((3, 6), dtype=np.int64)}
    near = np.array([[0.0] * 6, [1.0] * 6, [2.0] * 6])
    changes = {"task_ids": tuple("abcdef"), "cost": near, "loads": loads, "capacities": {"tasks": (6, 6, 6)}}
    results = []
    for weight in (0.0, 5.0, 12.0, 60.0):
        solution = solve(grids(**changes, fairness=Fairness("tasks", weight)))
        assert solution.status is Status.OPTIMAL
        assert solution.stats["engine"].startswith("network flow")
        results.append(solution.terms["cost"])
    assert results == [0.0, 0.0, 3.0, 6.0]


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"capacities": {"hours": (1, 1, 1)}}, {("capacity", ("wang",)), ("capacity", ("li",)), ("capacity", ("zhao",))}),
        ({"fixed": ((0, 0), (0, 1))}, {("fixed", ("east", "wang")), ("fixed", ("east", "li"))}),
        ({"fixed": ((0, 0),), "forbidden": ((0, 0),)}, {("fixed", ("east", "wang")), ("forbidden", ("east", "wang"))}),
        ({"reserved": {0: frozenset()}}, {("reserved", ("east",))}),
        (
            {"fixed": ((0, 0),), "dedicated": {0: frozenset({3})}},
            {("fixed", ("east", "wang")), ("dedicated", ("wang",))},
        ),
        ({"eligible": np.array([[0, 1, 1, 1]] * 3, dtype=bool)}, {("eligible", ("east",))}),
        ({"backup": Backup((), np.ones((3, 4)))}, {("backup", ()), ("backup_adjacent", ())}),
    ],
)  # fmt: skip
def test_reasons(changes, reasons):
    solution = solve(grids(**changes))
    assert solution.status is Status.INFEASIBLE
    found = {(r.rule.removeprefix("assignment."), r.subject) for r in solution.reasons}
    assert all(r.is_proven_minimal and r.text.zh and r.text.en for r in solution.reasons)
    assert found <= reasons if "capacities" in changes else found == reasons


def test_a_stopped_call_reports_what_it_proved():
    stop = Event()
    stop.set()
    for problem in (grids(), large(), grids(backup=Backup(RING, np.ones((3, 4))))):
        solution = solve(problem, limits=Limits(stop=stop))
        assert solution.status is Status.INTERRUPTED
        assert solution.plan is None
        assert solution.bound == 0.0


def test_a_stop_on_the_way_keeps_the_plan():
    stop = Event()
    seen = []

    def listen(progress):
        seen.append(progress)
        if progress.objective is not None:
            stop.set()

    problem = large()
    solution = solve(problem, limits=Limits(stop=stop), on_progress=listen)
    assert solution.status is Status.INTERRUPTED
    assert solution.plan is not None
    assert violations(problem, solution.plan) == ()
    assert solution.objective == seen[-1].objective


def large() -> Problem:
    """Too many pairs to be small, and tight: dear tasks are the light ones."""
    rng = np.random.default_rng(5)
    load = rng.integers(10, 60, (8, 40))
    return Problem(
        agent_ids=tuple(f"a{i}" for i in range(8)),
        task_ids=tuple(f"t{i}" for i in range(40)),
        cost=(111 - load + rng.integers(-10, 11, load.shape)).astype(np.float64),
        loads={"hours": load},
        capacities={"hours": (135,) * 8},
    )


def test_a_hint_is_where_the_search_starts():
    problem = grids()
    stop = Event()
    stop.set()
    hint = Plan((0, 1, 2, 2), (None,) * 4)
    solution = solve(problem, limits=Limits(stop=stop), hint=hint)
    assert (solution.plan, solution.objective) == (hint, 6.0)
    broken = Plan((None, 1, 2, 2), (None,) * 4)
    assert solve(problem, limits=Limits(stop=stop), hint=broken).plan is None


def test_equal_seeds_give_equal_plans():
    rng = np.random.default_rng(1)
    problem = Problem(
        agent_ids=tuple("abcdefgh"),
        task_ids=tuple(f"t{i}" for i in range(30)),
        cost=rng.integers(10, 50, (8, 30)).astype(np.float64),
        loads={"hours": rng.integers(5, 25, (8, 30))},
        capacities={"hours": (48,) * 8},
        skip_penalty={0: 5.0},
        incumbency=Incumbency((1,) * 30, (2.0,) * 30),
    )
    first, second = solve(problem, seed=3), solve(problem, seed=3)
    assert first.status is Status.OPTIMAL
    assert first.plan == second.plan


def test_loads_too_fine_for_exact_knapsacks():
    """The bound then counts loads in coarser units; it stays a bound, and integer programs prove the rest."""
    rng = np.random.default_rng(2)
    problem = Problem(
        agent_ids=tuple("abcd"),
        task_ids=tuple(f"t{i}" for i in range(50)),
        cost=rng.integers(10, 50, (4, 50)).astype(np.float64),
        loads={"minutes": rng.integers(5_000, 25_000, (4, 50))},
        capacities={"minutes": (170_000,) * 4},
    )
    seen = []
    solution = solve(problem, on_progress=seen.append)
    assert solution.status is Status.OPTIMAL
    assert max(progress.bound for progress in seen) == solution.objective


def test_the_checker_names_everything():
    problem = grids(
        eligible=np.array([[0, 1, 1, 1], [1] * 4, [1] * 4], dtype=bool),
        dedicated={0: frozenset({1})},
        reserved={0: frozenset({1})},
        fixed=((2, 2),),
        forbidden=((0, 0),),
        backup=Backup(((0, 1),), np.ones((3, 4)), np.array([[1] * 4, [1] * 4, [0] * 4], bool), None, (0, 9, 9)),
    )  # fmt: skip
    plan = Plan((0, 0, 0, None), (2, None, 0, 1))
    found = [v.rule.removeprefix("assignment.") for v in violations(problem, plan)]
    assert found == [
        "unplaced",
        "eligible",
        "dedicated",
        "reserved",
        "dedicated",
        "fixed",
        "forbidden",
        "capacity",
        "backup_adjacent",
        "backup_eligible",
        "backup_missing",
        "backup_adjacent",
        "backup_needless",
        "backup_capacity",
    ]
    assert all(v.text.zh and v.text.en for v in violations(problem, plan))
    short = violations(problem, Plan((0, 9), (None,) * 4))
    assert [v.rule for v in short] == ["assignment.agent_count", "assignment.agent_range"]


def test_the_checker_counts_for_itself():
    problem = grids(
        skip_penalty={3: 7.0},
        incumbency=Incumbency((1, 1, None, 0), (2.0, 2.0, 2.0, 2.0)),
        fairness=Fairness("hours", 8.0),
        backup=Backup(RING, np.full((3, 4), 0.5)),
    )
    plan = Plan((0, 1, 2, None), (1, 2, 0, None))
    assert violations(problem, plan) == ()
    expected = {"cost": 3.0, "penalty": 7.0, "change": 4.0, "fairness": 4.0, "backup": 1.5}
    assert terms(problem, plan) == expected
    assert evaluate(problem, plan) == (19.5,)
    with pytest.raises(PlanRejected):
        approve(problem, plan, (19.0,))


def test_all_that_is_wrong_is_found():
    problem = grids(
        agent_ids=("wang", "wang", "zhao"),
        cost=np.array([[1.0, -4.0], [np.inf, 1.0]]),
        loads={"hours": np.array([[0.5] * 4] * 3), "keys": np.array([["a"] * 4] * 3)},
        capacities={"hours": (4, -4), "rooms": (1, 1, 1)},
        skip_penalty={9: 1.0, 1: -1.0},
        dedicated={5: frozenset({0})},
        fixed=((0, 7), (0, 7)),
        incumbency=Incumbency((0, 8), (1.0, -1.0, 0.0, 0.0)),
        fairness=Fairness("none", -1.0),
        backup=Backup(((1, 0), (0, 9)), np.ones((3, 4)), capacity=(1,)),
        stages=(("cost", "cost"), (), ("size",)),  # type: ignore[arg-type]
    )
    found = findings(problem)
    assert {f.code.removeprefix("assignment.") for f in found} == {
        "agent_repeated",
        "matrix_shape",
        "matrix_value",
        "whole_value",
        "matrix_kind",
        "resource_half",
        "capacity_shape",
        "capacity_value",
        "index_range",
        "penalty_value",
        "pair_repeated",
        "incumbency_shape",
        "change_value",
        "fairness_resource",
        "fairness_weight",
        "adjacency_order",
        "term_repeated",
        "stage_empty",
        "term_unknown",
    }
    assert all(f.text.zh and f.text.en and f.todo for f in found)
    with pytest.raises(InvalidProblem):
        solve(problem)
    assert {f.code for f in findings(grids(agent_ids=(), task_ids=(), stages=(("backup",),)))} >= {
        "assignment.agents_missing",
        "assignment.tasks_missing",
        "assignment.term_without_data",
    }
