"""An irreducible part of rules that allow nothing together. Junker (2004), "QuickXplain: preferred explanations and relaxations for over-constrained problems"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

RuleT = TypeVar("RuleT")


def irreducible(rules: Sequence[RuleT], allows_none: Callable[[frozenset[RuleT]], bool]) -> frozenset[RuleT]:
    """Return rules that allow nothing together, each of which is needed as far as ``allows_none`` can prove it.

    Parameters
    ----------
    rules
        Rules that are proven to allow nothing together.
    allows_none
        Whether it is proven that a set of rules allows nothing; more rules never allow more.

    Notes
    -----
    About 2 r log(n / r) calls for r rules among n.
    """
    return _shrink(frozenset(), list(rules), False, allows_none)


def _shrink(
    base: frozenset[RuleT],
    rest: list[RuleT],
    is_changed: bool,
    allows_none: Callable[[frozenset[RuleT]], bool],
) -> frozenset[RuleT]:
    if not rest or (is_changed and allows_none(base)):
        return frozenset()
    if len(rest) == 1:
        return frozenset(rest)
    half = len(rest) // 2
    first, second = rest[:half], rest[half:]
    needed = _shrink(base | frozenset(first), second, True, allows_none)
    return needed | _shrink(base | needed, first, bool(needed), allows_none)
