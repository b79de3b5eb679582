"""Why no roster exists: an irreducible set of rules, found by arithmetic where that suffices and by deletion where it does not.

The solver is asked only where arithmetic does not decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from orgraph.findings import Reason
from orgraph.solver.engine import Clock
from orgraph.solver.irreducible import DeletionFilter, shrunk_by
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
    clock = Clock(limits or Limits())

    def decide(kept: Rules) -> bool | None:
        if find_contradiction(problem, kept) is not None:
            return False
        return None if clock.is_over() else prove(keeping(problem, kept))

    search = DeletionFilter(decide, shrunk=lambda kept: _shrunk(problem, kept))
    core = search.core(_chunks(rules(problem)))
    found = find_contradiction(problem, core)
    return tell(problem, {rule: search.is_needed(core, rule) for rule in core}, found)


def _shrunk(problem: Problem, kept: Rules) -> Rules:
    """Return the part of ``kept`` that arithmetic already proves contradictory, all of it when there is none."""
    return shrunk_by(lambda some: find_contradiction(problem, some), kept)


def _chunks(kept: Rules) -> Iterator[list[Rule]]:
    order = sorted(kept, key=lambda rule: (KINDS.index(rule.kind), rule.index, rule.day))
    for _, chunk in groupby(order, key=lambda rule: rule.kind):
        yield list(chunk)
