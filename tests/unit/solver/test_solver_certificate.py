"""What is the same at the end of every call: how it ended, and that the independent checker agrees."""

from __future__ import annotations

from threading import Event

import pytest

from orgraph.errors import PlanRejected
from orgraph.solver import Limits, Status
from orgraph.solver.certificate import differing, refuse_wrong, status_with_plan, status_without_plan
from orgraph.solver.engine import Clock
from orgraph.solver.violation import Violation


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


def test_figures_differ_beyond_rounding_or_when_nobody_said_them() -> None:
    found = differing(("border", "cost", "change"), (3.0, 5.0 + 1e-9, None), (4.0, 5.0, 0.0))
    assert list(found) == ["border: 3.0 != 4.0", "change: None != 0.0"]


def test_a_plan_is_refused_with_all_that_is_wrong_with_it() -> None:
    broken = Violation("location.number", (), {"p": 2, "found": 3})
    with pytest.raises(PlanRejected) as refused:
        refuse_wrong([broken], ["cost: 1.0 != 2.0"])
    assert refused.value.details["violations"] == f"{broken.text.en}; cost: 1.0 != 2.0"


def test_a_plan_without_fault_is_not_refused() -> None:
    refuse_wrong((), differing(("cost",), (1.0,), (1.0,)))
