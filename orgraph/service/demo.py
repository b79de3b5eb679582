"""The demonstration: a built-in data set put into a store, taken out again, and planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from orgraph.datasets import Dataset
from orgraph.errors import InputError
from orgraph.findings import Json
from orgraph.graph import GraphBuilder, OrgGraph, Value
from orgraph.planning.restructuring import Options, Outcome, read_options
from orgraph.service.imports import Import, import_graph
from orgraph.service.published import own_figures
from orgraph.service.restructuring import plan_graph
from orgraph.solver import Limits, OnProgress, Solution
from orgraph.solver.districting import Plan
from orgraph.store.port import Store


@dataclass(frozen=True)
class Demo:
    """What the demonstration did.

    ``graph``: what the store gave back; ``scope``: the unit below which everything lies; ``optima``: the solution for each objective that the data set
    compares, alone and under the same demands.
    """

    dataset: Dataset
    imported: Import
    scope: str
    graph: OrgGraph
    outcome: Outcome
    optima: Mapping[str, Solution[Plan]]

    @property
    def own_figures(self) -> Mapping[str, float]:
        """Our own values of the published figures that can be counted here."""
        return own_figures(self.graph, self.outcome, self.dataset.published)

    def to_json(self) -> dict[str, Json]:
        """Return the plan's answer beside what was published."""
        own = self.own_figures
        return {
            "dataset": self.dataset.name,
            "title": dict(self.dataset.title.to_json()),
            "is_synthetic": self.dataset.is_synthetic,
            "attribution": dict(self.dataset.attribution.to_json()),
            "notes": [dict(note.to_json()) for note in self.dataset.notes],
            "scope": self.scope,
            "import": self.imported.to_json(),
            "published": {
                name: {
                    "value": figure.value,
                    "own": own.get(name),
                    "unit": figure.unit,
                    "text": dict(figure.text.to_json()),
                    "note": dict(figure.note.to_json()) if figure.note else None,
                }
                for name, figure in self.dataset.published.items()
            },
            "plan": self.outcome.to_json(),
            "optima": {
                name: {"status": s.status.value, "objective": s.objective, "bound": s.bound, "gap": s.gap}
                for name, s in self.optima.items()
            },
        }


async def demonstrate(
    store: Store,
    dataset: Dataset,
    *,
    limits: Limits,
    seed: int = 1,
    on_progress: OnProgress | None = None,
) -> Demo:
    """Import a data set, read it back, and plan as its settings ask.

    Raises
    ------
    InputError
        With every finding, when the data set, or its settings, cannot be used.
    """
    given, scope = below_one_unit(dataset)
    imported = await import_graph(
        store, given, effective=await _day(store, dataset, scope), by="orgraph demo", reason=dataset.name
    )
    stored = await store.snapshot(scope)
    provenance: Mapping[str, Value] = {**dataset.graph.provenance, **stored.provenance}
    graph = OrgGraph(stored.networkx, provenance)
    options = _asked(dataset.settings)
    planned = await plan_graph(
        graph, options, limits=limits, seed=seed, on_progress=on_progress, name=dataset.name
    )
    optima: dict[str, Solution[Plan]] = {}
    for objective in dataset.compare:
        alone = _asked({**dataset.settings, "objective": objective})
        found = planned
        if alone.objectives != options.objectives:
            found = await plan_graph(graph, alone, limits=limits, seed=seed, on_progress=on_progress)
        optima[objective] = found.outcome.solution
    return Demo(dataset, imported, scope, graph, planned.outcome, optima)


async def _day(store: Store, dataset: Dataset, scope: str) -> date | None:
    """Return the day that the data are of, so that a merger of that time can follow; today where the store holds the unit already."""
    of = dataset.graph.provenance.get("as_of")
    is_new = await store.get("Unit", scope) is None
    return date.fromisoformat(of) if is_new and isinstance(of, str) else None


def _asked(settings: Mapping[str, Json]) -> Options:
    options, findings = read_options(settings)
    if options is None:
        raise InputError("invalid_input", findings=findings, num_errors=len(findings))
    return options


def below_one_unit(dataset: Dataset) -> tuple[OrgGraph, str]:
    """Return the graph with one topmost unit, and its code: a store hands out what lies below one unit.

    A data set whose units lie in nothing gets one of its own name around them.
    """
    graph = dataset.graph
    tops = [node.key for node in graph.nodes("Unit") if not graph.outgoing(node.key, "PART_OF")]
    if len(tops) == 1:
        return graph, tops[0].code
    builder = GraphBuilder.of(graph)
    top = builder.add_node("Unit", dataset.name, {"name": dataset.title.zh})
    for key in tops:
        builder.add_relationship("PART_OF", key, top)
    return builder.freeze(graph.provenance), top.code
