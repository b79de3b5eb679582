"""Matching on instances that can be solved in the head: every rule with and without it, every finding, what is promised at the end of a call."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from orgraph.errors import InvalidProblem, PlanRejected
from orgraph.solver import Limits, Progress, Status
from orgraph.solver.digest import digest
from orgraph.solver.engine import Clock
from orgraph.solver.matching import (
    Blend,
    End,
    Fairness,
    Measure,
    Pairs,
    Plan,
    Problem,
    Side,
    Stability,
    Weight,
    blocking_pairs,
    findings,
    frontier,
    ranks_of_lists,
    ranks_of_scores,
    solve,
)
from orgraph.solver.matching.check import evaluate, violations
from orgraph.solver.matching.explain import reasons
from orgraph.solver.matching.heuristic import count_blocking
from orgraph.solver.matching.instance import build_instance
from orgraph.solver.matching.methods import MODEL_PAIRS
from orgraph.solver.matching.solve import approve
from orgraph.solver.matching.state import State


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def side(ids: str, lower: int = 0, upper: int = 1, **given: object) -> Side:
    return Side(tuple(ids), np.full(len(ids), lower), np.full(len(ids), upper), **given)  # type: ignore[arg-type]


def square(**changes: object) -> Problem:
    """Enterprises A and B, villages x and y, one pair each: apart 9 + 1, crossed 6 + 6. Pairs are Ax, Ay, Bx, By."""
    pairs = Pairs(ints(0, 0, 1, 1), ints(0, 1, 0, 1), ints(9, 6, 6, 1))
    return replace(Problem(side("AB"), side("xy"), pairs), **changes)  # type: ignore[arg-type]


def made(problem: Problem) -> tuple[int, ...] | None:
    plan = solve(problem).plan
    return None if plan is None else plan.pairs


def test_the_heaviest_plan_is_crossed_and_the_stable_one_is_not() -> None:
    heaviest, stable = solve(square()), solve(square(objective=Stability()))
    assert heaviest.plan == Plan((1, 2))
    assert (heaviest.status, heaviest.objective, heaviest.bound) == (Status.OPTIMAL, -12.0, -12.0)
    assert dict(heaviest.terms) == {"weight": -12.0}
    assert stable.plan == Plan((0, 3))
    assert (stable.status, stable.objective, dict(stable.terms)) == (
        Status.OPTIMAL,
        0.0,
        {"blocking_pairs": 0.0},
    )
    assert heaviest.stats["proof"] == "exact"
    assert heaviest.stats["problem"] == digest(square())


@pytest.mark.parametrize(
    ("changes", "pairs"),
    [
        ({}, (1, 2)),
        ({"forbidden": frozenset({1})}, (0, 3)),
        ({"kept": frozenset({3})}, (0, 3)),
        ({"left": side("AB", upper=2)}, (0, 1)),
        ({"left": side("AB", upper=2), "right": side("xy", upper=2)}, (0, 1, 2, 3)),
        ({"left": side("AB", upper=0)}, ()),
    ],
)
def test_a_rule_changes_the_heaviest_plan(changes: dict[str, object], pairs: tuple[int, ...]) -> None:
    assert made(square(**changes)) == pairs


def test_a_lower_quota_forces_a_pair_that_costs_weight() -> None:
    costly = square(pairs=Pairs(ints(0, 1), ints(0, 1), ints(5, -2)))
    assert made(costly) == (0,)
    assert made(replace(costly, right=side("xy", lower=1))) == (0, 1)


def test_amounts_decide_in_which_category_a_pair_is_made() -> None:
    """A may be paired with x for money (5) or for training (4), with y for money (3)."""
    pairs = Pairs(ints(0, 0, 0), ints(0, 0, 1), ints(5, 4, 3), ints(0, 1, 0))
    needs, offers = ints(1, 1)[None, :], np.array([[1, 1], [1, 0]])
    problem = Problem(
        side("A", upper=3, amount=needs), side("xy", amount=offers), pairs, categories=("money", "training")
    )
    assert made(problem) == (1, 2)
    assert made(replace(problem, right=side("xy", upper=2, amount=offers))) == (0, 1)
    dry = replace(problem, right=side("xy", amount=np.array([[0, 1], [0, 0]])))
    assert made(dry) == (1,)


def test_lists_and_scores_become_ranks_with_ties() -> None:
    assert ranks_of_scores(np.array([0.5, 2.0, 0.5, -1.0])).tolist() == [1, 0, 1, 2]
    agent, partner = ints(0, 0, 0, 1), ints(0, 1, 2, 0)
    assert ranks_of_lists(agent, partner, {0: [[2], [0]]}).tolist() == [1, 2, 0, 0]


def test_proposers_get_their_best_stable_plan_and_ties_go_to_weight() -> None:
    """Each left agent's first choice is the right agent that likes it least: both plans are stable, the heavier is returned."""
    left, right = ints(0, 1, 1, 0), ints(1, 0, 0, 1)
    light = square(
        pairs=Pairs(ints(0, 0, 1, 1), ints(0, 1, 0, 1), ints(1, 3, 3, 1)),
        left=side("AB", rank=left),
        right=side("xy", rank=right),
        objective=Stability(),
    )
    assert blocking_pairs(light, Plan((0, 3))) == blocking_pairs(light, Plan((1, 2))) == ()
    assert made(light) == (1, 2)


