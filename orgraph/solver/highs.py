"""Solve a mixed-integer linear program with HiGHS, in a process of its own that is ended when the caller interrupts."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from math import inf, isfinite
from pathlib import Path
from time import time
from types import TracebackType
from typing import IO

from orgraph.solver.engine import Clock, OnBound, Outcome, Result, calling_when_set
from orgraph.solver.highs_process import Answer, Job
from orgraph.solver.mip import Mip

GRACE_S = 5.0
"""HiGHS may overrun its time limit by this much before it is ended."""

_PROGRAM = Path(__file__).with_name("highs_process.py")
_RESULTS = {"OPTIMAL": Result.OPTIMAL, "FEASIBLE": Result.FEASIBLE, "INFEASIBLE": Result.INFEASIBLE}


class Highs:
    """A HiGHS process that solves one program after another; a context manager. It starts when it is first needed, or asked to."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Highs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the process if it does not run."""
        if self._process is None:
            paths = os.pathsep.join(path for path in sys.path if path)
            self._process = subprocess.Popen(
                [sys.executable, str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)
        process.wait()

    def solve(
        self,
        mip: Mip,
        clock: Clock,
        *,
        seed: int = 0,
        cutoff: float | None = None,
        on_bound: OnBound = lambda _: None,
    ) -> Outcome:
        """Minimize ``mip`` with zero gap tolerance.

        Parameters
        ----------
        clock
            Time, workers and stop signal.
        seed
            With one worker and no time limit hit, equal seeds give equal points.
        cutoff
            Points that cost more are of no interest: HiGHS prunes them, and what it reports above the cutoff only proves that the cutoff is a bound.
        on_bound
            Told of every better bound on the way, in this thread.

        Returns
        -------
        Outcome
            UNKNOWN when the process was ended or died.
        """
        if clock.is_over():
            return Outcome(Result.UNKNOWN)
        self.start()
        most = inf if cutoff is None else cutoff
        answer = self._ask(_job(mip, clock, seed, cutoff), clock, lambda bound: on_bound(min(bound, most)))
        if answer is None:
            self.close()
            return Outcome(Result.UNKNOWN)
        return _outcome(answer, mip, cutoff)

    def _ask(self, job: Job, clock: Clock, on_bound: OnBound) -> Answer | None:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        with calling_when_set(clock.limits.stop, process.kill, after_s=clock.left_s + GRACE_S):
            try:
                pickle.dump(job, process.stdin)
                process.stdin.flush()
                while isinstance(frame := pickle.load(process.stdout), float):
                    on_bound(frame)
            except (EOFError, BrokenPipeError, pickle.UnpicklingError):
                return None
        answer: Answer = frame
        return answer


def _job(mip: Mip, clock: Clock, seed: int, cutoff: float | None) -> Job:
    return Job(
        lower=mip.lower,
        upper=mip.upper,
        is_integer=mip.is_integer,
        cost=mip.cost,
        rows=mip.rows,
        cutoff=cutoff,
        deadline=time() + clock.left_s,
        workers=clock.limits.workers,
        seed=seed % 2**31,
    )


def _outcome(answer: Answer, mip: Mip, cutoff: float | None) -> Outcome:
    result = _RESULTS.get(answer["reason"], Result.UNKNOWN)
    bound = answer["bound"] if isfinite(answer["bound"]) else None
    x = answer["x"]
    if result is Result.INFEASIBLE:
        return Outcome(result, None, cutoff)
    if cutoff is None:
        return Outcome(result, x, bound)
    if x is not None and mip.value(x) > cutoff:
        x = None
    if bound is not None and bound >= cutoff:
        return Outcome(Result.INFEASIBLE if x is None else result, x, cutoff)
    return Outcome(result if x is not None else Result.UNKNOWN, x, bound)


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()
