"""Put a plan beside today, or beside another plan: every unit, the flows of people, and a table of indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orgraph.errors import InputError
from orgraph.findings import Json
from orgraph.graph import Comparison, OrgGraph, compare, coverage
from orgraph.messages import Text, text
from orgraph.planning.restructuring import objective_label, weight_label
from orgraph.schema import COVERAGE_MEASURES
from orgraph.service.scenarios.amending import Amendment, Asked, amend, read_scenario, stepped
from orgraph.service.scenarios.applying import carried_out
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.plans import PlanRecord, plan_of
from orgraph.service.scenarios.records import Scenario
from orgraph.store.port import Store

_COVERED = ("villages_with_organization", "grids_with_organization", "grids_with_worker", "households_served")


@dataclass(frozen=True, slots=True)
class UnitChange:
    """Where one unit of today stands in either plan: the seat of its district, itself today or when it stays as it is."""

    code: str
    name: str
    before: str
    after: str
    people: float

    @property
    def is_moved(self) -> bool:
        """Whether it stands differently."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the table: a number before and after; ``None`` where it does not exist. ``is_share``: a fraction, shown in percent."""

    name: str
    label: Text
    before: float | None
    after: float | None
    is_share: bool = False

    @property
    def difference(self) -> float | None:
        """Return after minus before."""
        return None if self.before is None or self.after is None else self.after - self.before

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "name": self.name,
            "label": dict(self.label.to_json()),
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
            "is_share": self.is_share,
        }


@dataclass(frozen=True)
class PlanComparison:
    """Two states of one unit side by side. ``before_name`` is empty for today."""

    before_name: str
    after_name: str
    units: tuple[UnitChange, ...]
    flows: Comparison
    indicators: tuple[Indicator, ...]
    is_synthetic: bool

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "before": self.before_name or None,
            "after": self.after_name,
            "units": [
                {"code": u.code, "name": u.name, "before": u.before, "after": u.after, "people": u.people}
                for u in self.units
            ],
            "flows": [
                {"before": f.before, "after": f.after, "units": list(f.units), "people": f.weight}
                for f in self.flows.flows
            ],
            "moved_people": self.flows.moved,
            "moved_share": self.flows.moved_share,
            "indicators": [i.to_json() for i in self.indicators],
            "synthetic": self.is_synthetic,
        }


async def compare_scenarios(store: Store, code: str, against: str = "") -> PlanComparison:
    """Compare the plan of a scenario with today, or with the plan of another scenario of the same unit.

    Raises
    ------
    NotFound
        When there is no such scenario.
    InputError
        When one of them has no plan, or they are about different units.
    """
    scenario = await read_scenario(store, code)
    other = await read_scenario(store, against) if against else None
    if other is not None and other.unit_code != scenario.unit_code:
        raise InputError("units_differ", unit=scenario.unit_code, other=other.unit_code)
    later = await plan_of(store, scenario)
    earlier = await plan_of(store, other) if other else None
    graph = await store.snapshot(scenario.unit_code)
    units = [str(u) for u in later.units]
    people = {u: _people(graph, u) for u in units}
    before, then = _parts(units, earlier), _parts(units, later)
    return PlanComparison(
        other.name if other else "",
        scenario.name,
        tuple(UnitChange(u, _name(graph, u), before[u], then[u], people[u]) for u in units),
        compare(before, then, people),
        tuple(await _indicators(store, graph, earlier, later, len(units))),
        scenario.is_synthetic or any(node.is_synthetic for node in graph.nodes()),
    )


async def mark_compared(store: Store, code: str, asked: Asked) -> Scenario:
    """Record that a plan was compared: the step before the villages are asked.

    Raises
    ------
    NotFound, VersionConflict, InputError
        As :func:`~orgraph.service.scenarios.amending.amend`; and when there is no plan to compare.
    """

    async def change(scenario: Scenario) -> Amendment:
        await plan_of(store, scenario)
        return Amendment(stepped(scenario, Status.COMPARED, asked))

    return await amend(store, code, asked, change)


def _parts(units: list[str], plan: PlanRecord | None) -> dict[str, str]:
    """Return the part of every unit: the seat of its district, itself where it stays as it is."""
    seats = plan.seat_by_unit if plan else {}
    return {unit: seats.get(unit, unit) for unit in units}


def _people(graph: OrgGraph, code: str) -> float:
    value = graph.node("Unit", code).properties.get("population")
    return value if isinstance(value, int | float) else 0


def _name(graph: OrgGraph, code: str) -> str:
    return graph.node("Unit", code).name


async def _indicators(
    store: Store, graph: OrgGraph, earlier: PlanRecord | None, later: PlanRecord, num_units: int
) -> list[Indicator]:
    before = await _state(store, graph, earlier, num_units)
    then = await _state(store, graph, later, num_units)
    names = dict.fromkeys((*before, *then))
    return [Indicator(n, _label(n), before.get(n), then.get(n), is_share=_is_share(n)) for n in names]


async def _state(store: Store, graph: OrgGraph, plan: PlanRecord | None, num_units: int) -> dict[str, float]:
    """Return the indicators of today (``None``) or of a plan, by name."""
    if plan is None:
        return {"villages": float(num_units), **_covered(graph, graph)}
    done = await carried_out(store, graph, plan, {})
    return {
        "villages": float(len(plan.districts) + len(plan.refused)),
        **{f"objective.{name}": value for name, value in plan.measures.items()},
        **dict(_deviations(plan)),
        **_covered(graph, done.after),
        "warnings": float(plan.num_warnings),
    }


def _deviations(plan: PlanRecord) -> Iterator[tuple[str, float]]:
    """Yield the largest deviation from the mean per weight."""
    weights = dict.fromkeys(name for d in plan.districts for name in d.deviation)
    for name in weights:
        yield f"deviation.{name}", max(abs(d.deviation[name]) for d in plan.districts if name in d.deviation)


def _covered(graph: OrgGraph, state: OrgGraph) -> dict[str, float]:
    (top,) = (n for n in graph.nodes("Unit") if not graph.outgoing(n.key, "PART_OF"))
    (found,) = coverage(state, top.code, measures=_COVERED)
    rates: Mapping[str, float | None] = {name: found.rate(name) for name in _COVERED}
    return {f"coverage.{name}": rate for name, rate in rates.items() if rate is not None}


def _label(name: str) -> Text:
    head, _, rest = name.partition(".")
    if head == "objective":
        return objective_label(rest)
    if head == "coverage":
        return COVERAGE_MEASURES[rest].label
    if head == "deviation":
        weight = weight_label(rest)
        return text("scenario.indicator.deviation", weight={"zh": weight.zh, "en": weight.en})
    return text(f"scenario.indicator.{name}")


def _is_share(name: str) -> bool:
    return name.startswith(("coverage.", "deviation."))
