"""Tiny matching problems by enumeration of all sets of pairs, with a definition of blocking written down a second time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from orgraph.findings import Reason
from orgraph.solver.matching import Blend, End, Fairness, Measure, Pairs, Problem, Side, Stability, Weight

Made = tuple[int, ...]
ENDS = (End.LEFT, End.RIGHT)


def agent(problem: Problem, end: End, p: int) -> int:
    return int((problem.pairs.left if end is End.LEFT else problem.pairs.right)[p])


def rank(problem: Problem, end: End, p: int) -> int:
    ranks = problem.side(end).rank
    return int(-problem.pairs.weight[p] if ranks is None else ranks[p])


def category(problem: Problem, p: int) -> int:
    return 0 if problem.pairs.category is None else int(problem.pairs.category[p])


def is_feasible(problem: Problem, made: Made, *, with_lower: bool = True) -> bool:
    if not problem.kept <= set(made) or problem.forbidden & set(made):
        return False
    for end in ENDS:
        side = problem.side(end)
        for a in range(side.size):
            mine = [p for p in made if agent(problem, end, p) == a]
            if len(mine) > side.upper[a] or (with_lower and len(mine) < side.lower[a]):
                return False
            for c in range(len(problem.categories)):
                if sum(category(problem, p) == c for p in mine) > side.amount[a, c]:
                    return False
    return True


def wants(problem: Problem, made: Made, end: End, p: int) -> bool:
    """By trial: add p, give up at most one worse pair that is not kept, and see whether this side's own limits hold."""
    a = agent(problem, end, p)
    mine = [q for q in made if agent(problem, end, q) == a]
    worse = [q for q in mine if q not in problem.kept and rank(problem, end, q) > rank(problem, end, p)]
    side = problem.side(end)

    def fits(pairs: list[int]) -> bool:
        amounts = (
            sum(category(problem, q) == c for q in pairs) <= side.amount[a, c]
            for c in range(len(problem.categories))
        )
        return len(pairs) <= side.upper[a] and all(amounts)

    return fits([*mine, p]) or any(fits([*(q for q in mine if q != out), p]) for out in worse)


def blocking(problem: Problem, made: Made) -> Made:
    others = [p for p in range(problem.pairs.size) if p not in made and p not in problem.forbidden]
    return tuple(p for p in others if all(wants(problem, made, end, p) for end in ENDS))


def plans(problem: Problem) -> Iterator[Made]:
    m = problem.pairs.size
    for size in range(m + 1):
        yield from (made for made in combinations(range(m), size) if is_feasible(problem, made))


def weight(problem: Problem, made: Made) -> int:
    return sum(int(problem.pairs.weight[p]) for p in made)


def counts(problem: Problem, made: Made, end: End) -> tuple[int, ...]:
    return tuple(sum(agent(problem, end, p) == a for p in made) for a in range(problem.side(end).size))


def choice(problem: Problem, end: End, p: int) -> int:
    mine = {
        rank(problem, end, q)
        for q in range(problem.pairs.size)
        if agent(problem, end, q) == agent(problem, end, p)
    }
    return 1 + sum(r < rank(problem, end, p) for r in mine)


def key(problem: Problem, made: Made) -> tuple[int, ...] | None:
    """Return what the objective compares, the smaller the better; ``None`` when the plan has too many blocking pairs."""
    match problem.objective:
        case Weight():
            return (-weight(problem, made),)
        case Stability():
            return (len(blocking(problem, made)),)
        case Blend(price=price, most_blocking=most):
            number = len(blocking(problem, made))
            return None if most is not None and number > most else (price * number - weight(problem, made),)
        case Fairness(end=end, measure=Measure.FILL):
            return (*(-n for n in sorted(counts(problem, made, end))), -weight(problem, made))
        case Fairness(end=end):
            worst = [choice(problem, end, p) for p in made]
            levels = range(problem.pairs.size, 0, -1)
            return (-len(made), *(worst.count(level) for level in levels), -weight(problem, made))
    raise AssertionError


