"""`Schema`: Strawberry's, with the gate and the masking on every operation, and without its log of errors (ours names no data)."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from api.limits_gate import Gate, Masking


class Schema(strawberry.Schema):
    """A schema whose operations pass the limits, and whose errors are shown in the one shape."""

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        config: StrawberryConfig | None = None,
    ) -> None:
        super().__init__(query, mutation, subscription, config=config, extensions=[Gate, Masking])

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing: the masking notes each error, by code and place, under the id of its request."""
