"""Location in the benchmark: published capacitated p-median instances, and synthetic towns of households that are made from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from orgraph.benchmark.case import Case, Family
from orgraph.benchmark.reading import Entry, read_entry
from orgraph.findings import Json
from orgraph.solver.location import Matrix, Metric, Plan, Points, Problem, findings, solve
from orgraph.solver.location.check import evaluate, loads, violations

METRICS: Mapping[str, Metric] = {
    "euclidean (real)": "euclidean",
    "euclidean": "euclidean",
    "euclidean rounded down to integer": "euclidean_floor",
    "euclidean_floor": "euclidean_floor",
    "manhattan": "manhattan",
    "haversine_km": "haversine_km",
}
MOST_DECIMALS = 6


def read(path: Path, config: Path | None) -> Sequence[Case[Problem]]:
    """Read one instance: ``xy``, ``demand``, ``capacity``, ``distance``, ``n``; ``p``, ``lower`` and ``opening`` where there are any."""
    top = read_entry(path)
    n = top.need("n").whole(least=1)
    xy = top.need("xy").real_rows(n, 2)
    amounts = {name: top.need(name).reals(n, least=0.0) for name in ("demand", "capacity")}
    amounts["lower"] = top.optional("lower", lambda entry: entry.reals(n, least=0.0), [])
    opening = top.optional("opening", lambda entry: entry.reals(n, least=0.0), [])
    p = top.optional("p", lambda entry: entry.whole(1), None)
    metric = top.optional("distance", _metric, METRICS["euclidean"])
    name = top.optional("name", Entry.text, path.stem)
    top.refuse()
    scale = _scale([value for values in amounts.values() for value in values])
    whole = {kind: tuple(round(value * scale) for value in values) for kind, values in amounts.items()}
    problem = Problem(
        node_ids=tuple(str(i) for i in range(n)),
        distance=Points(np.array(xy), metric),
        demand=whole["demand"],
        upper=whole["capacity"],
        lower=whole["lower"],
        p=p,
        opening=tuple(opening),
    )
    notes: dict[str, Json] = {} if scale == 1 else {"demand_scale": scale}
    return [Case(name, "distance", problem, problem.node_ids, path, notes=notes)]


def generated(seed: int) -> Sequence[Case[Problem]]:
    """Return a town with a given number of centres, one where opening costs decide, and a cost matrix, all small enough to be proven."""
    households = town(60, 5, seed=seed)
    free = town(50, 4, seed=seed + 1, is_number_free=True)
    matrix = _as_matrix(town(40, 4, seed=seed + 2))
    named = {"town60_5": households, "town50_free": free, "matrix40_4": matrix}
    return [_town_case(f"{name}_{seed}", problem) for name, problem in named.items()]


def larger(seed: int) -> Mapping[str, Callable[[], Case[Problem]]]:
    """Return a town of 20,000 households with 1,000 centres, and one of 2,000 with 100."""
    return {
        "town20000_1000": lambda: _town_case("town20000_1000", town(20_000, 1_000, seed=seed)),
        "town2000_100": lambda: _town_case("town2000_100", town(2_000, 100, seed=seed)),
    }


def answer(case: Case[Problem], plan: Plan) -> Mapping[str, Json]:
    """Return ``plan`` (the node index of the centre of every node), ``centers`` (node indexes) and ``districts``."""
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


def _town_case(name: str, problem: Problem) -> Case[Problem]:
    return Case(name, "distance", problem, problem.node_ids, is_synthetic=True)


def _metric(entry: Entry) -> Metric:
    """Return the metric that a file names in words, upper or lower case."""
    if isinstance(entry.data, str):
        entry = replace(entry, data=entry.data.strip().lower())
    return METRICS[entry.one_of(tuple(METRICS))]


def _scale(values: Sequence[float]) -> int:
    """Return the power of ten that makes all values whole; what is finer than a millionth is rounded."""
    powers = [10**digits for digits in range(MOST_DECIMALS)]
    exact = [p for p in powers if all(abs(v * p - round(v * p)) < 1e-9 for v in values)]
    return exact[0] if exact else int(10**MOST_DECIMALS)


FAMILY: Family[Problem, Plan] = Family(
    name="location",
    read=read,
    generated=generated,
    findings=findings,
    solve=solve,
    violations=violations,
    objective=evaluate,
    answer=answer,
    larger=larger,
)
