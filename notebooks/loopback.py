"""A server on the loopback for as long as a block lasts, in the notebook's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from api.app import create_app
from orgraph.store.port import Store


class _Server(uvicorn.Server):
    """Uvicorn's server, which leaves interrupts to the notebook."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(store: Store) -> AsyncIterator[str]:
    """Serve a store on a free port of the loopback and yield the address; the server has ended when the block is left."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        host, port = place.getsockname()
        app = create_app(store, hosts=(host,))
        server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[place]))
        try:
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True
            await task
