"""Generalized assignment beside plain CP-SAT, SCIP and Timefold: the same files, the same seconds, one run, one table.

    python bench/peers/assignment_peers.py --seconds 30 --timefold PYTHON FILE...

PYTHON is an interpreter with bench/peers/requirements.txt installed; without it Timefold is left out. Every solver runs in a process of its own. The seconds are those of the solve
call: loading libraries, starting a JVM and compiling kernels come on top. Every plan is judged here, in plain Python.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ENGINES = ("orgraph", "cp-sat", "scip", "timefold")


def main() -> None:
    """Print one row per file with what every solver found, or, with ``--one``, the answer of one solver to one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timefold")
    parser.add_argument("--one", choices=ENGINES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        answer = solve(arguments.one, read(arguments.files[0]), arguments)
        print("ANSWER " + json.dumps(answer))
        return
    engines = ENGINES if arguments.timefold else ENGINES[:-1]
    print("| instance | best known | " + " | ".join(engines) + " |")
    print("|---" * (len(engines) + 2) + "|")
    for path in arguments.files:
        cells = [cell(run(engine, path, arguments), read(path)) for engine in engines]
        print(
            f"| {path.stem} | {read(path)['published']['best_known']} | " + " | ".join(cells) + " |",
            flush=True,
        )


def read(path: Path) -> dict[str, Any]:
    """Return an instance: ``agents``, ``items``, ``cost`` and ``weight`` by agent and task, ``capacity``, ``published``."""
    return json.loads(path.read_text(encoding="utf-8"))


def run(engine: str, path: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the answer of one solver, asked in a process of its own so that no two share libraries, threads or memory."""
    python = arguments.timefold if engine == "timefold" else sys.executable
    options = ["--seconds", arguments.seconds, "--workers", arguments.workers, "--seed", arguments.seed]
    command = [python, __file__, "--one", engine, *map(str, options), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    if not answers:
        sys.exit(f"{engine} failed on {path}:\n{done.stderr[-2000:]}")
    return json.loads(answers[-1].removeprefix("ANSWER "))


def cell(answer: dict[str, Any], instance: dict[str, Any]) -> str:
    """Return value, distance to the best known one, and bound of an answer, or what is wrong with its plan."""
    plan, best = answer["plan"], instance["published"]["best_known"]
    if plan is None:
        return "no plan"
    used = [0] * instance["agents"]
    for task, agent in enumerate(plan):
        used[agent] += instance["weight"][agent][task]
    if any(load > most for load, most in zip(used, instance["capacity"], strict=True)):
        return "over capacity"
    value = sum(instance["cost"][agent][task] for task, agent in enumerate(plan))
    bound = "" if answer["bound"] is None else f", bound {answer['bound']:.0f}"
    return f"{value} (+{100 * (value / best - 1):.3f} %{bound})"


def solve(engine: str, instance: dict[str, Any], arguments: argparse.Namespace) -> dict[str, Any]:
    """Return ``plan``, the agent of every task or ``None``, and ``bound``, ``None`` where the solver gives none."""
    solvers = {"orgraph": by_orgraph, "cp-sat": by_cp_sat, "scip": by_scip, "timefold": by_timefold}
    plan, bound = solvers[engine](instance, arguments)
    return {"plan": plan, "bound": bound}


def by_orgraph(
    instance: dict[str, Any], arguments: argparse.Namespace
) -> tuple[list[int] | None, float | None]:
    """Return plan and bound of this project's solver, its kernels compiled before the seconds begin."""
    import numpy as np

    from orgraph.benchmark.families.assignment import FAMILY
    from orgraph.solver import Limits
    from orgraph.solver.assignment import Problem, solve

    FAMILY.warm_up()
    problem = Problem(
        agent_ids=tuple(str(a) for a in range(instance["agents"])),
        task_ids=tuple(str(t) for t in range(instance["items"])),
        cost=np.array(instance["cost"], dtype=np.float64),
        loads={"load": np.array(instance["weight"])},
        capacities={"load": tuple(instance["capacity"])},
    )
    limits = Limits(time_s=arguments.seconds, workers=arguments.workers)
    solution = solve(problem, limits=limits, seed=arguments.seed)
    return None if solution.plan is None else list(solution.plan.agent), solution.bound


def by_cp_sat(
    instance: dict[str, Any], arguments: argparse.Namespace
) -> tuple[list[int] | None, float | None]:
    """Return plan and bound of CP-SAT on the textbook model: a binary per pair, one agent per task, a knapsack row per agent."""
    from ortools.sat.python import cp_model

    agents, tasks = range(instance["agents"]), range(instance["items"])
    model = cp_model.CpModel()
    x = [[model.new_bool_var("") for _ in tasks] for _ in agents]
    for t in tasks:
        model.add_exactly_one(x[a][t] for a in agents)
    for a in agents:
        load = sum(instance["weight"][a][t] * x[a][t] for t in tasks)
        model.add(load <= instance["capacity"][a])
    model.minimize(sum(instance["cost"][a][t] * x[a][t] for a in agents for t in tasks))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = arguments.seconds
    solver.parameters.num_workers = arguments.workers
    solver.parameters.random_seed = arguments.seed
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    plan = [next(a for a in agents if solver.value(x[a][t])) for t in tasks]
    return plan, solver.best_objective_bound


def by_scip(instance: dict[str, Any], arguments: argparse.Namespace) -> tuple[list[int] | None, float | None]:
    """Return plan and bound of SCIP on the same model, with no tolerance in the gap."""
    from datetime import timedelta

    from ortools.math_opt.python import mathopt

    agents, tasks = range(instance["agents"]), range(instance["items"])
    model = mathopt.Model()
    x = [[model.add_binary_variable() for _ in tasks] for _ in agents]
    for t in tasks:
        model.add_linear_constraint(sum(x[a][t] for a in agents) == 1)
    for a in agents:
        load = sum(instance["weight"][a][t] * x[a][t] for t in tasks)
        model.add_linear_constraint(load <= instance["capacity"][a])
    model.minimize(sum(instance["cost"][a][t] * x[a][t] for a in agents for t in tasks))
    parameters = mathopt.SolveParameters(
        time_limit=timedelta(seconds=arguments.seconds),
        threads=arguments.workers,
        random_seed=arguments.seed,
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.0,
    )
    result = mathopt.solve(model, mathopt.SolverType.GSCIP, params=parameters)
    if not result.has_primal_feasible_solution():
        return None, None
    values = result.variable_values()
    plan = [next(a for a in agents if values[x[a][t]] > 0.5) for t in tasks]
    return plan, result.termination.objective_bounds.dual_bound


def by_timefold(
    instance: dict[str, Any], arguments: argparse.Namespace
) -> tuple[list[int] | None, float | None]:
    """Return the plan of Timefold, which gives no bound; it may exceed capacities, which the table then says."""
    import assignment_timefold

    return assignment_timefold.solve(instance, arguments.seconds, arguments.seed), None


if __name__ == "__main__":
    main()
