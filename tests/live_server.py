"""A town in a SQLite store, and a server over it: in this process for a client, or listening on the loopback."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import uvicorn

from api.app import SCHEMA, create_app
from orgraph.graph import NodeKey
from orgraph.settings import ApiLimits
from orgraph.store import open_store
from orgraph.store.port import PutNode, PutRelationship, Store

TOWN = "370503100"
VILLAGES = {"370503100201": "大牟村", "370503100214": "薄家村", "370503100249": "王集村"}
WAIT_S = 60
"""Only so that a defect fails instead of waiting for ever."""


@asynccontextmanager
async def town_store(folder: Path) -> AsyncIterator[Store]:
    async with await open_store(f"sqlite:///{folder / 'town.db'}") as store:
        await store.ensure_schema()
        town = PutNode("Unit", TOWN, {"name": "义和镇", "level": "town"})
        villages = [
            PutNode("Unit", code, {"name": name, "level": "village", "population": 400, "is_synthetic": True})
            for code, name in VILLAGES.items()
        ]
        inside = [
            PutRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", TOWN)) for code in VILLAGES
        ]
        await store.apply([town, *villages, *inside])
        yield store


@asynccontextmanager
async def town_client(
    folder: Path, *, schema=SCHEMA, limits: ApiLimits | None = None, lang="en", hosts=()
) -> AsyncIterator[httpx.AsyncClient]:
    async with town_store(folder) as store:
        app = create_app(store, schema=schema, limits=limits, lang=lang, hosts=hosts)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


@asynccontextmanager
async def bare_client(
    *, schema=SCHEMA, limits: ApiLimits | None = None, lang="en", hosts=()
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of a server without any store: for what never asks one."""
    app = create_app(object(), schema=schema, limits=limits, lang=lang, hosts=hosts)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@contextmanager
def live_server(folder: Path, *, schema=SCHEMA, limits: ApiLimits | None = None) -> Iterator[str]:
    """Yield the address of a server that listens on a free port; it has ended when the block is left."""
    server: list[uvicorn.Server] = []
    is_started, failed = threading.Event(), []

    async def main() -> None:
        async with town_store(folder) as store:
            app = create_app(store, schema=schema, limits=limits)
            config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
            server.append(uvicorn.Server(config))
            is_started.set()
            await server[0].serve(sockets=[place])

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            failed.append(error)
            is_started.set()
            raise

    with socket.create_server(("127.0.0.1", 0)) as place:
        thread = threading.Thread(target=run)
        thread.start()
        assert is_started.wait(WAIT_S)
        assert not failed
        try:
            yield f"http://127.0.0.1:{place.getsockname()[1]}"
        finally:
            server[0].should_exit = True
            thread.join(WAIT_S)
