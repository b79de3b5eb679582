"""A server for trying: starts one, tells how to reach it, and stays until Ctrl-C. Its data ends with it.

``python3 run.py neo4j`` makes the environment and runs this.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from types import FrameType
from typing import NoReturn

from neo4j_server import Login, Neo4jServerError, running_server

__all__ = ["exports", "main"]


def exports(login: Login) -> str:
    """Return the lines that make a shell's ``orgraph`` use the server."""
    values = {
        "ORGRAPH_STORE": login.url,
        "ORGRAPH_STORE_USER": login.user,
        "ORGRAPH_STORE_PASSWORD": login.password,
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def main(arguments: list[str] | None = None) -> int:
    """Start a server, show how to reach it, and stop it at Ctrl-C or SIGTERM."""
    options = _parser().parse_args(arguments)
    # a program started in the background by a shell script ignores Ctrl-C unless it says otherwise
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    _say("starting a Neo4j server ...")
    try:
        with running_server(heap=options.heap, page_cache=options.page_cache) as server:
            _say(f"Neo4j answers at {server.url}, user {server.user}, password {server.password}")
            _say("In another terminal (its data is deleted when this program ends):")
            sys.stdout.write(exports(server.login))
            sys.stdout.flush()
            _say("Ctrl-C stops it.")
            server.wait()
            _say(f"The server ended by itself. The end of its log:\n{server.log_tail()}")
            return 5
    except Neo4jServerError as error:
        _say(str(error))
        return 5
    except KeyboardInterrupt:
        _say("stopped.")
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py neo4j", description="Start a Neo4j server for trying.")
    parser.add_argument("--heap", default="1g", help="memory of the Java heap (default 1g)")
    parser.add_argument(
        "--page-cache", default="256m", help="memory for the pages of the store (default 256m)"
    )
    return parser


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
