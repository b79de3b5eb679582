"""Everything that is malformed in the statement of a districting problem."""

from __future__ import annotations

from orgraph.findings import Finding
from orgraph.solver.districting.problem import Problem


def findings(problem: Problem) -> tuple[Finding, ...]:
    """Return all that is wrong."""
    return ()
