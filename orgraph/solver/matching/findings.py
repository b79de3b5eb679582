"""Everything that is malformed in the statement of a matching problem. What is well formed but cannot be met is no finding: it is a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from orgraph.findings import Finding, Json, repeated
from orgraph.solver.matching.problem import LARGEST_WEIGHT, Blend, End, Problem, Side

MOST_PAIRS = 10**7


def findings(problem: Problem) -> tuple[Finding, ...]:
    """Return all that is wrong; empty for a problem that can be solved or proven to have no plan.

    Notes
    -----
    O(n + m log m) in the agents and candidate pairs.
    """
    if not (isinstance(problem.pairs.left, np.ndarray) and problem.pairs.left.ndim == 1):
        return (_finding("pairs_shape", num_pairs=0),)
    sections = (_sides, _pairs, _repeated_pairs, _weights, _categories, _locks, _objective)
    return tuple(chain.from_iterable(section(problem) for section in sections))


def _sides(problem: Problem) -> Iterator[Finding]:
    for end in End:
        side = problem.side(end)
        for name in repeated(side.ids):
            yield _finding("agent_repeated", [name], end=end.value)
        yield from _quotas(side, end)
        if side.rank is not None and not _is_whole(side.rank, (problem.pairs.size,)):
            yield _finding("rank_shape", end=end.value, num_pairs=problem.pairs.size)
        yield from _amounts(problem, side, end)


def _quotas(side: Side, end: End) -> Iterator[Finding]:
    if not (_is_whole(side.lower, (side.size,)) and _is_whole(side.upper, (side.size,))):
        yield _finding("quota_shape", end=end.value, num_agents=side.size)
        return
    for agent in np.flatnonzero((side.lower < 0) | (side.upper < side.lower)).tolist():
        lower, upper = int(side.lower[agent]), int(side.upper[agent])
        yield _finding("quota_order", [side.ids[agent]], lower=lower, upper=upper)


def _amounts(problem: Problem, side: Side, end: End) -> Iterator[Finding]:
    shape = (side.size, len(problem.categories))
    if (side.amount is None) != (not problem.categories):
        yield _finding("amount_missing", end=end.value, num_categories=shape[1])
    elif side.amount is not None and not _is_whole(side.amount, shape):
        yield _finding("amount_shape", end=end.value, num_agents=shape[0], num_categories=shape[1])
    elif side.amount is not None and (wrong := int((side.amount < 0).sum())):
        yield _finding("amount_value", end=end.value, num_entries=wrong)


def _pairs(problem: Problem) -> Iterator[Finding]:
    pairs = problem.pairs
    if not (_is_whole(pairs.left, (pairs.size,)) and _is_whole(pairs.right, (pairs.size,))):
        yield _finding("pairs_shape", num_pairs=pairs.size)
        return
    if pairs.size > MOST_PAIRS:
        yield _finding("pairs_number", num_pairs=pairs.size, most=MOST_PAIRS)
    for end, of in ((End.LEFT, pairs.left), (End.RIGHT, pairs.right)):
        size = problem.side(end).size
        for p in np.flatnonzero((of < 0) | (of >= size)).tolist():
            yield _finding("pair_range", number=p, end=end.value, agent=int(of[p]), num_agents=size)


def _repeated_pairs(problem: Problem) -> Iterator[Finding]:
    pairs = problem.pairs
    columns = [pairs.left, pairs.right, *([] if pairs.category is None else [pairs.category])]
    if not all(_is_whole(column, (pairs.size,)) for column in columns):
        return
    _, first, times = np.unique(np.stack(columns), axis=1, return_index=True, return_counts=True)
    for p in sorted(first[times > 1].tolist()):
        left, right = int(pairs.left[p]), int(pairs.right[p])
        if 0 <= left < problem.left.size and 0 <= right < problem.right.size:
            yield _finding("pair_repeated", [problem.left.ids[left], problem.right.ids[right]], number=p)


def _weights(problem: Problem) -> Iterator[Finding]:
    weight = problem.pairs.weight
    if not _is_whole(weight, (problem.pairs.size,)):
        yield _finding("weight_shape", num_pairs=problem.pairs.size)
    elif wrong := int(((weight > LARGEST_WEIGHT) | (weight < -LARGEST_WEIGHT)).sum()):
        yield _finding("weight_value", num_entries=wrong, most=LARGEST_WEIGHT)


def _categories(problem: Problem) -> Iterator[Finding]:
    for name in repeated(problem.categories):
        yield _finding("category_repeated", [name])
    category = problem.pairs.category
    if (category is None) != (not problem.categories):
        yield _finding("category_missing", num_categories=len(problem.categories))
    elif category is not None:
        yield from _category_of_pairs(problem, category)


def _category_of_pairs(problem: Problem, category: np.ndarray) -> Iterator[Finding]:
    if not _is_whole(category, (problem.pairs.size,)):
        yield _finding("category_shape", num_pairs=problem.pairs.size)
    elif wrong := int(((category < 0) | (category >= len(problem.categories))).sum()):
        yield _finding("category_range", num_entries=wrong, num_categories=len(problem.categories))


def _locks(problem: Problem) -> Iterator[Finding]:
    for kind, numbers in (("forbidden", problem.forbidden), ("kept", problem.kept)):
        for p in sorted(q for q in numbers if not 0 <= q < problem.pairs.size):
            yield _finding("lock_range", kind=kind, number=p, num_pairs=problem.pairs.size)


def _objective(problem: Problem) -> Iterator[Finding]:
    if not isinstance(problem.objective, Blend):
        return
    price, most = problem.objective.price, problem.objective.most_blocking
    if not 0 <= price <= LARGEST_WEIGHT:
        yield _finding("price_value", price=price, most=LARGEST_WEIGHT)
    if most is not None and most < 0:
        yield _finding("blocking_limit", most=most)


def _is_whole(array: object, shape: tuple[int, ...]) -> bool:
    return (
        isinstance(array, np.ndarray)
        and array.shape == shape
        and bool(np.issubdtype(array.dtype, np.integer))
    )


def _finding(name: str, subject: Sequence[str] = (), **numbers: Json) -> Finding:
    return Finding(f"matching.{name}", subject=tuple(subject), numbers=numbers)
