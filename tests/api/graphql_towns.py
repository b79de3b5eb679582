"""A store behind the API, with every call of it counted, and one question in one line."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from inspect import iscoroutinefunction
from typing import Any

import httpx

from api.app import create_app


class CountingStore:
    """Hands every call on, and counts it by name."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not iscoroutinefunction(found):
            return found

        async def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls[name] += 1
            return await found(*args, **kwargs)

        return counted


class Asking:
    """A client of the API."""

    def __init__(self, client: httpx.AsyncClient, store: CountingStore) -> None:
        self.client = client
        self.store = store

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the whole answer; the calls that it took are counted afresh."""
        self.store.calls.clear()
        sent = await self.client.post("/graphql", json={"query": query, "variables": variables})
        body: dict[str, Any] = sent.json()
        return body

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the data of an answer without errors."""
        body = await self.answer(query, **variables)
        assert "errors" not in body, body["errors"]
        found: dict[str, Any] = body["data"]
        return found

    async def code(self, query: str, **variables: Any) -> str:
        """Return the code of the one error of an answer."""
        (error,) = (await self.answer(query, **variables))["errors"]
        code: str = error["extensions"]["code"]
        return code


@asynccontextmanager
async def asking(store: Any, runs: Any = None) -> AsyncIterator[Asking]:
    """Yield a client of an application over a store."""
    counting = CountingStore(store)
    transport = httpx.ASGITransport(create_app(counting, runs))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asking(client, counting)
