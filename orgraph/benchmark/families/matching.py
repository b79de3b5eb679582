"""Matching for the benchmark. No instances with published values are known for many-to-many matching with quotas, so files are in a form of our own.

A file is one JSON object::

    {"name": "town", "objectives": ["weight", "stability"],
     "left": {"ids": ["A", "B"], "lower": [0, 0], "upper": [2, 1], "rank": [1, 0, 0], "amount": [[1], [1]]},
     "right": {...}, "pairs": [[0, 0, 9, 0], [0, 1, 6, 0], [1, 0, 5, 0]], "categories": ["money"], "forbidden": [], "kept": []}

A pair is left, right, weight and, with categories, the category. ``rank`` (one per pair, smaller is better), ``amount``, ``categories``, ``forbidden``, ``kept``
and ``objectives`` may be missing. Or a file asks for generated instances of a size: ``{"generate": {"agents": 1000, "candidates": 50, "quota": 5, "seed": 1}}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from orgraph.benchmark.case import Case
from orgraph.benchmark.families.json_file import Fields, read_object
from orgraph.findings import Json
from orgraph.solver import Limits, OnProgress, Solution
from orgraph.solver.matching import (
    Blend,
    End,
    Fairness,
    Measure,
    Objective,
    Pairs,
    Plan,
    Problem,
    Side,
    Stability,
    Weight,
    blocking_pairs,
    findings,
    solve,
)
from orgraph.solver.matching.check import evaluate, violations
from orgraph.solver.matching.check import weight as weight_of
from orgraph.solver.violation import Violation

OBJECTIVES: Mapping[str, Objective] = {
    "weight": Weight(),
    "stability": Stability(),
    "blend": Blend(price=10),
    "fairness_fill": Fairness(End.LEFT, Measure.FILL),
    "fairness_rank": Fairness(End.LEFT, Measure.RANK),
}


class Matching:
    """The matching family."""

    name = "matching"

    def read(self, path: Path, config: Path | None) -> Sequence[Case[Problem]]:
        """Read a file; one case per objective that it names (all of weight and stability when it names none)."""
        fields = read_object(path, "matching")
        names = fields.choices("objectives", tuple(OBJECTIVES), default=("weight", "stability"))
        if fields.has("generate"):
            return _asked(fields.inner("generate"), names, path)
        problem = _problem(fields)
        fields.refuse()
        assert problem is not None
        fields.found.extend(findings(problem))
        name = fields.text("name", path.stem)
        fields.refuse()
        return tuple(_case(name, objective, problem, path) for objective in names)

    def generated(self, seed: int) -> Sequence[Case[Problem]]:
        """Return one instance of 40 agents a side per objective, and one with categories."""
        plain = generate(seed, agents=40, candidates=8, quota=2)
        cases = [_case(f"generated_40_{seed}", name, plain, None) for name in OBJECTIVES]
        needs = with_categories(plain, seed)
        return (
            *cases,
            *(_case(f"generated_needs_40_{seed}", name, needs, None) for name in ("weight", "stability")),
        )

    def warm_up(self) -> None:
        """Compile the kernels and load the engines."""
        small = generate(1, agents=5, candidates=2, quota=1)
        for objective in OBJECTIVES.values():
            solve(replace(small, objective=objective))

    def solve(
        self, problem: Problem, *, limits: Limits, seed: int, on_progress: OnProgress | None = None
    ) -> Solution[Plan]:
        """Call the family's public ``solve``."""
        return solve(problem, limits=limits, seed=seed, on_progress=on_progress)

    def violations(self, problem: Problem, plan: Plan) -> Sequence[Violation]:
        """Judge a plan by the independent checker."""
        return violations(problem, plan)

    def objective(self, problem: Problem, plan: Plan) -> float:
        """Return the first objective as the checker computes it."""
        return sum(evaluate(problem, plan).values())

    def answer(self, case: Case[Problem], solution: Solution[Plan]) -> Mapping[str, Json]:
        """Return ``plan`` (of every left agent the indexes of its partners), ``pairs``, ``weight`` and ``blocking_pairs``."""
        problem, plan = case.problem, solution.plan
        if plan is None:
            return {"plan": None}
        by_left: list[list[Json]] = [[] for _ in problem.left.ids]
        for p in plan.pairs:
            by_left[int(problem.pairs.left[p])].append(int(problem.pairs.right[p]))
        return {
            "plan": list(by_left),
            "pairs": len(plan.pairs),
            "weight": weight_of(problem, plan),
            "blocking_pairs": len(blocking_pairs(problem, plan)),
        }


