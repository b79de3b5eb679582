import os
import signal
import threading

import pytest

from orgraph.cli.solving import exit_code, solve_interruptibly
from orgraph.cli.words import Words
from orgraph.service.background import in_background
from orgraph.solver import Limits, Status


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_interrupt_asks_the_work_to_stop_and_keeps_its_result(capsys):
    limits = Limits()

    def work():
        interrupt()
        limits.stop.wait()
        return "the best so far"

    found = solve_interruptibly(Words("en"), limits, lambda _: in_background(work, limits.stop))
    assert found == "the best so far"
    assert "Stopping" in capsys.readouterr().err


def test_the_second_interrupt_does_not_wait_for_the_work():
    limits = Limits()
    end = threading.Event()

    def work():
        interrupt()
        limits.stop.wait()
        interrupt()
        end.wait()

    with pytest.raises(KeyboardInterrupt):
        solve_interruptibly(Words("en"), limits, lambda _: in_background(work, limits.stop))
    end.set()


def test_the_handlers_of_before_are_put_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    limits = Limits()
    solve_interruptibly(Words("en"), limits, lambda _: in_background(lambda: None, limits.stop))
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_an_error_of_the_work_is_raised_where_it_is_waited_for():
    limits = Limits()
    with pytest.raises(ZeroDivisionError):
        solve_interruptibly(Words("en"), limits, lambda _: in_background(lambda: 1 // 0, limits.stop))


@pytest.mark.parametrize(
    ("status", "has_plan", "code"),
    [
        (Status.OPTIMAL, True, 0),
        (Status.FEASIBLE, True, 0),
        (Status.INFEASIBLE, False, 3),
        (Status.UNKNOWN, False, 4),
        (Status.INTERRUPTED, True, 0),
        (Status.INTERRUPTED, False, 4),
    ],
)
def test_the_exit_code_follows_the_status(status, has_plan, code):
    assert exit_code(status, has_plan=has_plan) == code