def best(problem: Problem) -> tuple[int, ...] | None:
    return min((k for made in plans(problem) if (k := key(problem, made)) is not None), default=None)


def has_plan(problem: Problem) -> bool:
    return any(key(problem, made) is not None for made in plans(problem))


def only(problem: Problem, reasons: list[Reason], *, is_limited: bool) -> Problem:
    """Return the problem with no rules but those of the reasons (with a limit on blocking pairs among them, all but other lower quotas)."""
    free = 99
    sides = {}
    for end in ENDS:
        side = problem.side(end)
        lower = np.zeros_like(side.lower)
        upper = side.upper.copy() if is_limited else np.full_like(side.upper, free)
        amount = side.amount if is_limited or side.amount is None else np.full_like(side.amount, free)
        for r in reasons:
            if r.numbers.get("end") != end.value:
                continue
            a = side.ids.index(r.subject[0])
            if r.rule == "matching.lower":
                lower[a] = side.lower[a]
            elif r.rule == "matching.upper":
                upper[a] = side.upper[a]
            elif r.rule == "matching.amount":
                c = problem.categories.index(r.numbers["category"])
                amount[a, c] = side.amount[a, c]
        sides[end] = replace(side, lower=lower, upper=upper, amount=amount)
    objective = problem.objective
    if isinstance(objective, Blend) and not any(r.rule == "matching.blocking" for r in reasons):
        objective = replace(objective, most_blocking=None)
    locks = {
        name: frozenset(r.numbers["number"] for r in reasons if r.rule == f"matching.{name}")
        for name in ("kept", "forbidden")
    }
    if is_limited:
        locks = {"kept": problem.kept, "forbidden": problem.forbidden}
    return replace(problem, left=sides[End.LEFT], right=sides[End.RIGHT], objective=objective, **locks)


@st.composite
def problems(
    draw: st.DrawFn, objective: object, *, with_categories: bool = False, most_pairs: int = 8
) -> Problem:
    sizes = {end: draw(st.integers(1, 3)) for end in ENDS}
    num_categories = draw(st.integers(1, 2)) if with_categories else 0
    cells = [
        (i, j, c)
        for i in range(sizes[End.LEFT])
        for j in range(sizes[End.RIGHT])
        for c in range(max(num_categories, 1))
    ]
    chosen = draw(st.lists(st.sampled_from(cells), min_size=1, max_size=most_pairs, unique=True))
    m = len(chosen)
    small = st.integers(0, 3)

    def ints(strategy: st.SearchStrategy[int], size: int) -> np.ndarray:  # type: ignore[type-arg]
        return np.array(draw(st.lists(strategy, min_size=size, max_size=size)), dtype=np.int64)

    def side(end: End) -> Side:
        n = sizes[end]
        upper = ints(st.integers(0, 3), n)
        wanted = ints(st.sampled_from([0, 0, 0, 0, 1, 2]), n)
        lower = np.minimum(wanted, upper) if draw(st.booleans()) else np.zeros(n, dtype=np.int64)
        ranks = ints(small, m) if draw(st.booleans()) else None
        amount = (
            ints(st.integers(0, 2), n * num_categories).reshape(n, num_categories) if num_categories else None
        )
        return Side(tuple(f"{end.value}{a}" for a in range(n)), lower, upper, ranks, amount)

    columns = [np.array(column, dtype=np.int64) for column in zip(*chosen, strict=True)]
    locks = draw(st.lists(st.sampled_from(range(m)), max_size=2, unique=True))
    split = draw(st.integers(0, len(locks)))
    return Problem(
        side(End.LEFT),
        side(End.RIGHT),
        Pairs(columns[0], columns[1], ints(st.integers(-2, 6), m), columns[2] if num_categories else None),
        objective,  # type: ignore[arg-type]
        tuple(f"category{c}" for c in range(num_categories)),
        frozenset(locks[:split]),
        frozenset(locks[split:]),
    )
