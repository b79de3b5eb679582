"""Mathematics only: families of solvers that know units, agents, tasks and points, and nothing of villages."""

from orgraph.solver.solution import (
    PROOF_GAP,
    Limits,
    OnProgress,
    Progress,
    Solution,
    Stage,
    Status,
    gap,
)

__all__ = ["PROOF_GAP", "Limits", "OnProgress", "Progress", "Solution", "Stage", "Status", "gap"]
