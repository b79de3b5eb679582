"""Running the server: a place to listen, the application over an open store, one log on standard error, an end in good order."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import uvicorn
from starlette.applications import Starlette

from api.app import create_app
from orgraph.cli.stores import opened_existing, shown_url
from orgraph.cli.words import Words
from orgraph.errors import OrgraphError
from orgraph.service.runs.executor import ProcessExecutor
from orgraph.service.runs.service import Runs
from orgraph.settings import read_settings

FINISH_SECONDS = 10
"""How long open requests may go on once the server has been told to end."""

WAITING = 2048
"""Connections that may wait to be accepted."""

_IN_USE = (errno.EADDRINUSE,)
_LOOPBACK_NAMES = frozenset(("localhost", "127.0.0.1", "[::1]"))


class CannotListen(OrgraphError):
    """The address cannot be listened on."""


async def serve(words: Words, store_url: str | None, host: str, port: int) -> str:
    """Serve until SIGINT or SIGTERM, and return the address that was served.

    Raises
    ------
    CannotListen
        When the port is in use, may not be used, or the address is not one of this machine.
    StoreError
        When the store cannot be opened, or another process writes to it.
    """
    settings = read_settings()
    with listening(host, port) as place:
        url = address(host, place.getsockname()[1])
        async with (
            opened_existing(store_url) as store,
            Runs(store, ProcessExecutor(settings.runs)) as runs,
        ):
            app = create_app(
                store,
                runs=runs,
                limits=settings.api_limits,
                lang=words.lang,
                hosts=(*_LOOPBACK_NAMES, _in_url(host)) if is_loopback(host) else (),
            )
            log_to_standard_error()
            server = _Server(_config(app, settings.api_limits.body_bytes))
            # whoever reads the start line may end the server at once
            with server.capture_signals():
                click.echo(
                    words("serve.started", url=url, store=shown_url(store_url or settings.store_url)),
                    err=True,
                )
                if not is_loopback(host):
                    click.echo(words("serve.open"), err=True)
                await server.serve(sockets=[place])
    return url


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int) -> str:
    """Return the URL of the start page; for an address that means every address, that of this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://{_in_url(shown)}:{port}/"


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Listen at an address."""
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        place = socket.socket(family, kind, proto)
    except OSError as error:
        raise CannotListen("host_not_here", host=host) from error
    with place:
        if os.name == "posix":
            place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            place.bind(where)
            place.listen(WAITING)
        except PermissionError as error:
            raise CannotListen("port_not_allowed", port=port) from error
        except OSError as error:
            code = "port_in_use" if error.errno in _IN_USE else "host_not_here"
            raise CannotListen(code, host=host, port=port) from error
        yield place


def log_to_standard_error() -> None:
    """Send the log of server and application to standard error, a line each; of an exception only its type is told."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name, level in (("orgraph", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


class _Line(logging.Formatter):
    """Writes one line per record; a traceback may hold data and is left out."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is that of the library
        return ""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        line = super().format(record).splitlines()[0]
        return f"{line} ({kind.__name__})" if kind else line


class _Server(uvicorn.Server):
    """Uvicorn's server, which ends when it is told to and leaves it to the command how the process ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM; a second SIGINT does not wait for open requests."""
        before = {
            number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _config(app: Starlette, message_bytes: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        ws_max_size=message_bytes,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
