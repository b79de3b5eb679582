"""Prove the border between two districts by searching through all cuts, one more unit of border at a time, so that every search that ends raises the bound."""

from __future__ import annotations

from orgraph.solver.districting.halving import Halving, can_halve
from orgraph.solver.districting.state import State


def prove_by_halving(state: State, stage: int) -> bool:
    """Prove objective number ``stage``; return whether nothing is left to do for it, be it proven or out of time."""
    if stage > 0 or state.best is None or not can_halve(state.instance):
        return False
    state.engines.append("halving")
    while not state.is_proven(0) and not state.clock.is_over():
        known = state.bounds[0] or 0.0
        halving = Halving(state.search.board, known)
        if not halving.run(state.clock.is_over):
            break
        state.num_rounds += 1
        if (labels := halving.labels) is None:
            state.prove(0, known + 1)
        else:
            state.offer(labels)
            state.prove(0, state.best.values[0])
    return True