def test_a_kept_pair_is_not_given_up_for_a_better_one() -> None:
    problem = square(kept=frozenset({3}), objective=Stability())
    assert blocking_pairs(problem, Plan((0, 3))) == ()
    assert blocking_pairs(square(), Plan((3,))) == (0, 1, 2)
    assert blocking_pairs(problem, Plan((3,))) == (0,)


def test_lower_quotas_may_cost_stability() -> None:
    """x and y both want A alone; that each needs a pair makes one of B's admirers block."""
    pairs = Pairs(ints(0, 0, 1), ints(0, 1, 0), ints(9, 5, 3))
    free = Problem(side("AB"), side("xy"), pairs, Stability())
    assert (made(free), solve(free).objective) == ((0,), 0.0)
    bound_to = replace(free, right=side("xy", lower=1))
    solution = solve(bound_to)
    assert (solution.status, solution.objective, solution.bound) == (Status.OPTIMAL, 1.0, 1.0)
    assert solution.plan == Plan((1, 2))


def test_a_blend_weighs_blocking_pairs() -> None:
    assert solve(square(objective=Blend(price=1))).terms == {"weight": -12.0, "blocking_pairs": 1.0}
    assert solve(square(objective=Blend(price=3))).terms == {"weight": -10.0, "blocking_pairs": 0.0}
    assert made(square(objective=Blend(most_blocking=0))) == (0, 3)
    assert made(square(objective=Blend(most_blocking=1))) == (1, 2)


def test_the_frontier_goes_from_stable_to_heaviest() -> None:
    found = frontier(square())
    assert [(p.plan.pairs, p.weight, p.blocking_pairs, p.distance) for p in found.points] == [
        ((0, 3), 10, 0, 2),
        ((1, 2), 12, 1, 0),
    ]
    assert [p.share for p in found.points] == [pytest.approx(1 / 6), 0.0]
    assert all(p.is_proven for p in found.points)
    assert found.optimum.objective == -12.0


def test_a_frontier_of_nothing_is_empty() -> None:
    impossible = square(kept=frozenset({0}), forbidden=frozenset({0}))
    assert frontier(impossible).points == ()
    assert frontier(impossible).optimum.status is Status.INFEASIBLE


def test_a_large_frontier_is_made_of_flows() -> None:
    problem = wide(MODEL_PAIRS + 500)
    found = frontier(problem, num_points=4)
    numbers = [(p.blocking_pairs, p.weight) for p in found.points]
    assert numbers == sorted(numbers)
    assert 2 <= len(numbers) <= 4
    assert numbers[0][0] == 0
    assert found.points[-1].distance == 0
    assert found.points[-1].is_proven
    assert all(p.weight + p.distance == -found.optimum.objective for p in found.points)  # type: ignore[operator]


def wide(num_pairs: int) -> Problem:
    """A hundred agents a side with pseudo-random weights and ranks."""
    cells = np.arange(100 * 100)[(np.arange(100 * 100) * 7919) % 10007 < num_pairs]
    left, right = cells // 100, cells % 100
    numbers = np.arange(len(cells), dtype=np.int64)
    given = {"lower": np.zeros(100, np.int64), "upper": np.full(100, 3)}
    return Problem(
        Side(tuple(f"l{i}" for i in range(100)), **given, rank=(numbers * 6151) % 9973),
        Side(tuple(f"r{i}" for i in range(100)), **given, rank=(numbers * 3079) % 9949),
        Pairs(left, right, (numbers * 4093) % 997),
    )


def test_a_large_problem_is_stable_by_both_counts() -> None:
    problem = replace(wide(MODEL_PAIRS + 500), objective=Stability())
    solution = solve(problem)
    assert solution.plan is not None
    assert (solution.status, len(blocking_pairs(problem, solution.plan))) == (Status.OPTIMAL, 0)
    heaviest = solve(replace(problem, objective=Weight())).plan
    assert heaviest is not None
    flags = np.zeros(problem.pairs.size, dtype=np.bool_)
    flags[list(heaviest.pairs)] = True
    instance = build_instance(problem)
    assert count_blocking(instance, flags) == len(blocking_pairs(problem, heaviest)) > 0


