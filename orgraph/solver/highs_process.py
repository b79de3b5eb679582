"""The program that runs HiGHS in a process of its own: jobs come on standard input, answers go to standard output.

HiGHS cannot be interrupted through MathOpt, so whoever waits ends this process instead. It ends by itself when its input closes. It is run as a file and
imports nothing of this package, and of MathOpt only its protocol buffers, which takes a third of the time that its Python layer takes to load. Both ends of the
pipes are one user's own, so the frames are pickles.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from math import inf, isfinite
from queue import Queue
from threading import Thread
from time import time
from typing import BinaryIO, TypedDict

from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    parameters_pb2,
    result_pb2,
    solution_pb2,
)
from ortools.math_opt.core.python import solver

TOLERANCE = 1e-9
NUM_WORDS = 11
PRINTED = 1e-10
"""A printed bound is lowered by this share, more than what printing can round up."""


class Job(TypedDict):
    """One program to minimize: the fields of ``Mip``, and how to run. A cutoff of ``None`` means none; the deadline is in seconds of ``time.time``."""

    lower: Sequence[float]
    upper: Sequence[float]
    is_integer: Sequence[bool]
    cost: Sequence[float]
    rows: Sequence[tuple[Sequence[int], Sequence[float], float, float]]
    cutoff: float | None
    deadline: float
    workers: int
    seed: int


class Answer(TypedDict):
    """How MathOpt ended (name of its termination reason), its dual bound, and the best point."""

    reason: str
    bound: float
    x: tuple[float, ...] | None


def main() -> None:
    """Solve job after job until the pipe closes."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    jobs: Queue[Job] = Queue()
    Thread(target=_read, args=(sys.stdin.buffer, jobs), daemon=True).start()

    def send(frame: float | Answer) -> None:
        pickle.dump(frame, answers)
        answers.flush()

    while True:
        send(solve(jobs.get(), send))


def solve(job: Job, tell_bound: Callable[[float], None]) -> Answer:
    """Minimize with zero gap tolerance; tell every bound that the log shows on the way."""
    best = -inf

    def read_log(lines: Sequence[str]) -> None:
        nonlocal best
        bound = max(map(bound_in, lines), default=-inf)
        if bound > best:
            best = bound
            tell_bound(bound)

    result = solver.solve(
        _proto(job),
        parameters_pb2.SOLVER_TYPE_HIGHS,
        parameters_pb2.SolverInitializerProto(),
        _parameters(job),
        model_parameters_pb2.ModelSolveParametersProto(),
        read_log,
        callback_pb2.CallbackRegistrationProto(),
        None,
        None,
    )
    reason = result_pb2.TerminationReasonProto.Name(result.termination.reason)
    return Answer(
        reason=reason.removeprefix("TERMINATION_REASON_"),
        bound=result.termination.objective_bounds.dual_bound,
        x=_point(result, len(job["lower"])),
    )


def bound_in(line: str) -> float:
    """Return the bound that a row of HiGHS's table of nodes shows, minus infinity for any other line.

    A row has at least eleven words and ends with its seconds; the bound follows the share that is explored and is printed to 12 digits.
    """
    words = line.split()
    shares = [i for i, word in enumerate(words) if word.endswith("%")]
    if len(words) < NUM_WORDS or not words[-1].endswith("s") or not shares:
        return -inf
    try:
        bound = float(words[shares[0] + 1])
    except (IndexError, ValueError):
        return -inf
    return bound - PRINTED * abs(bound) if isfinite(bound) else -inf


def _point(result: result_pb2.SolveResultProto, num_columns: int) -> tuple[float, ...] | None:
    """Return the best feasible point; MathOpt puts it first."""
    if not result.solutions:
        return None
    primal = result.solutions[0].primal_solution
    if primal.feasibility_status != solution_pb2.SOLUTION_STATUS_FEASIBLE:
        return None
    values = dict(zip(primal.variable_values.ids, primal.variable_values.values, strict=True))
    return tuple(values.get(column, 0.0) for column in range(num_columns))


def _parameters(job: Job) -> parameters_pb2.SolveParametersProto:
    parameters = parameters_pb2.SolveParametersProto(relative_gap_tolerance=0.0, absolute_gap_tolerance=0.0)
    parameters.time_limit.FromTimedelta(timedelta(seconds=max(0.01, job["deadline"] - time())))
    whole, real = parameters.highs.int_options, parameters.highs.double_options
    whole["threads"] = job["workers"]
    whole["random_seed"] = job["seed"]
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
        real[name] = TOLERANCE
    if job["cutoff"] is not None:
        real["objective_bound"] = job["cutoff"]
    return parameters


def _proto(job: Job) -> model_pb2.ModelProto:
    proto = model_pb2.ModelProto()
    columns, rows, matrix = proto.variables, proto.linear_constraints, proto.linear_constraint_matrix
    columns.ids.extend(range(len(job["lower"])))
    columns.lower_bounds.extend(job["lower"])
    columns.upper_bounds.extend(job["upper"])
    columns.integers.extend(job["is_integer"])
    costs = [(column, c) for column, c in enumerate(job["cost"]) if c]
    proto.objective.linear_coefficients.ids.extend(column for column, _ in costs)
    proto.objective.linear_coefficients.values.extend(c for _, c in costs)
    rows.ids.extend(range(len(job["rows"])))
    rows.lower_bounds.extend(low for _, _, low, _ in job["rows"])
    rows.upper_bounds.extend(high for _, _, _, high in job["rows"])
    for row, (cells, coefficients, _, _) in enumerate(job["rows"]):
        entries = sorted((column, c) for column, c in zip(cells, coefficients, strict=True) if c)
        matrix.row_ids.extend([row] * len(entries))
        matrix.column_ids.extend(column for column, _ in entries)
        matrix.coefficients.extend(c for _, c in entries)
    return proto


def _read(pipe: BinaryIO, jobs: Queue[Job]) -> None:
    try:
        while True:
            jobs.put(pickle.load(pipe))
    except EOFError:
        os._exit(0)


if __name__ == "__main__":
    main()
