"""Proofs for costs to a seat that rest and go on: against all plans of tiny maps, with better plans in between, and with objectives after the first."""

from __future__ import annotations

import pytest
from districting_brute_force import best, plans, values
from districting_maps import RULES, maps, ruled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.solver import Limits
from orgraph.solver.districting import Plan, Problem, seat_proof, stage
from orgraph.solver.districting.feasibility import has_lock_on_refused
from orgraph.solver.districting.instance import build_instance
from orgraph.solver.districting.seat_proof import SeatProof
from orgraph.solver.districting.stage import prove_stages
from orgraph.solver.districting.state import State
from orgraph.solver.engine import Clock
from orgraph.solver.highs import Highs

FEW = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def drawn(data: st.DataObject, objective: str) -> Problem | None:
    """Draw a map with rules that some plan obeys."""
    problem = data.draw(maps(objective))
    for rule in data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        problem = data.draw(ruled(problem, rule))
    if has_lock_on_refused(problem) or len(problem.refused) == problem.num_units:
        return None
    return problem if best(problem) is not None else None


def offer(state: State, plan: Plan) -> None:
    """Offer a plan that may or may not be better than the best one."""
    labels = state.instance.labels(plan)
    assert labels is not None
    state.offer(labels)


@pytest.mark.parametrize("largest", [-1, 10_000], ids=["root rests", "tree rests"])
@FEW
@given(data=st.data())
def test_proof_that_rests_equals_enumeration(largest: int, data: st.DataObject) -> None:
    problem = drawn(data, "center")
    if problem is None:
        return
    expected = min(values(problem, plan)[0] for plan in plans(problem))
    known = list(plans(problem))
    state = State(build_instance(problem), Clock(Limits()), 1, None)
    with Highs() as highs, pytest.MonkeyPatch.context() as patch:
        patch.setattr(seat_proof, "LARGE", largest)
        proof: SeatProof | None = None
        for most_branches in range(3):
            offer(state, data.draw(st.sampled_from(known)))
            proof = proof or SeatProof(state, 0, highs, 0)
            proof.run(most_branches)
            bound = state.bounds[0]
            assert bound is None or bound <= expected + 1e-6
        assert proof is not None
        proof.run()
    assert state.best is not None
    assert state.best.values[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert state.is_proven(0)


@pytest.mark.parametrize("objective", ["center then center", "center then border"])
@FEW
@given(data=st.data())
def test_proof_that_begins_early_leaves_later_objectives_their_plans(
    objective: str, data: st.DataObject
) -> None:
    problem = drawn(data, objective)
    if problem is None:
        return
    known = list(plans(problem))
    state = State(build_instance(problem), Clock(Limits()), 1, None)
    with Highs() as highs, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "FEW_NODES", 0)
        offer(state, data.draw(st.sampled_from(known)))
        begun = SeatProof(state, 0, highs, 0)
        begun.run(data.draw(st.integers(0, 2)))
        offer(state, data.draw(st.sampled_from(known)))
        prove_stages(state, highs, begun)
    assert state.best is not None
    assert state.best.values == pytest.approx(best(problem), rel=1e-6, abs=1e-6)
    assert all(state.is_proven(number) for number in range(2))
