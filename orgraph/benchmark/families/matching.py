"""Matching for the benchmark. No instances with published values are known for many-to-many matching with quotas, so files are in a form of our own.

A file is one JSON object::

    {"name": "town", "objectives": ["weight", "stability"],
     "left": {"ids": ["A", "B"], "lower": [0, 0], "upper": [2, 1], "rank": [1, 0, 0], "amount": [[1], [1]]},
     "right": {...}, "pairs": [[0, 0, 9, 0], [0, 1, 6, 0], [1, 0, 5, 0]], "categories": ["money"], "forbidden": [], "kept": []}

A pair is left, right, weight and, with categories, the category. ``rank`` (one per pair, smaller is better), ``amount``, ``categories``, ``forbidden``, ``kept``
and ``objectives`` may be missing. Or a file asks for generated instances of a size: ``{"generate": {"agents": 1000, "candidates": 50, "quota": 5, "seed": 1}}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from orgraph.benchmark.case import Case, Family
from orgraph.benchmark.reading import Entry, read_entry
from orgraph.findings import Json
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

OBJECTIVES: Mapping[str, Objective] = {
    "weight": Weight(),
    "stability": Stability(),
    "blend": Blend(price=10),
    "fairness_fill": Fairness(End.LEFT, Measure.FILL),
    "fairness_rank": Fairness(End.LEFT, Measure.RANK),
}


def read(path: Path, config: Path | None) -> Sequence[Case[Problem]]:
    """Read a file; one case per objective that it names (all of weight and stability when it names none)."""
    top = read_entry(path)
    names = top.list_of("objectives", lambda entry: entry.one_of(tuple(OBJECTIVES)))
    names = names or ("weight", "stability")
    if asked := top.get("generate"):
        return _asked(asked, names, path)
    problem = _problem(top)
    name = top.optional("name", Entry.text, path.stem)
    top.refuse()
    return tuple(_case(name, objective, problem, path) for objective in names)


def generated(seed: int) -> Sequence[Case[Problem]]:
    """Return one instance of 40 agents a side per objective, and one with categories."""
    plain = generate(seed, agents=40, candidates=8, quota=2)
    needs = with_categories(plain, seed)
    return (
        *(_case(f"generated_40_{name}", name, plain, None) for name in OBJECTIVES),
        *(_case(f"generated_needs_40_{name}", name, needs, None) for name in ("weight", "stability")),
    )


def larger(seed: int) -> Mapping[str, Callable[[], Case[Problem]]]:
    """Return 1,000 agents a side for the greatest weight, and 10,000 a side for stability."""
    return {
        "weight_1000": lambda: _large("weight", seed, agents=1_000, candidates=50, quota=5),
        "stability_10000": lambda: _large("stability", seed, agents=10_000, candidates=10, quota=5),
    }


def answer(case: Case[Problem], plan: Plan) -> Mapping[str, Json]:
    """Return ``plan`` (of every left agent the indexes of its partners), ``pairs``, ``weight`` and ``blocking_pairs``."""
    problem = case.problem
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


def _large(objective: str, seed: int, *, agents: int, candidates: int, quota: int) -> Case[Problem]:
    problem = generate(seed, agents=agents, candidates=candidates, quota=quota)
    return _case(f"{objective}_{agents}", objective, problem, None)


def _asked(entry: Entry, names: Sequence[str], path: Path) -> Sequence[Case[Problem]]:
    agents = entry.need("agents").whole(1, 10**6)
    candidates = entry.need("candidates").whole(1, 10**4)
    quota, seed = entry.need("quota").whole(0, 10**6), entry.need("seed").whole(0, 2**31)
    entry.refuse()
    problem = generate(seed, agents=agents, candidates=candidates, quota=quota)
    return tuple(
        replace(_case(f"generated_{agents}x{candidates}_{seed}", name, problem, None), path=path)
        for name in names
    )


def _problem(top: Entry) -> Problem:
    columns = top.need("pairs").whole_table(3, 4)
    left, right = _side(top.need("left")), _side(top.need("right"))
    categories = top.optional("categories", Entry.texts, ())
    pair_lists = [top.optional(name, Entry.wholes, []) for name in ("forbidden", "kept")]
    from_left, to_right, weight = (np.array([row[k] for row in columns], dtype=np.int64) for k in range(3))
    category = np.array([row[3] for row in columns if len(row) > 3], dtype=np.int64) if categories else None
    pairs = Pairs(from_left, to_right, weight, category)
    return Problem(left, right, pairs, Weight(), categories, *map(frozenset, pair_lists))


def _side(entry: Entry) -> Side:
    lower, upper = (np.array(entry.need(name).wholes(), dtype=np.int64) for name in ("lower", "upper"))
    rank, amount = entry.get("rank"), entry.get("amount")
    return Side(
        entry.need("ids").texts(),
        lower,
        upper,
        None if rank is None else np.array(rank.wholes(), dtype=np.int64),
        None if amount is None else np.array(_even(amount), dtype=np.int64),
    )


def _even(entry: Entry) -> list[list[int]]:
    """Return rows of whole numbers, as many in each as in the first."""
    first = entry.data[0] if isinstance(entry.data, list) and entry.data else None
    columns = len(first) if isinstance(first, list) else 0
    return entry.whole_table(columns, columns)


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


FAMILY: Family[Problem, Plan] = Family(
    name="matching",
    read=read,
    generated=generated,
    findings=findings,
    solve=solve,
    violations=violations,
    objective=lambda problem, plan: sum(evaluate(problem, plan).values()),
    answer=answer,
    larger=larger,
)