def test_a_large_blend_has_the_weight_bound() -> None:
    problem = replace(wide(MODEL_PAIRS + 500), objective=Blend(price=1))
    solution, heaviest = solve(problem), solve(replace(problem, objective=Weight()))
    assert solution.status is Status.FEASIBLE
    assert solution.bound == heaviest.objective
    assert solution.objective is not None and heaviest.objective is not None
    assert solution.objective >= heaviest.objective


def test_worst_off_first() -> None:
    """Weight gives A three villages and B none; fairness gives each what it can have, and the sparest village its pair."""
    pairs = Pairs(ints(0, 0, 0, 1, 1), ints(0, 1, 2, 0, 1), ints(9, 9, 9, 1, 1))
    problem = Problem(side("AB", upper=3), side("xyz"), pairs)
    assert made(problem) == (0, 1, 2)
    fair = solve(replace(problem, objective=Fairness(End.LEFT, Measure.FILL)))
    assert {s.name: s.objective for s in fair.stages} == {"pairs": -3.0, "spread": 5.0, "weight": -19.0}
    assert (fair.status, fair.objective, fair.terms) == (Status.OPTIMAL, -3.0, {"pairs": -3.0})


def test_no_second_choice_where_first_choices_do() -> None:
    problem = square(left=side("AB", rank=ints(0, 1, 1, 0)), objective=Fairness(End.LEFT, Measure.RANK))
    assert made(problem) == (0, 3)
    assert [s.name for s in solve(problem).stages] == ["pairs", "choice_2", "weight"]


def test_reasons_name_the_quotas_that_clash() -> None:
    tight = square(left=side("AB", lower=1), right=side("xy", upper=0))
    solution = solve(tight)
    assert (solution.status, solution.plan, solution.bound) == (Status.INFEASIBLE, None, None)
    rules = [(r.rule, r.subject) for r in solution.reasons]
    assert rules in (
        [("matching.lower", (a,)), ("matching.upper", ("x",)), ("matching.upper", ("y",))] for a in "AB"
    )
    assert (
        solution.reasons[0].text.en
        == "A needs at least 1 pairs (2 candidate pairs). Lower this quota or add candidates."
    )
    assert all(r.is_proven_minimal for r in solution.reasons)


def test_reasons_name_a_kept_pair_that_is_forbidden() -> None:
    solution = solve(square(kept=frozenset({2}), forbidden=frozenset({2})))
    assert [(r.rule, r.subject) for r in solution.reasons] == [
        ("matching.forbidden", ("B", "x")),
        ("matching.kept", ("B", "x")),
    ]


def test_reasons_name_amounts_and_the_limit_on_blocking_pairs() -> None:
    pairs = Pairs(ints(0), ints(0), ints(1), ints(0))
    dry = Problem(
        side("A", lower=1, amount=ints(1)[None, :]),
        side("x", amount=ints(0)[None, :]),
        pairs,
        categories=("money",),
    )
    assert [r.rule for r in solve(dry).reasons] == ["matching.amount", "matching.lower"]
    three = Pairs(ints(0, 0, 1), ints(0, 1, 0), ints(9, 5, 3))
    limited = Problem(side("AB"), side("xy", lower=1), three, Blend(0, 0))
    found = solve(limited).reasons
    assert [(r.rule, r.subject) for r in found] == [("matching.blocking", ()), ("matching.lower", ("y",))]
    assert all(r.is_proven_minimal for r in found)


def test_reasons_without_time_are_marked() -> None:
    tight = square(left=side("AB", lower=1), right=side("xy", upper=0))
    assert not any(r.is_proven_minimal for r in reasons(tight, limits=Limits(time_s=0.0)))
    assert all(r.is_proven_minimal for r in reasons(tight))
    assert solve(tight, limits=Limits(time_s=0.0)).status is Status.UNKNOWN


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_to_match(size: int) -> None:
    none = Pairs(ints(), ints(), ints())
    problem = Problem(side("AB"[:size]), side("xy"[:size]), none)
    for objective in (Weight(), Stability(), Blend(1), Fairness(), Fairness(End.RIGHT, Measure.RANK)):
        assert made(replace(problem, objective=objective)) == ()
    assert made(replace(problem, left=side("A", lower=1), right=side("x"))) is None


