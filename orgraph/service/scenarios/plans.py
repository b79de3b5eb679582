"""Plans as they are kept: the whole answer of planning, and the districts in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from orgraph.errors import InputError
from orgraph.findings import Json
from orgraph.graph import Node, NodeKey
from orgraph.planning.restructuring import Outcome
from orgraph.service.required import required
from orgraph.service.scenarios.amending import now
from orgraph.service.scenarios.records import Scenario, table, written
from orgraph.store.port import Change, PutNode, PutRelationship, Store


@dataclass(frozen=True, slots=True)
class KeptDistrict:
    """One district of a kept plan."""

    seat: str
    members: tuple[str, ...]
    totals: Mapping[str, int | float]
    deviation: Mapping[str, float]


@dataclass(frozen=True)
class PlanRecord:
    """One plan of a scenario. ``document`` is what :meth:`~orgraph.planning.restructuring.Outcome.to_json` gave; ``edits`` made it by hand."""

    code: str
    name: str
    status: str
    origin: str
    document: Mapping[str, Json]
    edits: Mapping[str, Json]
    created_at: str
    is_synthetic: bool = False

    @classmethod
    def of(cls, node: Node) -> PlanRecord:
        """Return the plan that a node holds."""
        stored = node.properties
        return cls(
            node.code,
            node.name,
            str(stored["status"]),
            str(stored.get("origin") or "solved"),
            table(stored, "document"),
            table(stored, "edits"),
            str(stored.get("created_at") or ""),
            bool(stored.get("is_synthetic")),
        )

    @property
    def key(self) -> NodeKey:
        """Return the key of its node."""
        return NodeKey("Plan", self.code)

    @cached_property
    def districts(self) -> tuple[KeptDistrict, ...]:
        """Return the districts, in the order of their numbers."""
        found = cast(list[Mapping[str, Json]], self.document["districts"])
        return tuple(
            KeptDistrict(
                str(d["seat"]),
                tuple(cast(list[str], d["members"])),
                cast(Mapping[str, int | float], d["totals"]),
                cast(Mapping[str, float], d["deviation"]),
            )
            for d in found
        )

    @property
    def seat_by_unit(self) -> Mapping[str, str]:
        """Return the seat of every unit that is in a district."""
        return {unit: district.seat for district in self.districts for unit in district.members}

    @property
    def refused(self) -> tuple[str, ...]:
        """Return the units that stay as they are."""
        return tuple(cast(list[str], self.document["refused"]))

    @property
    def units(self) -> tuple[str, ...]:
        """Return every unit that the plan is about, in the order of the problem."""
        return tuple(cast(list[str], self.document["units"]))

    @property
    def num_warnings(self) -> int:
        """Return how many findings travel with the plan: rules not met, consents still needed."""
        return len(cast(list[Json], self.document["findings"]))

    @property
    def measures(self) -> Mapping[str, float]:
        """Return every objective that the data allow, by name."""
        return cast(Mapping[str, float], self.document["measures"])


async def read_plan(store: Store, code: str) -> PlanRecord:
    """Return a plan.

    Raises
    ------
    NotFound
        When there is none with this code.
    """
    return PlanRecord.of(await required(store, "Plan", code))


async def plan_of(store: Store, scenario: Scenario) -> PlanRecord:
    """Return the plan of a scenario.

    Raises
    ------
    InputError
        When it has none yet.
    """
    if not scenario.plan_code:
        raise InputError("scenario_without_plan", scenario=scenario.code)
    return await read_plan(store, scenario.plan_code)


def put_plan(
    code: str, scenario: NodeKey, outcome: Outcome, *, origin: str, edits: Mapping[str, Json], unit_code: str
) -> tuple[Change, ...]:
    """Return the changes that keep an outcome as a plan of a scenario."""
    certificate = outcome.certificate
    node = PutNode(
        "Plan",
        code,
        {
            "name": outcome.name or None,
            "status": outcome.status.value,
            "origin": origin,
            "objective_name": certificate.objective_name,
            "objective": certificate.objective,
            "bound": certificate.bound,
            "gap": certificate.gap,
            "problem_digest": certificate.digest,
            "document": written(outcome.to_json()),
            "edits": written(edits) if edits else None,
            "created_at": now(),
            "unit_code": unit_code,
            "is_synthetic": certificate.is_synthetic or None,
        },
    )
    return node, PutRelationship("PROPOSES", scenario, NodeKey("Plan", code))