def generate(seed: int, *, agents: int, candidates: int, quota: int) -> Problem:
    """Return a synthetic problem: ``agents`` a side, about so many candidates each, weights 1 to 1,000, strict random ranks, quotas 0 to ``quota``."""
    random = np.random.default_rng(seed)
    left = np.repeat(np.arange(agents), candidates)
    cells = np.unique(left * agents + random.integers(0, agents, len(left)))
    left, right = cells // agents, cells % agents
    ends = {}
    for name in End:
        ids = tuple(f"{name[0].upper()}{a:05d}" for a in range(agents))
        zero, upper = np.zeros(agents, dtype=np.int64), np.full(agents, quota, dtype=np.int64)
        ends[name] = Side(ids, zero, upper, random.permutation(len(cells)).astype(np.int64))
    return Problem(ends[End.LEFT], ends[End.RIGHT], Pairs(left, right, random.integers(1, 1001, len(cells))))


def with_categories(problem: Problem, seed: int) -> Problem:
    """Return the problem with three categories: every agent needs or offers each 0 to 2 times."""
    random, names = np.random.default_rng(seed), ("money", "training", "staff")
    pairs = replace(problem.pairs, category=random.integers(0, len(names), problem.pairs.size))
    left, right = (
        replace(side, amount=random.integers(0, 3, (side.size, len(names))))
        for side in (problem.left, problem.right)
    )
    return replace(problem, left=left, right=right, pairs=pairs, categories=names)


def _asked(fields: Fields, names: Sequence[str], path: Path) -> Sequence[Case[Problem]]:
    agents, candidates = fields.whole("agents", 1, 10**6), fields.whole("candidates", 1, 10**4)
    quota, seed = fields.whole("quota", 0, 10**6), fields.whole("seed", 0, 2**31)
    fields.refuse()
    problem = generate(seed, agents=agents, candidates=candidates, quota=quota)
    return tuple(
        replace(_case(f"generated_{agents}x{candidates}_{seed}", name, problem, None), path=path)
        for name in names
    )


def _problem(fields: Fields) -> Problem | None:
    columns = fields.rows("pairs", 3, 4)
    left, right = _side(fields.inner("left"), len(columns)), _side(fields.inner("right"), len(columns))
    categories = fields.texts("categories", default=())
    forbidden, kept = fields.wholes("forbidden", default=()), fields.wholes("kept", default=())
    if fields.found:
        return None
    from_left, to_right, weight = (np.array([row[k] for row in columns], dtype=np.int64) for k in range(3))
    category = np.array([row[3] for row in columns if len(row) > 3], dtype=np.int64) if categories else None
    return Problem(
        left,
        right,
        Pairs(from_left, to_right, weight, category),
        Weight(),
        categories,
        frozenset(forbidden),
        frozenset(kept),
    )


def _side(fields: Fields, num_pairs: int) -> Side:
    ids = fields.texts("ids")
    lower, upper = (np.array(fields.wholes(name), dtype=np.int64) for name in ("lower", "upper"))
    rank = np.array(fields.wholes("rank"), dtype=np.int64) if fields.has("rank") else None
    amount = np.array(fields.table("amount"), dtype=np.int64) if fields.has("amount") else None
    return Side(ids, lower, upper, rank, amount)


def _case(name: str, objective: str, problem: Problem, path: Path | None) -> Case[Problem]:
    return Case(
        name=name,
        objective_name=objective,
        problem=replace(problem, objective=OBJECTIVES[objective]),
        units=problem.left.ids,
        path=path,
        is_synthetic=path is None,
        notes={"pairs": problem.pairs.size},
    )


MATCHING = Matching()
