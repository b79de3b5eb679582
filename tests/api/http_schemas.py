"""A small schema with fields that misbehave, and one GraphQL call in the strict media type."""

import asyncio
from typing import Any

import httpx
import strawberry

from api.http_schema import Schema

GRAPHQL = "application/graphql-response+json"
SECRET = "password=hunter2"


class Probe:
    """What happened inside the resolvers."""

    def __init__(self) -> None:
        self.is_waiting = asyncio.Event()
        self.was_cancelled = False
        self.num_touched = 0


def probing_schema(probe: Probe) -> Schema:
    @strawberry.type
    class Query:
        @strawberry.field
        def hello(self, name: str = "world") -> str:
            return f"hello {name}"

        @strawberry.field
        def fails(self) -> str:
            raise RuntimeError(SECRET)

        @strawberry.field
        async def fails_later(self) -> str | None:
            raise KeyError(SECRET)

        @strawberry.field
        def wrong(self) -> int:
            return SECRET  # type: ignore[return-value]

        @strawberry.field
        async def never(self) -> str:
            probe.is_waiting.set()
            try:
                await asyncio.Event().wait()
            finally:
                probe.was_cancelled = True
            return ""

    @strawberry.type
    class Mutation:
        @strawberry.mutation
        def touch(self) -> int:
            probe.num_touched += 1
            return probe.num_touched

    return Schema(Query, Mutation)


async def post(client: httpx.AsyncClient, query: str, accept: str = GRAPHQL, **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more}, headers={"accept": accept})


def the_error(answer: httpx.Response) -> dict[str, Any]:
    """Return the one error of an answer, whose shape is that of every error."""
    (error,) = answer.json()["errors"]
    extensions = error["extensions"]
    assert set(extensions) == {"code", "status", "text", "requestId"}
    assert set(extensions["text"]) == {"zh", "en"}
    assert error["message"] in extensions["text"].values()
    assert extensions["requestId"] == answer.headers["x-request-id"]
    return {"message": error["message"], **extensions}