MALFORMED = {
    "agent_repeated": {"left": side("AA")},
    "quota_shape": {"left": replace(side("AB"), lower=ints(0))},
    "quota_order": {"right": side("xy", lower=2)},
    "rank_shape": {"left": side("AB", rank=ints(1, 2))},
    "amount_missing": {"left": side("AB", amount=ints(1, 1)[:, None])},
    "amount_shape": {"categories": ("money",), "left": side("AB", amount=ints(1))},
    "amount_value": {"categories": ("money",), "left": side("AB", amount=ints(1, -1)[:, None])},
    "pairs_shape": {"pairs": Pairs(ints(0, 0, 1, 1), ints(0), ints(9, 6, 6, 1))},
    "pair_range": {"pairs": Pairs(ints(0, 0, 1, 2), ints(0, 1, 0, -1), ints(9, 6, 6, 1))},
    "pair_repeated": {"pairs": Pairs(ints(0, 0, 1, 1), ints(0, 0, 0, 1), ints(9, 6, 6, 1))},
    "weight_shape": {"pairs": Pairs(ints(0, 0, 1, 1), ints(0, 1, 0, 1), np.array([0.5, 1.0, 1.0, 1.0]))},
    "weight_value": {"pairs": Pairs(ints(0, 0, 1, 1), ints(0, 1, 0, 1), ints(9, 6, 6, 10**10))},
    "category_repeated": {"categories": ("money", "money")},
    "category_missing": {"categories": ("money",)},
    "category_shape": {"categories": ("m",), "pairs": Pairs(ints(0, 1), ints(0, 1), ints(1, 1), ints(0))},
    "category_range": {"categories": ("m",), "pairs": Pairs(ints(0, 1), ints(0, 1), ints(1, 1), ints(0, 1))},
    "lock_range": {"kept": frozenset({4}), "forbidden": frozenset({-1})},
    "price_value": {"objective": Blend(-1)},
    "blocking_limit": {"objective": Blend(0, -1)},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_malformed_is_a_finding(name: str) -> None:
    problem = square(**MALFORMED[name])
    assert f"matching.{name}" in {f.code for f in findings(problem)}
    assert all(f.text.zh and f.text.en and f.todo for f in findings(problem))
    with pytest.raises(InvalidProblem) as caught:
        solve(problem)
    assert caught.value.findings == findings(problem)


def test_findings_come_all_at_once_and_none_for_a_good_problem() -> None:
    assert findings(square()) == ()
    bad = square(kept=frozenset({4}), left=side("AA"), objective=Blend(-1))
    assert {f.code for f in findings(bad)} == {
        "matching.lock_range",
        "matching.agent_repeated",
        "matching.price_value",
    }
    assert [f.code for f in findings(square(pairs=Pairs(None, None, None)))] == ["matching.pairs_shape"]  # type: ignore[arg-type]


def test_the_checker_names_every_broken_rule() -> None:
    amounts = {"amount": np.array([[1], [1]])}
    problem = Problem(
        side("AB", lower=1, upper=2, **amounts),
        side("xy", upper=1, **amounts),
        Pairs(ints(0, 0, 1), ints(0, 1, 0), ints(1, 1, 1), ints(0, 0, 0)),
        Blend(0, 0),
        ("money",),
        frozenset({1}),
        frozenset({2}),
    )
    found = {v.rule for v in violations(problem, Plan((0, 1)))}
    assert found == {"matching.amount", "matching.lower", "matching.kept", "matching.forbidden"}
    assert {v.rule for v in violations(problem, Plan((0, 2)))} >= {"matching.upper"}
    assert [v.rule for v in violations(problem, Plan((7,)))] == ["matching.pair"]
    assert [v.rule for v in violations(problem, Plan((1, 0)))] == ["matching.order"]
    assert [v.rule for v in violations(square(objective=Blend(0, 0)), Plan((1, 2)))] == ["matching.blocking"]
    every = violations(problem, Plan((0, 1))) + violations(problem, Plan((7, 7)))
    assert all(v.text.zh and v.text.en for v in every)


def test_a_plan_that_the_checker_rejects_is_an_error() -> None:
    problem = square()
    state = State(build_instance(problem), Clock(Limits()), 0, None)
    state.value, state.bound = (-11, -11), -9
    with pytest.raises(PlanRejected, match=r"objective: -11 != -12.0; bound: -9 > -12.0"):
        approve(problem, Plan((1, 2)), -12.0, state)
    with pytest.raises(PlanRejected, match="above its upper quota"):
        approve(problem, Plan((0, 1)), -11.0, state)


def test_progress_tells_plans_and_bounds() -> None:
    told: list[Progress] = []
    solution = solve(square(), on_progress=told.append)
    assert [(p.phase, p.objective, p.bound) for p in told] == [("plan", -12.0, None), ("bound", -12.0, -12.0)]
    assert solution.stats["seconds_to_best"] is not None


def test_a_hint_is_kept_when_there_is_no_time_and_passed_over_when_it_is_wrong() -> None:
    none = Limits(time_s=0.0)
    hinted = solve(square(), limits=none, hint=Plan((0, 3)))
    assert (hinted.status, hinted.objective, hinted.bound) == (Status.FEASIBLE, -10.0, None)
    assert solve(square(), limits=none, hint=Plan((0, 1))).status is Status.UNKNOWN
    assert evaluate(square(), Plan((0, 3))) == {"weight": -10.0}
