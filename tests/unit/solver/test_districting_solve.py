"""The solve call: the recipe's promises on maps that can be solved in the head."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from threading import Event
from time import monotonic

import numpy as np
import pytest

from orgraph.errors import InvalidProblem, PlanRejected
from orgraph.solver import Limits, Progress, Status
from orgraph.solver.digest import digest
from orgraph.solver.districting import (
    Band,
    BorderLength,
    CenterCost,
    Change,
    Difference,
    Plan,
    Problem,
    findings,
    is_feasible,
    solve,
)
from orgraph.solver.districting.solve import approve

ALONG = np.abs(np.subtract.outer(np.arange(6), np.arange(6))).astype(np.float64)
HALVES = (0, 0, 0, 1, 1, 1)


def line(**changes: object) -> Problem:
    """Six units in a row, one person each, to be cut in two with the least person-steps to a seat."""
    stated = Problem(
        unit_ids=tuple("abcdef"),
        edges=tuple((i, i + 1) for i in range(5)),
        k=2,
        weights={"people": (1,) * 6},
        objectives=(CenterCost("steps", ALONG),),
    )
    return replace(stated, **changes)  # type: ignore[arg-type]


def grid(rows: int, columns: int, k: int) -> Problem:
    """A grid with uneven weights and costs."""
    n = rows * columns
    x, y = np.arange(n) % columns, np.arange(n) // columns
    weight = tuple(3 + (7 * i + i * i) % 11 for i in range(n))
    far = np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y)) * np.array(weight)[:, None]
    across = [(i, i + 1) for i in range(n) if (i + 1) % columns]
    down = [(i, i + columns) for i in range(n - columns)]
    edges = tuple(sorted([*across, *down]))
    return Problem(
        unit_ids=tuple(f"u{i}" for i in range(n)),
        edges=edges,
        k=k,
        weights={"people": weight},
        objectives=(CenterCost("distance", far), BorderLength("border", (1.0,) * len(edges))),
        bands={"people": Band(Fraction(-1, 5), Fraction(1, 5))},
    )


def test_line_is_cut_in_the_middle() -> None:
    solution = solve(line())
    assert solution.status is Status.OPTIMAL
    assert solution.plan == Plan(HALVES, (1, 4))
    assert (solution.objective, solution.bound, solution.gap) == (4.0, 4.0, 0.0)
    assert dict(solution.terms) == {"steps": 4.0}
    assert [(s.name, s.objective) for s in solution.stages] == [("steps", 4.0)]


@pytest.mark.parametrize(
    ("changes", "objective"),
    [
        ({"seats": frozenset({0, 5})}, 6.0),
        ({"minimums": {"people": 3}}, 4.0),
        ({"minimums": {"people": 2}, "weights": {"people": (2, 1, 1, 1, 0, 1)}}, 4.0),
        ({"together": ((0, 3),)}, 5.0),
        ({"fixed": ((3, 0),)}, 5.0),
        ({"apart": ((0, 1),)}, 6.0),
        ({"refused": frozenset({0})}, 3.0),
        ({"k": 3}, 3.0),
        ({"differences": (Difference(HALVES, 1),)}, 5.0),
        ({"differences": (Difference(HALVES, 2),)}, 6.0),
        (
            {"objectives": (CenterCost("steps", ALONG),), "edges": ((0, 5), (1, 2), (2, 3), (3, 4), (4, 5))},
            6.0,
        ),
    ],
)
def test_each_rule_changes_the_optimum(changes: dict[str, object], objective: float) -> None:
    assert solve(line(**changes)).objective == pytest.approx(objective)


def test_refused_unit_stays_out_and_does_not_connect() -> None:
    solution = solve(line(refused=frozenset({2})))
    assert solution.plan is not None
    assert solution.plan.district == (0, 0, None, 1, 1, 1)


def test_border_alone_takes_the_middle_as_seat() -> None:
    solution = solve(line(objectives=(BorderLength("border", (9.0, 9.0, 1.0, 9.0, 9.0)),)))
    assert solution.plan == Plan(HALVES, (1, 4))
    assert solution.objective == 1.0


def test_change_counts_what_is_not_matched() -> None:
    parts = Change("change", (0, 0, 1, 1, 2, None), (5, 5, 1, 5, 3, 2))
    solution = solve(line(objectives=(parts,)))
    assert solution.objective == 5.0
    assert solution.plan is not None
    assert solution.plan.district == (0, 0, 1, 1, 1, 1)


def test_stages_are_solved_in_order() -> None:
    border = BorderLength("border", (1.0, 5.0, 5.0, 5.0, 1.0))
    steps = CenterCost("steps", ALONG)
    first = solve(line(objectives=(border, steps)))
    second = solve(line(objectives=(steps, border)))
    assert [(s.name, s.objective, s.gap) for s in first.stages] == [("border", 1.0, 0.0), ("steps", 6.0, 0.0)]
    assert [(s.name, s.objective) for s in second.stages] == [("steps", 4.0), ("border", 5.0)]
    assert first.status is second.status is Status.OPTIMAL


def test_equal_seeds_give_equal_plans() -> None:
    problem = grid(5, 5, 4)
    first, second = solve(problem, seed=3), solve(problem, seed=3)
    assert first.status is Status.OPTIMAL
    assert first.plan == second.plan
    assert first.stages == second.stages


def test_seeds_agree_on_the_optimum() -> None:
    problem = grid(5, 5, 4)
    values = {round(s.objective, 6) for seed in range(3) for s in solve(problem, seed=seed).stages[:1]}
    assert len(values) == 1


def test_progress_never_goes_back() -> None:
    seen: list[Progress] = []
    solve(grid(5, 5, 4), on_progress=seen.append)
    objectives = [p.objective for p in seen if p.objective is not None]
    bounds = [p.bound for p in seen if p.bound is not None]
    assert objectives == sorted(objectives, reverse=True)
    assert bounds == sorted(bounds)
    assert objectives[-1] == pytest.approx(bounds[-1])


def test_hint_is_where_the_search_starts() -> None:
    problem = grid(5, 5, 4)
    best = solve(problem)
    seen: list[Progress] = []
    again = solve(problem, hint=best.plan, on_progress=seen.append)
    assert seen[0].objective == pytest.approx(best.objective)
    assert again.objective == pytest.approx(best.objective)


def test_hint_that_breaks_a_rule_is_passed_over() -> None:
    assert solve(line(), hint=Plan((0, 1, 0, 1, 1, 1), (0, 1))).objective == 4.0


def test_no_time_at_all_is_unknown_with_a_bound_or_a_plan() -> None:
    solution = solve(grid(12, 12, 6), limits=Limits(time_s=0.0))
    assert solution.status in (Status.UNKNOWN, Status.FEASIBLE)


def test_stop_before_the_start_interrupts() -> None:
    stop = Event()
    stop.set()
    assert solve(grid(12, 12, 6), limits=Limits(stop=stop)).status is Status.INTERRUPTED


def test_stop_on_the_way_keeps_plan_and_bound() -> None:
    stop = Event()
    stopped_at: list[float] = []

    def on_progress(progress: Progress) -> None:
        if progress.phase == "bound" and progress.objective is not None and not stop.is_set():
            stopped_at.append(monotonic())
            stop.set()

    solution = solve(grid(12, 12, 6), limits=Limits(time_s=600.0, stop=stop), on_progress=on_progress)
    assert stopped_at
    assert solution.status is Status.INTERRUPTED
    assert solution.plan is not None
    assert solution.bound is not None and solution.objective is not None
    assert solution.bound <= solution.objective


def test_infeasible_names_a_reason() -> None:
    solution = solve(line(bands={"people": Band(Fraction(-1, 10), Fraction(1, 10))}, k=4))
    assert solution.status is Status.INFEASIBLE
    assert solution.reasons
    assert is_feasible(line()) is True
    assert is_feasible(line(bands={"people": Band(Fraction(-1, 10), Fraction(1, 10))}, k=4)) is False


def test_malformed_statement_is_refused_with_everything() -> None:
    bad = line(k=0, objectives=(), edges=((1, 0), (0, 9)), minimums={"cows": -1})
    codes = [f.code.removeprefix("districting.") for f in findings(bad)]
    assert codes == [
        "edge_order",
        "edge_range",
        "districts_number",
        "weight_unknown",
        "minimum_value",
        "objectives_missing",
    ]
    with pytest.raises(InvalidProblem) as raised:
        solve(bad)
    assert [f.code for f in raised.value.findings] == [f"districting.{code}" for code in codes]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit_ids": ("a", "a", "c", "d", "e", "f")}, "unit_repeated"),
        ({"edges": ((0, 1), (0, 1))}, "edge_repeated"),
        ({"weights": {"people": (1, 2)}}, "weight_shape"),
        ({"weights": {"people": (1, 1, 1, 1, 1, -1)}}, "weight_value"),
        ({"bands": {"people": Band(Fraction(1), Fraction(0))}}, "band_order"),
        ({"scale": {"people": 0}}, "scale_range"),
        ({"objectives": (CenterCost("c", ALONG[:2]),)}, "cost_shape"),
        ({"objectives": (CenterCost("c", ALONG * np.nan),)}, "cost_value"),
        ({"objectives": (CenterCost("c", ALONG), CenterCost("c", ALONG))}, "objective_repeated"),
        ({"objectives": (BorderLength("b", (1.0,)),)}, "length_shape"),
        ({"objectives": (BorderLength("b", (1.0, 1.0, -1.0, 1.0, 1.0)),)}, "length_value"),
        ({"objectives": (Change("c", (0,), (1,) * 6),)}, "part_shape"),
        ({"objectives": (Change("c", (0, 0, 0, 0, 0, -1), (1,) * 6),)}, "part_value"),
        ({"seats": frozenset({6})}, "seat_range"),
        ({"refused": frozenset({-1})}, "refused_range"),
        ({"apart": ((0, 7),)}, "lock_range"),
        ({"differences": (Difference((0,), 1),)}, "difference_shape"),
        ({"differences": (Difference((0, 0, 0, 0, 0, -1), 1),)}, "difference_district"),
        ({"differences": (Difference(HALVES, -1),)}, "difference_number"),
    ],
)
def test_every_malformed_part_is_found_and_told(changes: dict[str, object], code: str) -> None:
    found = findings(line(**changes))
    assert [f.code for f in found] == [f"districting.{code}"]
    assert found[0].text.zh and found[0].text.en
    assert found[0].todo is not None


def test_checker_can_reject() -> None:
    with pytest.raises(PlanRejected):
        approve(line(), Plan((0, 1, 0, 1, 1, 1), (0, 1)), (4.0,))
    with pytest.raises(PlanRejected):
        approve(line(), Plan(HALVES, (1, 4)), (3.9,))


def test_stats_tell_how_it_was_done() -> None:
    stats = solve(line(), seed=7).stats
    assert stats["seed"] == 7
    assert stats["workers"] == 1
    assert str(stats["engine"]).endswith("(ortools 9.15.6755)")
    assert stats["proof"] in ("floating point", "exact")
    assert stats["problem"] == digest(line())
    assert digest(line()) != digest(line(k=3))
    assert digest(line()) == digest(line(weights=dict(line().weights)))
