"""Published figures beside what the stored graph and the plan hold: only where both count the same thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orgraph.graph import OrgGraph
from orgraph.planning.restructuring import Outcome

CONTRADICTED = frozenset({"households_per_center", "worker_bachelor"})
"""Published figures that do not fit other published figures: shown as published, with the remark that says so."""

Own = Callable[[OrgGraph, Outcome], float | None]


def own_figures(graph: OrgGraph, outcome: Outcome, names: Mapping[str, object]) -> dict[str, float]:
    """Return our own value for every published figure that can be counted here, by its name."""
    counted = {name: _OWN[name](graph, outcome) for name in names if name in _OWN}
    return {name: value for name, value in counted.items() if value is not None}


def _num_units(graph: OrgGraph, outcome: Outcome) -> float:
    return len(outcome.units)


def _num_districts(graph: OrgGraph, outcome: Outcome) -> float | None:
    return len(outcome.districts) or None


def _num_committees(graph: OrgGraph, outcome: Outcome) -> float | None:
    forms = [district.organization for district in outcome.districts]
    return forms.count("committee") if any(forms) else None


def _num_branches(graph: OrgGraph, outcome: Outcome) -> float:
    """Every organization of a village becomes one grid branch."""
    return sum(o.properties.get("kind") == "BRANCH" for o in graph.nodes("PartyOrganization"))


def _num_centers(graph: OrgGraph, outcome: Outcome) -> float:
    return sum(1 for _ in graph.nodes("CenterHousehold"))


def _num_people(graph: OrgGraph, outcome: Outcome) -> float:
    return sum(unit.values.get("population", 0) for unit in outcome.units.values())


def _people_per_center(graph: OrgGraph, outcome: Outcome) -> float | None:
    centers = _num_centers(graph, outcome)
    return round(_num_people(graph, outcome) / centers, 2) if centers else None


def _workers(kind: str) -> Own:
    return lambda graph, outcome: sum(w.properties.get("kind") == kind for w in graph.nodes("GridWorker"))


_OWN: Mapping[str, Own] = {
    "villages_before": _num_units,
    "villages_after": _num_districts,
    "village_committees": _num_committees,
    "grid_branches": _num_branches,
    "center_households": _num_centers,
    "people_covered": _num_people,
    "people_per_center": _people_per_center,
    "base_grid_workers": _workers("base"),
    "dedicated_grid_workers": _workers("dedicated"),
    "municipalities_before": _num_units,
    "municipalities_after": _num_districts,
    "counties": _num_units,
}
