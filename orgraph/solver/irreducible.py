"""An irreducible part of rules that allow no plan together, found by deletion.

A rule is dropped, and stays dropped when the rest is still proven to allow no plan. Chinneck (2008), "Feasibility and infeasibility in optimization", chapter 6,
describes deletion filters; dropping by halves follows Junker (2004), "QuickXplain".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

RuleT = TypeVar("RuleT")
FoundT = TypeVar("FoundT", covariant=True)


class Contradiction(Protocol[FoundT]):
    """Rules that arithmetic alone proves to allow no plan."""

    @property
    def rules(self) -> frozenset[FoundT]:
        """Return the rules."""
        ...


def shrunk_by(
    find: Callable[[frozenset[RuleT]], Contradiction[RuleT] | None], kept: frozenset[RuleT]
) -> frozenset[RuleT]:
    """Return the part of ``kept`` in which ``find`` still finds a contradiction, found again and again; all of it when there is none."""
    found = find(kept)
    if found is None or found.rules == kept or find(found.rules) is None:
        return kept
    return shrunk_by(find, found.rules)


def _all_of(kept: frozenset[RuleT]) -> frozenset[RuleT]:
    return kept


def _always(kept: frozenset[RuleT], more: frozenset[RuleT]) -> bool:
    return True


class DeletionFilter(Generic[RuleT]):
    """The filter, with what it has learned about sets of rules: a subset of rules that allow a plan allows one, a superset of rules that allow none does not.

    Parameters
    ----------
    decide
        Whether rules allow a plan: True, False (both proven) or None (not known). What it leaves open stays in the core.
    shrunk
        A part of rules, proven to allow no plan, that does not allow one either; by default all of them.
    is_comparable
        Whether what holds for one set of rules follows for another that contains it; by default always.

    Notes
    -----
    About r log(n / r) calls of ``decide`` for r reasons among n rules.
    """

    def __init__(
        self,
        decide: Callable[[frozenset[RuleT]], bool | None],
        *,
        shrunk: Callable[[frozenset[RuleT]], frozenset[RuleT]] = _all_of,
        is_comparable: Callable[[frozenset[RuleT], frozenset[RuleT]], bool] = _always,
    ) -> None:
        self._decide = decide
        self._shrunk = shrunk
        self._is_comparable = is_comparable
        self._decided: dict[frozenset[RuleT], bool | None] = {}

    def core(self, chunks: Iterable[Sequence[RuleT]]) -> frozenset[RuleT]:
        """Return rules that allow no plan, as few as could be proven. ``chunks``: all rules, in the order in which they are best dropped."""
        ordered = [list(chunk) for chunk in chunks]
        kept = self._shrunk(frozenset(rule for chunk in ordered for rule in chunk))
        for chunk in ordered:
            kept = self._without(kept, chunk)
        return kept

    def is_needed(self, core: frozenset[RuleT], rule: RuleT) -> bool:
        """Return whether it is known that the core allows a plan without ``rule``."""
        return self._known(core - {rule}) is True

    def allows_none(self, kept: frozenset[RuleT]) -> bool:
        """Return whether it is proven that rules allow no plan."""
        known = self._known(kept)
        if known is None and kept not in self._decided:
            known = self._decided[kept] = self._decide(kept)
        return known is False

    def _without(self, kept: frozenset[RuleT], chunk: list[RuleT]) -> frozenset[RuleT]:
        """Drop as much of ``chunk`` as possible: all at once, else by halves."""
        rest = kept - frozenset(chunk)
        if rest == kept:
            return kept
        if self.allows_none(rest):
            return self._shrunk(rest)
        if len(chunk) == 1:
            return kept
        half = len(chunk) // 2
        return self._without(self._without(kept, chunk[:half]), chunk[half:])

    def _known(self, kept: frozenset[RuleT]) -> bool | None:
        """Return what follows from sets already decided."""
        for other, has_plan in self._decided.items():
            if has_plan and kept <= other and self._is_comparable(kept, other):
                return True
            if has_plan is False and other <= kept and self._is_comparable(other, kept):
                return False
        return None
