"""What carrying a scenario out would do, before anything is written: the merger, and everything counted before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from orgraph.findings import Json
from orgraph.graph import OrgGraph
from orgraph.planning.restructuring import NewVillage
from orgraph.service.scenarios.amending import Asked, read_scenario, stepped
from orgraph.service.scenarios.applying import Merger, carried_out
from orgraph.service.scenarios.basis import require_fresh
from orgraph.service.scenarios.conservation import SUMMED
from orgraph.service.scenarios.life import Status
from orgraph.service.scenarios.plans import plan_of
from orgraph.service.scenarios.records import Scenario
from orgraph.store.port import Store


@dataclass(frozen=True)
class Balance:
    """A number before and after. For kinds, ``after`` counts what the plan adds too: new villages, their committees, grids that were missing."""

    before: float
    after: float


@dataclass(frozen=True)
class Foresight:
    """What applying will do. ``counts``: nodes by kind; ``sums``: of the villages that are merged, and of the new ones."""

    merger: Merger
    counts: Mapping[str, Balance]
    sums: Mapping[str, Balance]

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "villages": [
                {"seat": v.seat, "code": v.code, "name": v.name, "members": list(self.members(v))}
                for v in self.merger.villages
            ],
            "counts": {name: {"before": b.before, "after": b.after} for name, b in self.counts.items()},
            "sums": {name: {"before": b.before, "after": b.after} for name, b in self.sums.items()},
        }

    def members(self, village: NewVillage) -> tuple[str, ...]:
        """Return the old villages that go into a new one."""
        return tuple(unit for unit, code in self.merger.part_by_unit.items() if code == village.code)


async def foresee(
    store: Store, code: str, names: Mapping[str, NewVillage] | None = None, *, effective: date | None = None
) -> Foresight:
    """Return what applying a scenario would do; nothing is written.

    Raises
    ------
    NotFound, InputError
        As :func:`~orgraph.service.scenarios.applying.proposed_merger`.
    InvalidGraph
        When anything would be lost.
    """
    scenario = await read_scenario(store, code)
    plan = await plan_of(store, scenario)
    graph = await store.snapshot(scenario.unit_code)
    done = await carried_out(store, graph, plan, names or {}, on=effective)
    done.require_conserved()
    return Foresight(
        done.merger, _counts(done.before, done.after), _sums(done.before, done.after, done.merger)
    )


async def require_applicable(store: Store, code: str) -> Scenario:
    """Return a scenario that may be applied now.

    Raises
    ------
    NotFound
        When there is no such scenario.
    InputError
        When it is not approved.
    VersionConflict
        When the county has changed since it was made or rebased.
    """
    scenario = await read_scenario(store, code)
    stepped(scenario, Status.APPLIED, Asked(""))
    await require_fresh(store, scenario)
    return scenario


def _counts(before: OrgGraph, later: OrgGraph) -> dict[str, Balance]:
    had, has = (Counter(node.kind for node in graph.nodes()) for graph in (before, later))
    return {kind: Balance(had[kind], has[kind]) for kind in sorted(had | has)}


def _sums(before: OrgGraph, later: OrgGraph, merger: Merger) -> dict[str, Balance]:
    new = [village.code for village in merger.villages]
    return {name: Balance(_sum(before, merger.part_by_unit, name), _sum(later, new, name)) for name in SUMMED}


def _sum(graph: OrgGraph, units: Mapping[str, str] | list[str], name: str) -> float:
    values = (graph.node("Unit", code).properties.get(name) for code in units)
    return sum(value for value in values if isinstance(value, int | float))
