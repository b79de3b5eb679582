"""The subscription: how a run goes on, until it has ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Self, cast

import strawberry
from strawberry.types import Info

from api.context import Context
from api.types_scalars import enum_of
from api.types_words import said
from orgraph.errors import InputError
from orgraph.service.runs.states import RunState

_STATUS = enum_of("Run", "status")


@strawberry.type(description=said("type.run_progress"))
class RunProgress:
    """A run at one moment."""

    code: str
    scenario_code: str
    status: _STATUS  # type: ignore[valid-type]
    attempt: int = strawberry.field(description=said("field.attempt"))
    phase: str = strawberry.field(description=said("field.phase"))
    seconds: float
    objective: float | None = strawberry.field(description=said("field.incumbent"))
    bound: float | None = strawberry.field(description=said("field.bound"))
    gap: float | None
    plan_code: str | None
    error_code: str | None
    is_terminal: bool = strawberry.field(description=said("field.is_terminal"))

    @classmethod
    def of(cls, state: RunState) -> Self:
        """Return the view of a state."""
        return cls(
            code=state.code,
            scenario_code=state.scenario_code,
            status=state.status.value,
            attempt=state.attempt,
            phase=state.phase,
            seconds=state.seconds,
            objective=state.objective,
            bound=state.bound,
            gap=state.gap,
            plan_code=state.plan_code or None,
            error_code=state.error_code or None,
            is_terminal=state.is_terminal,
        )


async def run_progress(info: Info[Context, None], code: str) -> AsyncGenerator[RunProgress, None]:
    """Yield the present state of a run, then newer ones, and its end as the last one."""
    runs = info.context["runs"]
    if runs is None:
        raise InputError("runs_not_here")
    states = cast(AsyncGenerator[RunState, None], runs.watch(code))
    async with aclosing(states):
        async for state in states:
            yield RunProgress.of(state)


_FIELD: object = strawberry.subscription(resolver=run_progress, description=said("subscription.run_progress"))
Subscription = type("Subscription", (), {"run_progress": _FIELD})
strawberry.type(Subscription, description=said("type.subscription"))
