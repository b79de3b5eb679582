"""Operations whose results come one by one, over whichever transport: the same limits, context and masking as for any request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

from graphql import GraphQLError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from api.errors import RequestError, masked
from api.http_body import Asked
from api.http_call import Call
from api.http_context import AppState
from orgraph.errors import OrgraphError

Shown = dict[str, object]


class Refused(Exception):
    """Nothing was executed; ``errors`` as clients see them."""

    def __init__(self, errors: list[Shown]) -> None:
        super().__init__()
        self.errors = errors


async def results(state: AppState, call: Call, asked: Asked) -> AsyncGenerator[Shown, None]:
    """Yield the results of an operation: of a query or mutation one, of a subscription any number.

    Raises
    ------
    Refused
        When nothing can be executed: what is asked is wrong, or too much.
    RequestError
        When the first result does not come in time.
    """
    call.asked_operation = asked.operation
    source = await state.schema.stream(
        asked.query,
        variable_values=asked.variables,
        context_value=state.context(call),
        operation_name=asked.operation,
    )
    async with aclosing(cast(AsyncGenerator[ExecutionResult, None], source)) as found:
        result = await _first(state, found)
        while result is not None:
            errors: list[Shown] = [dict(error.formatted) for error in result.errors or ()]
            if isinstance(result, PreExecutionError):
                raise Refused(errors)
            yield _shown(result, errors)
            result = await anext(found, None)


async def _first(state: AppState, found: AsyncGenerator[ExecutionResult, None]) -> ExecutionResult | None:
    """Return the first result, within the time of a request; later ones come when something happens."""
    seconds = state.documents.limits.seconds
    try:
        async with asyncio.timeout(seconds):
            return await anext(found, None)
    except GraphQLError as error:
        # the gate refuses by raising; what it raises is what clients see
        raise Refused([dict(error.formatted)]) from None
    except TimeoutError:
        raise RequestError("request_timeout", seconds=seconds) from None


def _shown(result: ExecutionResult, errors: list[Shown]) -> Shown:
    shown: Shown = {"data": result.data}
    if errors:
        shown["errors"] = errors
    if result.extensions:
        shown["extensions"] = result.extensions
    return shown


def refusal_of(error: OrgraphError, call: Call) -> Shown:
    """Return an error as clients see it."""
    return cast(Shown, dict(masked(error, call).formatted))
