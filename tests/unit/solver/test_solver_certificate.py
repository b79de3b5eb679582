"""How a call that ends late or is interrupted is reported, the same in every family."""

from __future__ import annotations

from threading import Event

import pytest

from orgraph.solver import Limits, Status
from orgraph.solver.certificate import status_with_plan, status_without_plan
from orgraph.solver.engine import Clock


def clock(*, is_stopped: bool) -> Clock:
    stop = Event()
    if is_stopped:
        stop.set()
    return Clock(Limits(time_s=0.0, stop=stop))


@pytest.mark.parametrize(
    ("is_stopped", "is_proven", "status"),
    [
        (False, False, Status.FEASIBLE),
        (True, False, Status.INTERRUPTED),
        (False, True, Status.OPTIMAL),
        (True, True, Status.OPTIMAL),
    ],
)
def test_a_proof_counts_even_when_the_caller_interrupts(
    is_stopped: bool, is_proven: bool, status: Status
) -> None:
    assert status_with_plan(clock(is_stopped=is_stopped), is_proven=is_proven) is status


def test_no_plan_and_no_proof_is_unknown_unless_the_caller_interrupts() -> None:
    assert status_without_plan(clock(is_stopped=False)) is Status.UNKNOWN
    assert status_without_plan(clock(is_stopped=True)) is Status.INTERRUPTED
