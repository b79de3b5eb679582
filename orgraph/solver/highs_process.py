"""The program that runs HiGHS in a process of its own: jobs come on standard input, answers go to standard output.

HiGHS cannot be interrupted through MathOpt, so whoever waits ends this process instead. It ends by itself when its input closes. It is run as a file and
imports nothing of this package; both ends of the pipes are one user's own, so the frames are pickles.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Sequence
from datetime import timedelta
from queue import Queue
from threading import Thread
from typing import BinaryIO, TypedDict

from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

TOLERANCE = 1e-9


class Job(TypedDict):
    """One program to minimize: the fields of ``Mip``, and how to run. A cutoff of ``None`` means none."""

    lower: Sequence[float]
    upper: Sequence[float]
    is_integer: Sequence[bool]
    cost: Sequence[float]
    rows: Sequence[tuple[Sequence[int], Sequence[float], float, float]]
    cutoff: float | None
    time_s: float
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
    while True:
        pickle.dump(solve(jobs.get()), answers)
        answers.flush()


def solve(job: Job) -> Answer:
    """Minimize with zero gap tolerance."""
    model = mathopt.Model.from_model_proto(_proto(job))
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=_parameters(job))
    x: tuple[float, ...] | None = None
    if result.has_primal_feasible_solution():
        values = result.variable_values()
        x = tuple(values[v] for v in model.variables())
    return Answer(
        reason=result.termination.reason.name, bound=result.termination.objective_bounds.dual_bound, x=x
    )


def _parameters(job: Job) -> mathopt.SolveParameters:
    parameters = mathopt.SolveParameters(
        time_limit=timedelta(seconds=job["time_s"]), relative_gap_tolerance=0.0, absolute_gap_tolerance=0.0
    )
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
