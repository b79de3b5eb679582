"""Of a proven plan: no allowed move is better, and every price of a move is what a plan made by hand would cost."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgraph.graph import GraphBuilder, OrgGraph
from orgraph.planning.restructuring import Options, judge, plan
from orgraph.solver.solution import Limits, Status

SIDE = 3


@st.composite
def villages(draw: st.DrawFn) -> OrgGraph:
    """Draw a square of nine villages with a few people each."""
    builder = GraphBuilder()
    cells = [(column, row) for row in range(SIDE) for column in range(SIDE)]
    keys = {
        cell: builder.add_node(
            "Unit",
            f"{cell[1]}{cell[0]}",
            {"population": draw(st.integers(1, 9)), "lon": cell[0] / 100, "lat": cell[1] / 100},
        )
        for cell in cells
    }
    for column, row in cells:
        for beside in ((column + 1, row), (column, row + 1)):
            if beside in keys:
                builder.add_relationship(
                    "ADJACENT", keys[column, row], keys[beside], {"shared_border_m": 1000.0}
                )
    return builder.freeze()


@settings(max_examples=12, deadline=None)
@given(villages(), st.integers(2, 4), st.sampled_from(["distance", "moment", "border"]))
def test_no_allowed_move_is_better_and_every_price_is_right(graph: OrgGraph, k: int, objective: str):
    options = Options(k=k, objectives=(objective,), balance={})
    outcome = plan(graph, options, limits=Limits(time_s=60))
    assert outcome.status is Status.OPTIMAL
    json.dumps(outcome.to_json(), allow_nan=False)
    label = {code: d.number - 1 for code, d in outcome.district_by_unit.items()}
    for move in outcome.explanations.moves:
        if not move.delta:
            continue
        if move.is_allowed:
            assert move.delta[objective] >= -1e-6
        moved = {code: str(d) for code, d in (label | {move.unit: move.target}).items()}
        value = judge(graph, moved, options).measures[objective]
        assert value == pytest.approx(outcome.measures[objective] + move.delta[objective])
