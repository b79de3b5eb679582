"""Why no plan exists: an irreducible set of rules, found by arithmetic where that suffices and by deletion where it does not.

The solver is asked only where neither arithmetic nor a quickly drawn plan decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from orgraph.findings import Reason
from orgraph.solver.districting.contradictions import find_contradiction
from orgraph.solver.districting.draw import is_drawn
from orgraph.solver.districting.problem import Problem
from orgraph.solver.districting.rules import Rule, keeping, rules
from orgraph.solver.districting.telling import tell, too_few_units
from orgraph.solver.engine import Clock
from orgraph.solver.irreducible import DeletionFilter, shrunk_by
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
    found = _filter(problem, prove, limits or Limits())
    core = _core(problem, found)
    contradiction = find_contradiction(problem, core)
    told = contradiction.told if contradiction else {}
    return tell(problem, {rule: found.is_needed(core, rule) for rule in core}, told)


def _filter(problem: Problem, prove: Prove, limits: Limits) -> DeletionFilter[Rule]:
    clock = Clock(limits)

    def decide(kept: Rules) -> bool | None:
        if find_contradiction(problem, kept) is not None:
            return False
        relaxed = keeping(problem, kept)
        if is_drawn(relaxed):
            return True
        return None if clock.is_over() else prove(relaxed)

    return DeletionFilter(
        decide,
        shrunk=lambda kept: _shrunk(problem, kept),
        is_comparable=lambda kept, more: _refusals(kept) == _refusals(more),
    )


def _core(problem: Problem, found: DeletionFilter[Rule]) -> Rules:
    """Return rules that allow no plan. Dropping a refusal changes the totals, so a rule that was needed may have become superfluous: look again until none is."""
    core = found.core(_chunks(frozenset(rules(problem))))
    while smaller := next((s for rule in _sorted(core) if found.allows_none(s := core - {rule})), None):
        core = _shrunk(problem, smaller)
    return core


def _shrunk(problem: Problem, kept: Rules) -> Rules:
    """Return the part of ``kept`` that arithmetic already proves contradictory, all of it when there is none."""
    return shrunk_by(lambda some: find_contradiction(problem, some), kept)


def _chunks(kept: Rules) -> Iterator[list[Rule]]:
    for _, chunk in groupby(_sorted(kept), key=lambda rule: rule.kind):
        yield list(chunk)


def _sorted(kept: Rules) -> list[Rule]:
    return sorted(kept, key=lambda rule: (_ORDER.index(rule.kind), rule.weight, rule.index, rule.units))


def _refusals(kept: Rules) -> Rules:
    return frozenset(rule for rule in kept if rule.kind == "refused")
