"""Change a scenario: at the revision that the caller saw, once per idempotency key, in one commit with what goes along with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Protocol

from orgraph.errors import InputError, VersionConflict
from orgraph.findings import Json
from orgraph.service.required import required
from orgraph.service.scenarios.life import Status, may_follow
from orgraph.service.scenarios.records import Scenario, Step, written
from orgraph.store.port import Change, Store

OUTSIDE = ""
"""The scope of all that lies in no unit: scenarios and what belongs to them."""
_KEPT_ANSWERS = 50
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a change of a scenario, why, and on what footing.

    ``revision``: the revision that the caller saw; ``None`` takes whatever there is. ``key``: idempotency key; the same request with the same key is done
    once. ``request``: what is asked, for telling apart two requests with one key.
    """

    by: str
    reason: str = ""
    revision: int | None = None
    key: str = ""
    request: Mapping[str, Json] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return a digest of the request."""
        return hashlib.sha256(written(self.request).encode()).hexdigest()


@dataclass(frozen=True)
class Amendment:
    """What becomes of a scenario, and the changes that are committed with it.

    ``expected``: versions of counties that must hold; ``effective``: the day from which the changes are true, today by default.
    """

    scenario: Scenario
    changes: tuple[Change, ...] = ()
    expected: Mapping[str, int] = field(default_factory=dict)
    effective: date | None = None


class Amend(Protocol):
    """Makes an amendment of a scenario as it is stored; may read, and may be called again when somebody else was quicker."""

    async def __call__(self, scenario: Scenario) -> Amendment:
        """Return what becomes of it, or raise what forbids it."""
        ...


def now() -> str:
    """Return the time as it is stored: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def stepped(scenario: Scenario, status: Status, asked: Asked) -> Scenario:
    """Return a scenario after its next step.

    Raises
    ------
    InputError
        When that status does not follow the present one.
    """
    if not may_follow(status, scenario.status):
        raise InputError(
            "scenario_step", scenario=scenario.code, status=scenario.status.value, wanted=status.value
        )
    step = Step(status, now(), asked.by, asked.reason)
    return replace(scenario, status=status, steps=(*scenario.steps, step))


async def read_scenario(store: Store, code: str) -> Scenario:
    """Return a scenario.

    Raises
    ------
    NotFound
        When there is none with this code.
    """
    return Scenario.of(await required(store, "Scenario", code))


async def amend(store: Store, code: str, asked: Asked, change: Amend) -> Scenario:
    """Change a scenario in one commit and return it as it is then.

    Raises
    ------
    NotFound
        When there is no such scenario.
    VersionConflict
        When the scenario has another revision than the caller saw, or a county another version than the amendment expects.
    InputError
        When the key was used for another request, or the amendment is refused.
    """
    for attempt in range(1, _TRIES + 1):
        version = await store.version(OUTSIDE)
        scenario = await read_scenario(store, code)
        if _is_answered(scenario, asked):
            return scenario
        require_revision(scenario, asked)
        amendment = await change(scenario)
        amended = _marked(amendment.scenario, scenario.revision + 1, asked)
        try:
            await store.apply(
                (amended.put(), *amendment.changes),
                expected={OUTSIDE: version, **amendment.expected},
                effective=amendment.effective,
                by=asked.by,
                reason=asked.reason,
            )
        except VersionConflict as conflict:
            # another scenario was changed meanwhile: look again whether that matters
            if conflict.details.get("scope") != OUTSIDE or attempt == _TRIES:
                raise
        else:
            return amended
    raise AssertionError("the last attempt returns or raises")


def _is_answered(scenario: Scenario, asked: Asked) -> bool:
    if not asked.key or asked.key not in scenario.answers:
        return False
    if scenario.answers[asked.key] != asked.digest:
        raise InputError("idempotency_key_reused", key=asked.key)
    return True


def require_revision(scenario: Scenario, asked: Asked) -> None:
    """Raise VersionConflict when the caller saw another revision of a scenario than there is."""
    """Refuse a request that was made on another revision.

    Raises
    ------
    VersionConflict
        With the last steps.
    """
    if asked.revision is not None and asked.revision != scenario.revision:
        raise VersionConflict(
            "scenario_changed",
            scenario=scenario.code,
            expected=asked.revision,
            actual=scenario.revision,
            changes=_told(scenario.steps[-3:]),
        )


def _told(steps: Iterable[Step]) -> list[Json]:
    return [f"{step.at} {step.by} {step.status.value}" for step in steps]


def _marked(scenario: Scenario, revision: int, asked: Asked) -> Scenario:
    if not asked.key:
        return replace(scenario, revision=revision)
    answers = {**scenario.answers, asked.key: asked.digest}
    kept = dict(islice(answers.items(), max(0, len(answers) - _KEPT_ANSWERS), None))
    return replace(scenario, revision=revision, answers=kept)
