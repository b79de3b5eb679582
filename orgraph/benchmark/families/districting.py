"""Districting as the benchmark sees it: published instances, maps with a configuration, and synthetic maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from orgraph.benchmark.case import Case, Family
from orgraph.benchmark.families.districting_city import SIZES, city_case
from orgraph.benchmark.families.districting_instances import read_instance
from orgraph.benchmark.families.districting_maps import read_map, synthetic_maps
from orgraph.findings import Json
from orgraph.solver.districting import Plan, Problem, findings, solve
from orgraph.solver.districting.check import evaluate, totals, violations
from orgraph.solver.districting.problem import CenterCost, PointCost


def read(path: Path, config: Path | None) -> Sequence[Case[Problem]]:
    """Read a published instance (JSON) or a map (CSV with its edges beside)."""
    if path.suffix.lower() == ".json":
        return (read_instance(path),)
    return (read_map(path, config),)


def answer(case: Case[Problem], plan: Plan) -> Mapping[str, Json]:
    """Return who goes where, the seats as unit indexes (``None`` where no objective has costs to a seat), and the districts."""
    problem = case.problem
    has_seats = any(isinstance(o, CenterCost | PointCost) for o in problem.objectives)
    amounts = totals(problem, plan)
    members: list[list[Json]] = [[] for _ in range(problem.k)]
    for unit, d in zip(problem.unit_ids, plan.district, strict=True):
        if d is not None:
            members[d].append(unit)
    return {
        "plan": list(plan.district),
        "centers": list(plan.seats) if has_seats else None,
        "districts": [_district(problem, plan, amounts, d, own) for d, own in enumerate(members)],
    }


def _district(
    problem: Problem, plan: Plan, amounts: Mapping[str, tuple[int, ...]], number: int, members: list[Json]
) -> Json:
    own = {name: each[number] for name, each in amounts.items()}
    shown: dict[str, Json] = {name: _shown(problem, name, amount) for name, amount in own.items()}
    deviation: dict[str, Json] = {
        name: amount * problem.k / total - 1
        for name, amount in own.items()
        if (total := problem.total(name)) > 0
    }
    return {
        "seat": problem.unit_ids[plan.seats[number]],
        "members": members,
        "totals": shown,
        "deviation": deviation,
    }


def larger(seed: int) -> Mapping[str, Callable[[], Case[Problem]]]:
    """Return a county of 500 units and cities of 10,000 and 100,000."""
    return {name: partial(city_case, name, seed=seed) for name in SIZES}


def _shown(problem: Problem, name: str, amount: int) -> int | float:
    scale = problem.scale.get(name, 1)
    return amount if scale == 1 else amount / scale


FAMILY: Family[Problem, Plan] = Family(
    name="districting",
    read=read,
    generated=synthetic_maps,
    findings=findings,
    solve=solve,
    violations=violations,
    objective=lambda problem, plan: evaluate(problem, plan)[0],
    answer=answer,
    larger=larger,
)
