"""`orgraph serve` as a process: its start line, its end, and what it refuses."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from orgraph.cli.serving import address, is_loopback

COMMAND = [sys.executable, "-c", "from orgraph.cli import main; main()", "serve"]
WAIT_S = 120
"""Only so that a defect fails instead of waiting for ever."""


@pytest.fixture
def store(call, tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    (tmp_path / "units.csv").write_text("code,name,level\n370503100,义和镇,town\n", encoding="utf-8")
    assert call("import", tmp_path / "units.csv", "--store", url).code == 0
    return url


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the server; yield the process and the address that its start line names."""
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        try:
            line = process.stderr.readline()
            yield process, re.search(r"http://[^ ]+?/(?= )", line)[0]
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_until_it_is_told_to_end(store: str, number: int) -> None:
    with serving("--store", store, "--port", "0") as (process, url):
        asked = {"query": '{ unit(code: "370503100") { name } }'}
        answer = httpx.post(f"{url}graphql", json=asked, headers={"accept-language": "zh"})
        assert answer.json()["data"] == {"unit": {"name": "义和镇"}}
        assert httpx.get(url, headers={"host": "evil.example"}).status_code == 421
        process.send_signal(number)
        out, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0
    assert "stopped" in out
    lines = err.splitlines()
    assert re.match(
        r"\d{4}-\d\d-\d\d [\d:,]+ INFO orgraph\.access request=[0-9a-f]{16} method=POST ", lines[0]
    )
    assert len(lines) == 2
    assert "370503100" not in err


def test_the_answer_of_json_is_alone_on_standard_output(store: str) -> None:
    with serving("--store", store, "--port", "0", "--json") as (process, url):
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=WAIT_S)
    assert json.loads(out) == {"url": url}


def test_a_port_in_use_is_told_with_what_to_do(call, store: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
        found = call("serve", "--store", store, "--port", port, "--json")
    assert (found.code, found.error["code"]) == (5, "port_in_use")
    assert found.error["details"] == {"host": "127.0.0.1", "port": port}
    assert "--port" in found.error["text"]["en"]


def test_a_missing_store_is_told(call, tmp_path: Path) -> None:
    found = call("serve", "--store", f"sqlite:///{tmp_path / 'none.db'}", "--port", 0, "--json")
    assert (found.code, found.error["code"]) == (5, "store_missing")


def test_an_address_of_another_machine_is_told(call, store: str) -> None:
    arguments = ("--store", store, "--port", 0, "--without-authentication", "--json")
    for host in ("192.0.2.1", "no such host"):
        found = call("serve", "--host", host, *arguments)
        assert (found.code, found.error["code"]) == (5, "host_not_here")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_other_machines_need_the_flag(call, store: str, host: str) -> None:
    found = call("serve", "--store", store, "--host", host, "--port", 0)
    assert found.code == 2
    assert "--without-authentication" in found.err


def test_with_the_flag_it_warns_and_answers_under_any_name(store: str) -> None:
    arguments = ("--host", "0.0.0.0", "--without-authentication", "--store", store, "--port", "0")
    with serving(*arguments) as (process, url):
        assert url.startswith("http://127.0.0.1:")
        assert "Warning" in process.stderr.readline()
        assert httpx.get(f"{url}healthz", headers={"host": "department.example"}).status_code == 200


def test_a_port_that_cannot_be_is_a_wrong_command_line(call) -> None:
    assert call("serve", "--port", 65536).code == 2
    assert call("serve", "--port", -1).code == 2


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_which_addresses_only_this_machine_can_reach(host: str, is_local: bool) -> None:
    assert is_loopback(host) is is_local


def test_the_address_shown_can_be_opened() -> None:
    assert address("127.0.0.1", 80) == "http://127.0.0.1:80/"
    assert address("0.0.0.0", 80) == "http://127.0.0.1:80/"
    assert address("::1", 80) == "http://[::1]:80/"


ENDING = """
import asyncio, os, signal
import strawberry
from api.app import create_app
from api.http_schema import Schema
from orgraph.cli import main, serving

is_ending = asyncio.Event()

@strawberry.type
class Query:
    @strawberry.field
    async def end(self) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        await is_ending.wait()
        return "finished"

class Server(serving._Server):
    async def shutdown(self, sockets=None):
        is_ending.set()
        await super().shutdown(sockets)

serving._Server = Server
serving.create_app = lambda store, **options: create_app(store, schema=Schema(Query), **options)
main()
"""


def test_an_open_request_is_finished_before_the_server_ends(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("test_cli_serve.COMMAND", [sys.executable, "-c", ENDING, "serve"])
    with serving("--store", store, "--port", "0") as (process, url):
        answer = httpx.post(f"{url}graphql", json={"query": "{ end }"}, timeout=WAIT_S)
        assert answer.json()["data"] == {"end": "finished"}
        process.communicate(timeout=WAIT_S)
    assert process.returncode == 0
