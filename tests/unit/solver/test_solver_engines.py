"""The engines on a program that can be solved in the head, and what they do with cutoffs, stops and no time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from threading import Event

import pytest

from orgraph.solver import Limits
from orgraph.solver.cp_sat import solve_cp_sat
from orgraph.solver.districting.matching import match
from orgraph.solver.engine import Clock, Outcome, Result
from orgraph.solver.highs import Highs
from orgraph.solver.highs_process import bound_in
from orgraph.solver.mip import Mip

Engine = Callable[..., Outcome]


def cover(costs: tuple[float, ...] = (3.0, 2.0, 2.5)) -> Mip:
    """Two of three columns, the cheapest; the first and second exclude one another."""
    mip = Mip()
    columns = [mip.binary(cost) for cost in costs]
    mip.row([(c, 1.0) for c in columns], at_least=2, at_most=2)
    mip.row([(columns[0], 1.0), (columns[1], 1.0)], at_most=1)
    return mip


@pytest.fixture(params=["highs", "cp_sat"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "cp_sat":
        yield solve_cp_sat
        return
    with Highs() as highs:
        yield highs.solve


def test_minimum_is_proven(engine: Engine) -> None:
    outcome = engine(cover(), Clock(Limits()))
    assert outcome.result is Result.OPTIMAL
    assert outcome.x == pytest.approx((0.0, 1.0, 1.0))
    assert outcome.bound == pytest.approx(4.5)


def test_no_point_is_infeasible(engine: Engine) -> None:
    mip = cover()
    mip.row([(2, 1.0)], at_most=0)
    outcome = engine(mip, Clock(Limits()))
    assert (outcome.result, outcome.x) == (Result.INFEASIBLE, None)


def test_cutoff_below_the_minimum_proves_no_more_than_itself(engine: Engine) -> None:
    outcome = engine(cover(), Clock(Limits()), cutoff=4.0)
    assert outcome.result is Result.INFEASIBLE
    assert outcome.x is None
    assert outcome.bound in (4.0, inf)


def test_cutoff_at_the_minimum_leaves_it(engine: Engine) -> None:
    outcome = engine(cover(), Clock(Limits()), cutoff=4.5 + 1e-6)
    assert outcome.x == pytest.approx((0.0, 1.0, 1.0))
    assert outcome.bound == pytest.approx(4.5)


def test_stop_or_no_time_is_unknown(engine: Engine) -> None:
    stop = Event()
    stop.set()
    assert engine(cover(), Clock(Limits(stop=stop))).result is Result.UNKNOWN
    assert engine(cover(), Clock(Limits(time_s=0.0))).result is Result.UNKNOWN


def test_cp_sat_bound_stays_below_costs_that_are_no_integers() -> None:
    outcome = solve_cp_sat(cover((0.1, 0.2, 1 / 3)), Clock(Limits()))
    assert outcome.bound is not None
    assert 0.1 + 1 / 3 - 1e-12 <= outcome.bound <= 0.1 + 1 / 3


def test_highs_process_serves_again_after_it_was_ended() -> None:
    with Highs() as highs:
        assert highs.solve(cover(), Clock(Limits())).result is Result.OPTIMAL
        highs.close()
        assert highs.solve(cover(), Clock(Limits())).result is Result.OPTIMAL


@pytest.mark.parametrize(
    ("line", "bound"),
    [
        (
            " L       0       0         0   0.00%   68727.379542    72679.4            5.44%     3025     42    138      1178     0.8s",
            68727.379542,
        ),
        (
            "         0       0         0   0.00%   -inf            inf                  inf        0      0      0         0     0.0s",
            -inf,
        ),
        (
            "Src  Proc. InQueue |  Leaves   Expl. | BestBound       BestSol              Gap |   Cuts   InLp Confl. | LpIters     Time",
            -inf,
        ),
        ("2.3% inactive integer columns, restarting", -inf),
        ("Presolving model", -inf),
    ],
)
def test_bound_is_read_from_the_log(line: str, bound: float) -> None:
    found = bound_in(line)
    assert found <= bound
    assert found == pytest.approx(bound, rel=1e-9)


@pytest.mark.parametrize(
    ("overlap", "most"),
    [
        ([[3, 2], [2, 0]], 4),
        ([[1, 5, 2]], 5),
        ([[4], [7]], 7),
        ([[0, 0], [0, 0]], 0),
        ([], 0),
    ],
)
def test_matching_is_the_largest(overlap: list[list[float]], most: float) -> None:
    assert sum(overlap[r][c] for r, c in enumerate(match(overlap)) if c is not None) == most
