"""Planning a restructuring from what is stored: snapshot, problem, plan. The plan is a proposal; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from orgraph.graph import OrgGraph
from orgraph.planning import restructuring
from orgraph.planning.restructuring import Options, Outcome
from orgraph.service.background import in_background
from orgraph.solver import Limits, OnProgress


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and the graph that it was made from."""

    outcome: Outcome
    graph: OrgGraph


async def plan_graph(
    graph: OrgGraph,
    options: Options,
    *,
    limits: Limits,
    seed: int = 1,
    on_progress: OnProgress | None = None,
    name: str = "",
) -> Planned:
    """Plan for a graph that is at hand, in a thread of its own; ``limits.stop`` ends it early."""
    work = partial(
        restructuring.plan, graph, options, limits=limits, seed=seed, on_progress=on_progress, name=name
    )
    return Planned(await in_background(work, limits.stop), graph)
