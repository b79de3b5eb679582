"""The server for trying tells how to reach it, answers to exactly that, and ends with Ctrl-C."""

import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j.exceptions import ServiceUnavailable
from neo4j_server import Login, connected
from neo4j_trial import exports

TRIAL = Path(__file__).parents[3] / "deploy" / "local" / "neo4j_trial.py"


def read_exports(lines: list[str]) -> dict[str, str]:
    words = [shlex.split(line) for line in lines]
    assert [word[0] for word in words] == ["export"] * 3
    return dict(word[1].split("=", 1) for word in words)


def test_exports_survive_a_shell() -> None:
    told = exports(Login("bolt://127.0.0.1:1/neo4j", "neo4j", "it's $HOME"))
    assert read_exports(told.splitlines())["ORGRAPH_STORE_PASSWORD"] == "it's $HOME"


@pytest.fixture
def trial() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(TRIAL), "--heap", "512m", "--page-cache", "64m"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()


def test_the_server_answers_as_told_until_ctrl_c(trial: subprocess.Popen[str]) -> None:
    assert trial.stdout is not None
    told = read_exports([trial.stdout.readline() for _ in range(3)])
    login = (told["ORGRAPH_STORE"], told["ORGRAPH_STORE_USER"], told["ORGRAPH_STORE_PASSWORD"])
    with connected(*login) as driver:
        assert driver.execute_query("RETURN 1 AS one", database_="neo4j").records[0]["one"] == 1
        trial.send_signal(signal.SIGINT)
        _, said = trial.communicate()
        assert trial.returncode == 0
        assert said.endswith("stopped.\n")
        with pytest.raises(ServiceUnavailable):
            driver.verify_connectivity()
