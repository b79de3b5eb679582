"""Prove an objective with costs to a seat: relax, branch on seats, and leave small parts of the tree to an integer program."""

from __future__ import annotations

from orgraph.solver.districting.problem import CenterCost
from orgraph.solver.districting.prospects import is_provable
from orgraph.solver.districting.seat_proof import MOST_CHOICES, SeatProof
from orgraph.solver.districting.state import State
from orgraph.solver.highs import Highs

FEW_NODES = 24
"""Up to this size all possible districts are written down first, also where costs to a seat alone decide."""
FEW_BRANCHES = 250


def try_first(state: State, highs: Highs) -> SeatProof | None:
    """Prove the first objective if that may take a few branches only: then no better plan need be sought. Return the proof, which can go on."""
    objective = state.instance.problem.objectives[0]
    if state.best is None or not isinstance(objective, CenterCost) or state.instance.num_nodes <= FEW_NODES:
        return None
    proof = SeatProof(state, 0, highs)
    proof.run(FEW_BRANCHES if is_provable(state.instance) else 0)
    return proof


def prove_by_seats(state: State, stage: int, highs: Highs, *, most_choices: int = MOST_CHOICES) -> None:
    """Prove objective number ``stage``, which has costs to a seat, the objectives before it held; a plan must be known.

    A part of the tree with at most ``most_choices`` open pairs beyond one per node becomes an integer program.
    """
    SeatProof(state, stage, highs, most_choices).run()
