"""Scenarios, plans, consents and approvals as the use cases see them, read from and written to nodes of the graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from orgraph.findings import Json
from orgraph.graph import Node, NodeKey, Properties
from orgraph.service.scenarios.life import Status
from orgraph.store.port import PutNode


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scenario's life: what it became, when (UTC, ISO 8601), through whom, and why."""

    status: Status
    at: str
    by: str
    reason: str

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {"status": self.status.value, "at": self.at, "by": self.by, "reason": self.reason}

    @classmethod
    def of(cls, stored: Mapping[str, Json]) -> Step:
        """Return the step that :meth:`to_json` wrote."""
        return cls(Status(str(stored["status"])), *(str(stored[name]) for name in ("at", "by", "reason")))


@dataclass(frozen=True)
class Scenario:
    """A named what-if about one unit.

    ``base_version``: version of the unit's county that it was made on. ``revision`` is raised by every change of the scenario. ``settings``: the tables
    of a ``plan.toml``. ``plan_code``: the plan that counts, empty before there is one. ``answers``: by idempotency key, a digest of what was asked.
    ``applied_version``: version of the county right after it was applied.
    """

    code: str
    name: str
    unit_code: str
    settings: Mapping[str, Json]
    base_version: int
    created_at: str
    created_by: str
    status: Status = Status.DRAFT
    revision: int = 1
    steps: tuple[Step, ...] = ()
    plan_code: str = ""
    answers: Mapping[str, Json] = field(default_factory=dict)
    applied_version: int | None = None
    applied_on: date | None = None
    is_synthetic: bool = False

    @property
    def key(self) -> NodeKey:
        """Return the key of its node."""
        return NodeKey("Scenario", self.code)

    @classmethod
    def of(cls, node: Node) -> Scenario:
        """Return the scenario that a node holds."""
        stored = node.properties
        applied_on = stored.get("applied_on")
        return cls(
            code=node.code,
            name=node.name,
            unit_code=_text(stored, "unit_code"),
            settings=table(stored, "settings"),
            base_version=_number(stored, "base_version") or 0,
            created_at=_text(stored, "created_at"),
            created_by=_text(stored, "created_by"),
            status=Status(_text(stored, "status")),
            revision=_number(stored, "revision") or 0,
            steps=tuple(Step.of(cast(Mapping[str, Json], s)) for s in listed(stored, "steps")),
            plan_code=_text(stored, "plan_code"),
            answers=table(stored, "answers"),
            applied_version=_number(stored, "applied_version"),
            applied_on=date.fromisoformat(applied_on) if isinstance(applied_on, str) else None,
            is_synthetic=bool(stored.get("is_synthetic")),
        )

    def put(self) -> PutNode:
        """Return the change that writes it."""
        return PutNode(
            "Scenario",
            self.code,
            {
                "name": self.name,
                "use_case": "restructuring",
                "unit_code": self.unit_code,
                "settings": written(self.settings),
                "base_version": self.base_version,
                "created_at": self.created_at,
                "created_by": self.created_by,
                "status": self.status.value,
                "revision": self.revision,
                "steps": written([s.to_json() for s in self.steps]),
                "plan_code": self.plan_code or None,
                "answers": written(self.answers),
                "applied_version": self.applied_version,
                "applied_on": self.applied_on.isoformat() if self.applied_on else None,
                "is_synthetic": self.is_synthetic or None,
            },
        )


def written(value: Json | Mapping[str, Json]) -> str:
    """Return JSON text, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def table(stored: Properties, name: str) -> Mapping[str, Json]:
    """Return a JSON object that a property holds; empty when it is missing."""
    return cast(Mapping[str, Json], json.loads(_text(stored, name) or "{}"))


def listed(stored: Properties, name: str) -> list[Json]:
    """Return a JSON list that a property holds; empty when it is missing."""
    return cast(list[Json], json.loads(_text(stored, name) or "[]"))


def _text(stored: Properties, name: str) -> str:
    value = stored.get(name)
    return value if isinstance(value, str) else ""


def _number(stored: Properties, name: str) -> int | None:
    value = stored.get(name)
    return value if isinstance(value, int) else None
