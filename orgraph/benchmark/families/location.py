"""Location in the benchmark: published capacitated p-median instances, and synthetic towns of households that are made from a seed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import NoReturn

import numpy as np

from orgraph.benchmark.case import Case
from orgraph.errors import InputError
from orgraph.exchange.source import open_text
from orgraph.findings import Finding, Json, Place
from orgraph.solver.location import Matrix, Metric, Plan, Points, Problem, solve
from orgraph.solver.location.check import evaluate, loads, violations
from orgraph.solver.solution import Limits, OnProgress, Solution
from orgraph.solver.violation import Violation

METRICS: Mapping[str, Metric] = {
    "euclidean (real)": "euclidean",
    "euclidean": "euclidean",
    "euclidean rounded down to integer": "euclidean_floor",
    "euclidean_floor": "euclidean_floor",
    "manhattan": "manhattan",
    "haversine_km": "haversine_km",
}
MOST_DECIMALS = 6


class LocationFamily:
    """See :class:`orgraph.benchmark.case.Family`."""

    name = "location"

    def read(self, path: Path, config: Path | None) -> Sequence[Case[Problem]]:
        """Read one instance: ``n``, ``p``, ``xy``, ``demand``, ``capacity``, ``distance``; ``lower`` and ``opening`` where there are any.

        Raises
        ------
        InputError
            With everything that is wrong in the file.
        """
        stated = _object(path)
        wrong = _missing(stated)
        if wrong:
            _refuse([_finding("instance_field", path, field=name) for name in wrong])
        metric = METRICS.get(str(stated.get("distance", "euclidean")).strip().lower())
        if metric is None:
            _refuse([_finding("instance_metric", path, metric=str(stated["distance"]), known=list(METRICS))])
        return [_case(path, stated, metric)]

    def generated(self, seed: int) -> Sequence[Case[Problem]]:
        """Return a town with a given number of centres, one where opening costs decide, and a cost matrix, all small enough to be proven."""
        households = town(60, 5, seed=seed)
        free = town(50, 4, seed=seed + 1, is_number_free=True)
        matrix = _as_matrix(town(40, 4, seed=seed + 2))
        named = {"town60_5": households, "town50_free": free, "matrix40_4": matrix}
        return [
            Case(f"{name}_{seed}", "distance", problem, problem.node_ids, is_synthetic=True)
            for name, problem in named.items()
        ]

    def warm_up(self) -> None:
        """Load the engines and compile the kernels."""
        for problem in (town(60, 5, seed=0), _as_matrix(town(40, 4, seed=0)), town(1600, 80, seed=0)):
            solve(problem, limits=Limits(time_s=2.0))

    def solve(
        self, problem: Problem, *, limits: Limits, seed: int, on_progress: OnProgress | None = None
    ) -> Solution[Plan]:
        """Call :func:`orgraph.solver.location.solve`."""
        return solve(problem, limits=limits, seed=seed, on_progress=on_progress)

    def violations(self, problem: Problem, plan: Plan) -> Sequence[Violation]:
        """Judge a plan by the independent checker."""
        return violations(problem, plan)

    def objective(self, problem: Problem, plan: Plan) -> float:
        """Return distances and opening costs as the checker computes them."""
        return evaluate(problem, plan)

    def answer(self, case: Case[Problem], solution: Solution[Plan]) -> Mapping[str, Json]:
        """Return ``plan`` (the node index of the centre of every node), ``centers`` (node indexes) and ``districts``."""
        plan = solution.plan
        if plan is None:
            return {"plan": None, "centers": None, "districts": []}
        names, load = case.problem.node_ids, loads(case.problem, plan)
        members: dict[int, list[Json]] = {j: [] for j in plan.centers}
        for i, j in enumerate(plan.center):
            members[j].append(names[i])
        districts: list[Json] = [
            {"seat": names[j], "members": members[j], "totals": {"demand": load[j]}} for j in plan.centers
        ]
        return {"plan": list(plan.center), "centers": list(plan.centers), "districts": districts}


def town(
    num_households: int,
    num_centers: int,
    *,
    seed: int,
    lower: int = 10,
    upper: int = 20,
    is_number_free: bool = False,
) -> Problem:
    """Return households of a synthetic town: hamlets of uneven size and a thin scatter between them, in metres; every household counts 1.

    ``lower`` and ``upper`` bound the households of a centre. With a free number, opening a centre costs what five households walk on average.
    """
    rng = np.random.default_rng(seed)
    width_m = 100.0 * np.sqrt(num_households)
    num_hamlets = max(1, num_households // 150)
    heart = rng.uniform(0, width_m, (num_hamlets, 2))
    spread_m = rng.uniform(0.01, 0.05, num_hamlets) * width_m
    hamlet = rng.choice(num_hamlets, num_households, p=rng.dirichlet(np.full(num_hamlets, 2.0)))
    xy = heart[hamlet] + rng.normal(size=(num_households, 2)) * spread_m[hamlet, None]
    is_scattered = rng.random(num_households) < 0.15
    xy[is_scattered] = rng.uniform(0, width_m, (int(is_scattered.sum()), 2))
    return Problem(
        node_ids=tuple(f"h{i}" for i in range(num_households)),
        distance=Points(np.round(xy, 1)),
        demand=(1,) * num_households,
        lower=(lower,) * num_households,
        upper=(upper,) * num_households,
        p=None if is_number_free else num_centers,
        opening=(500.0,) * num_households if is_number_free else (),
    )


def _as_matrix(problem: Problem) -> Problem:
    assert isinstance(problem.distance, Points)
    xy = problem.distance.xy
    far = np.abs(xy[:, None, :] - xy[None, :, :]).sum(axis=2)
    return Problem(problem.node_ids, Matrix(far), problem.demand, problem.upper, problem.lower, problem.p)


def _object(path: Path) -> Mapping[str, Json]:
    opened = open_text(path)
    if isinstance(opened, Finding):
        _refuse([opened])
    try:
        stated: Json = json.loads(opened.text())
    except (ValueError, RecursionError):
        stated = None
    if not isinstance(stated, dict):
        _refuse([_finding("instance_json", path)])
    return stated


def _missing(stated: Mapping[str, Json]) -> list[str]:
    """Return the names of fields that are missing or of the wrong form."""
    xy = stated.get("xy")
    n = len(xy) if isinstance(xy, list) else 0
    wrong = [] if n and _are_points(xy) else ["xy"]
    wrong += [name for name in ("demand", "capacity") if not _is_list(stated.get(name), n)]
    wrong += [name for name in ("lower", "opening") if name in stated and not _is_list(stated[name], n)]
    p = stated.get("p")
    if p is not None and (not isinstance(p, int) or isinstance(p, bool) or p < 1):
        wrong.append("p")
    if stated.get("n", n) != n:
        wrong.append("n")
    return wrong


def _are_points(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(row, list) and _is_list(row, 2, -1e12) for row in value)


def _is_list(value: Json, length: int, least: float = 0.0) -> bool:
    return isinstance(value, list) and len(value) == length and all(_is_number(v, least) for v in value)


def _is_number(value: Json, least: float) -> bool:
    is_numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return is_numeric and isfinite(value) and least <= value <= 1e12  # type: ignore[arg-type,operator]


def _case(path: Path, stated: Mapping[str, Json], metric: Metric) -> Case[Problem]:
    numbers = {name: _floats(stated[name]) for name in ("demand", "capacity")}
    numbers["lower"] = _floats(stated.get("lower") or [])
    scale = _scale([*numbers["demand"], *numbers["capacity"], *numbers["lower"]])
    whole = {name: tuple(round(v * scale) for v in values) for name, values in numbers.items()}
    ids = tuple(str(i) for i in range(len(whole["demand"])))
    p = stated.get("p")
    problem = Problem(
        node_ids=ids,
        distance=Points(np.array(stated["xy"], dtype=np.float64), metric),
        demand=whole["demand"],
        upper=whole["capacity"],
        lower=whole["lower"],
        p=p if isinstance(p, int) else None,
        opening=tuple(_floats(stated.get("opening") or [])),
    )
    notes: dict[str, Json] = {} if scale == 1 else {"demand_scale": scale}
    return Case(str(stated.get("name") or path.stem), "distance", problem, ids, path, notes=notes)


def _floats(values: Json) -> list[float]:
    return [float(v) for v in values] if isinstance(values, list) else []  # type: ignore[arg-type]


def _scale(values: Sequence[float]) -> int:
    """Return the power of ten that makes all values whole; what is finer than a millionth is rounded."""
    powers = [10**digits for digits in range(MOST_DECIMALS)]
    exact = [p for p in powers if all(abs(v * p - round(v * p)) < 1e-9 for v in values)]
    return exact[0] if exact else int(10**MOST_DECIMALS)


def _finding(name: str, path: Path, **numbers: Json) -> Finding:
    return Finding(f"location.{name}", place=Place(path.name), numbers={"file": path.name, **numbers})


def _refuse(found: Sequence[Finding]) -> NoReturn:
    raise InputError("invalid_input", findings=found, num_errors=len(found))


FAMILY = LocationFamily()
