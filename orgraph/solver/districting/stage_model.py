"""Build the model of a stage in some layout: its objective, and the ones before it held."""

from __future__ import annotations

from orgraph.solver.districting.layout import Layout
from orgraph.solver.districting.model import Model
from orgraph.solver.districting.separators import repeat_cuts
from orgraph.solver.districting.state import State


def build_model(state: State, layout: Layout, stage: int) -> Model:
    """Return the model that minimizes objective number ``stage``, the ones before held at what they are in the best plan."""
    model = Model(state.instance, layout)
    model.add_rules()
    *earlier, objective = state.instance.problem.objectives[: stage + 1]
    for index, held in enumerate(earlier):
        model.hold(held, state.most(index))
    model.minimize(objective, state.most(stage))
    repeat_cuts(model, state.cuts)
    state.num_columns, state.num_rows = model.mip.num_columns, len(model.mip.rows)
    return model
