"""Why no roster exists: an irreducible set of rules, found by arithmetic where that suffices and by deletion where it does not.

The filter drops a rule, keeps it dropped when the rest is still proven infeasible, and asks the solver only where arithmetic does not decide.
Chinneck (2008), "Feasibility and infeasibility in optimization", chapter 6, describes deletion filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from time import monotonic

from orgraph.findings import Reason
from orgraph.solver.rostering.contradictions import find_contradiction
from orgraph.solver.rostering.problem import Problem
from orgraph.solver.rostering.rules import KINDS, Rule, Rules, keeping, rules
from orgraph.solver.rostering.telling import tell
from orgraph.solver.solution import Limits

Prove = Callable[[Problem], bool | None]


def is_contradictory(problem: Problem) -> bool:
    """Return whether arithmetic alone proves that ``problem`` has no plan; False proves nothing."""
    return find_contradiction(problem, rules(problem)) is not None


def reasons(problem: Problem, prove: Prove, *, limits: Limits | None = None) -> tuple[Reason, ...]:
    """Return an irreducible set of reasons why ``problem`` has no plan.

    Parameters
    ----------
    problem
        A problem that is proven infeasible.
    prove
        Tells of a problem whether it has a plan: True, False (both proven) or None (not known). Called with relaxations of ``problem``.
    limits
        No call of ``prove`` starts after ``time_s`` or once ``stop`` is set; what is then undecided stays in and is marked.

    Returns
    -------
    tuple of Reason
        Together infeasible. A member whose ``is_proven_minimal`` is true is needed: without it the others allow a plan.

    Notes
    -----
    At most about r log(n) calls of ``prove`` for r reasons among n rules.
    """
    search = _Search(problem, prove, limits or Limits())
    core = search.core()
    found = find_contradiction(problem, core)
    return tell(problem, {rule: search.is_needed(core, rule) for rule in core}, found)


class _Search:
    """The deletion filter, with what it has learned about sets of rules."""

    def __init__(self, problem: Problem, prove: Prove, limits: Limits) -> None:
        self._problem = problem
        self._prove = prove
        self._stop = limits.stop
        self._deadline = monotonic() + limits.time_s
        self._feasible: list[Rules] = []
        self._infeasible: list[Rules] = []
        self._undecided: set[Rules] = set()

    def core(self) -> Rules:
        """Return rules that allow no plan, as few as the limits let prove."""
        kept = self._shrunk(rules(self._problem))
        for chunk in _chunks(kept):
            kept = self._without(kept, chunk)
        return kept

    def is_needed(self, core: Rules, rule: Rule) -> bool:
        """Return whether it is known that the core allows a plan without ``rule``."""
        return self._known(core - {rule}) is True

    def _without(self, kept: Rules, chunk: list[Rule]) -> Rules:
        """Drop as much of ``chunk`` as possible: all at once, else by halves."""
        rest = kept - frozenset(chunk)
        if rest == kept:
            return kept
        if self._allows_none(rest):
            return self._shrunk(rest)
        if len(chunk) == 1:
            return kept
        half = len(chunk) // 2
        return self._without(self._without(kept, chunk[:half]), chunk[half:])

    def _shrunk(self, kept: Rules) -> Rules:
        """Return the part of ``kept`` that arithmetic already proves contradictory, all of it when there is none."""
        found = find_contradiction(self._problem, kept)
        if found is None or found.rules == kept or find_contradiction(self._problem, found.rules) is None:
            return kept
        return self._shrunk(found.rules)

    def _allows_none(self, kept: Rules) -> bool:
        """Return whether it is proven that ``kept`` allows no plan."""
        known = self._known(kept)
        if known is None and kept not in self._undecided:
            known = self._decide(kept)
            self._learn(kept, known)
        return known is False

    def _learn(self, kept: Rules, has_plan: bool | None) -> None:
        if has_plan is None:
            self._undecided.add(kept)
        else:
            (self._feasible if has_plan else self._infeasible).append(kept)

    def _decide(self, kept: Rules) -> bool | None:
        if find_contradiction(self._problem, kept) is not None:
            return False
        if self._stop.is_set() or monotonic() > self._deadline:
            return None
        return self._prove(keeping(self._problem, kept))

    def _known(self, kept: Rules) -> bool | None:
        """Return what follows from sets already decided: fewer rules allow more."""
        if any(kept <= more for more in self._feasible):
            return True
        return False if any(fewer <= kept for fewer in self._infeasible) else None


def _chunks(kept: Rules) -> Iterator[list[Rule]]:
    order = sorted(kept, key=lambda rule: (KINDS.index(rule.kind), rule.index, rule.day))
    for _, chunk in groupby(order, key=lambda rule: rule.kind):
        yield list(chunk)
