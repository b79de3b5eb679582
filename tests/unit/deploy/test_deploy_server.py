"""A server of one's own starts, answers, survives being killed in its data, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j.exceptions import AuthError, ClientError
from neo4j_fixtures import PrivateServers
from neo4j_server import Login, Neo4jServer, Neo4jServerError, connected, empty

LIVES_IN = Path(__file__).parents[3] / "deploy" / "local"
HOLDS_A_SERVER = """
import sys, time
from neo4j_server import Neo4jServer
server = Neo4jServer.start(heap="512m", page_cache="64m")
print(server.pid, server.home.parent, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def server(neo4j_server_factory: PrivateServers) -> Iterator[Neo4jServer]:
    started = neo4j_server_factory()
    yield started
    started.stop()


def numbers(login: Login) -> list[object]:
    with connected(login.url, login.user, login.password) as driver:
        found = driver.execute_query(
            "MATCH (n:Thing) RETURN n.number AS number ORDER BY number", database_="neo4j"
        )
    return [row["number"] for row in found.records]


def add(login: Login, number: int) -> None:
    with connected(login.url, login.user, login.password) as driver:
        driver.execute_query("CREATE (:Thing {number: $number})", number=number, database_="neo4j")


def test_two_servers_live_side_by_side_and_a_killed_one_comes_back_with_its_data(
    neo4j_server_factory: PrivateServers,
) -> None:
    one, other = neo4j_server_factory(), neo4j_server_factory()
    assert one.port != other.port
    assert one.password != other.password
    add(one.login, 1)
    add(other.login, 2)
    assert (numbers(one.login), numbers(other.login)) == ([1], [2])
    pid, url = one.pid, one.url
    one.kill()
    assert not one.is_running
    other.pause()
    other.stop()
    assert not other.is_running
    one.restart()
    assert one.pid != pid
    assert one.url == url
    assert numbers(one.login) == [1]
    one.stop()
    assert not one.is_running
    assert not one.home.exists()
    one.stop()


def test_a_paused_server_keeps_its_connections_and_goes_on(server: Neo4jServer) -> None:
    server.pause()
    assert state(server.pid) == "T"
    assert server.is_running
    server.resume()
    assert state(server.pid) != "T"
    assert numbers(server.login) == []


def test_a_given_folder_stays_and_its_next_server_needs_the_password(
    tmp_path: Path, neo4j_server_factory: PrivateServers
) -> None:
    first = neo4j_server_factory(home=tmp_path / "home")
    add(first.login, 7)
    first.stop()
    with pytest.raises(Neo4jServerError, match="name its password"):
        Neo4jServer.start(home=tmp_path / "home")
    settings = {"server.databases.read_only": "neo4j"}
    second = neo4j_server_factory(home=tmp_path / "home", password=first.password, settings=settings)
    assert numbers(second.login) == [7]
    with pytest.raises(ClientError, match="read-only"):
        add(second.login, 8)
    second.stop()
    assert (tmp_path / "home" / "data").is_dir()


def test_the_server_ends_with_the_process_that_started_it() -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS_A_SERVER],
        env={**os.environ, "PYTHONPATH": str(LIVES_IN)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    with holder, holder.stdout as told:
        pid, scratch = told.readline().split()
        assert state(int(pid)) in "RS"
        holder.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while (state(int(pid)) not in "Z-" or Path(scratch).exists()) and time.monotonic() < until:
        time.sleep(0.05)
    assert state(int(pid)) in "Z-"
    assert not Path(scratch).exists()


def test_a_setting_that_the_server_does_not_know_is_shown_from_its_log() -> None:
    with pytest.raises(Neo4jServerError, match=r"ended by itself[\s\S]*server\.nonsense"):
        Neo4jServer.start(settings={"server.nonsense": "1"})


def test_emptying_keeps_the_schema_and_what_the_store_says_of_itself(server: Neo4jServer) -> None:
    login = server.login
    empty(login.url, login.user, login.password)
    with connected(login.url, login.user, login.password) as driver:
        driver.execute_query(
            "CREATE CONSTRAINT emptied IF NOT EXISTS FOR (n:Thing) REQUIRE n.number IS UNIQUE"
        )
        driver.execute_query(
            "MERGE (s:_Store {name: 'store'}) SET s += {layout: 1, digest: 'd', num_commits: 3, owner: 'me'} "
            "MERGE (a:_Announcement {name: 'store'}) SET a.number = 4 "
            "CREATE (:Thing {number: 1})-[:NEXT]->(:Thing {number: 2}), (:_Commit {number: 3})"
        )
        empty(login.url, login.user, login.password)
        left = driver.execute_query(
            "MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties"
        ).records
        names = driver.execute_query("SHOW CONSTRAINTS YIELD name").records
    kept = {"name": "store", "layout": 1, "digest": "d", "num_commits": 0, "latest_day": 0, "last_id": 0}
    assert {tuple(row["labels"]): row["properties"] for row in left} == {
        ("_Store",): kept,
        ("_Announcement",): {"name": "store", "number": 0},
    }
    assert "emptied" in [row["name"] for row in names]


def test_credentials_reach_the_environment(neo4j_credentials: Login) -> None:
    assert os.environ["ORGRAPH_STORE_USER"] == neo4j_credentials.user
    assert os.environ["ORGRAPH_STORE_PASSWORD"] == neo4j_credentials.password
    assert neo4j_credentials.password not in repr(neo4j_credentials)


def test_a_routing_driver_is_sent_to_the_same_server(server: Neo4jServer) -> None:
    with connected(server.url.replace("bolt://", "neo4j://"), server.user, server.password) as driver:
        address = driver.execute_query("RETURN 1", database_="neo4j").summary.server.address
    assert address == ("127.0.0.1", server.port)


def test_the_first_password_is_changed(server: Neo4jServer) -> None:
    with connected(server.url, server.user, "neo4j") as driver, pytest.raises(AuthError):
        driver.verify_connectivity()


def state(pid: int) -> str:
    """Return the system's letter for a process: T is stopped, Z has ended and is not yet reaped, - is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "-"
