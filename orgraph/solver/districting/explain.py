"""Why no plan exists: an irreducible set of rules, found by arithmetic where that suffices and by deletion where it does not.

The filter drops a rule, keeps it dropped when the rest is still proven infeasible, and asks the solver only where neither arithmetic nor a quickly
drawn plan decides. Chinneck (2008), "Feasibility and infeasibility in optimization", chapter 6, describes deletion filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from time import monotonic

from orgraph.findings import Reason
from orgraph.solver.districting.contradictions import find_contradiction
from orgraph.solver.districting.draw import is_drawn
from orgraph.solver.districting.problem import Problem
from orgraph.solver.districting.rules import Rule, keeping, rules
from orgraph.solver.districting.telling import tell, too_few_units
from orgraph.solver.solution import Limits

Prove = Callable[[Problem], bool | None]
Rules = frozenset[Rule]

_ORDER = (
    "difference",
    "refused",
    "connected",
    "apart",
    "seats",
    "minimum",
    "balance.lower",
    "balance.upper",
    "fixed",
    "together",
)


def is_contradictory(problem: Problem) -> bool:
    """Return whether arithmetic alone proves that ``problem`` has no plan; False proves nothing."""
    return problem.num_units < problem.k or find_contradiction(problem, rules(problem)) is not None


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
        Together infeasible. A member whose ``is_proven_minimal`` is true is needed: without it the others allow a plan. Dropping a refusal means that
        the unit joins the map and the totals again.

    Notes
    -----
    At most about r log(n) calls of ``prove`` for r reasons among n rules when no unit is refused; none for most arithmetic contradictions.
    """
    if problem.num_units < problem.k:
        return (too_few_units(problem),)
    search = _Search(problem, prove, limits or Limits())
    core = search.core()
    found = find_contradiction(problem, core)
    return tell(problem, {rule: search.is_needed(core, rule) for rule in core}, found.told if found else {})


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
        kept = self._shrunk(frozenset(rules(self._problem)))
        for chunk in _chunks(kept):
            kept = self._without(kept, chunk)
        # Dropping a refusal changes the totals, so a rule that was needed may have become superfluous: look again until none is.
        while smaller := next((s for rule in _sorted(kept) if self._allows_none(s := kept - {rule})), None):
            kept = self._shrunk(smaller)
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
        relaxed = keeping(self._problem, kept)
        if is_drawn(relaxed):
            return True
        return None if self._stop.is_set() or monotonic() > self._deadline else self._prove(relaxed)

    def _known(self, kept: Rules) -> bool | None:
        """Return what follows from sets already decided: with the same refusals, fewer rules allow more."""
        if any(kept <= more and _refusals(kept) == _refusals(more) for more in self._feasible):
            return True
        if any(fewer <= kept and _refusals(kept) == _refusals(fewer) for fewer in self._infeasible):
            return False
        return None


def _chunks(kept: Rules) -> Iterator[list[Rule]]:
    for _, chunk in groupby(_sorted(kept), key=lambda rule: rule.kind):
        yield list(chunk)


def _sorted(kept: Rules) -> list[Rule]:
    return sorted(kept, key=lambda rule: (_ORDER.index(rule.kind), rule.weight, rule.index, rule.units))


def _refusals(kept: Rules) -> Rules:
    return frozenset(rule for rule in kept if rule.kind == "refused")
