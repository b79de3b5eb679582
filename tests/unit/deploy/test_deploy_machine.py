"""What is missing on a machine is named before the long part; a fetch that fails leaves nothing."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from neo4j_jars import Neo4jServerError, check_java, fetch_jars, version

RUN = Path(__file__).parents[3] / "run.py"
BRINGS_JARS = """
for argument; do case $argument in -DoutputDirectory=*) folder=${argument#*=};; esac; done
mkdir -p "$folder" && : > "$folder/neo4j-5.jar"
"""


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def run_py(command: str, path: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": str(path)}
    return subprocess.run(
        [sys.executable, str(RUN), command], env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", ["test", "neo4j"])
def test_java_and_maven_are_asked_for_before_anything_is_made(tmp_path: Path, command: str) -> None:
    done = run_py(command, tmp_path)
    assert done.returncode == 5
    assert "java is missing: the Neo4j server needs Java 17 or newer" in done.stderr
    program(tmp_path, "java", "echo 'openjdk version \"17.0.1\" 2021-10-19' >&2")
    done = run_py(command, tmp_path)
    assert done.returncode == 5
    assert "mvn is missing" in done.stderr
    assert "installing" not in done.stderr


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ('java version "1.8.0_392"', "is Java 8: the Neo4j server needs Java 17 or newer"),
        ('openjdk version "11.0.2" 2019-01-15', "is Java 11"),
        ("no such tool", "does not tell its version. It said: no such tool"),
    ],
)
def test_an_old_java_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, message: str
) -> None:
    program(tmp_path, "java", f"echo '{told}' >&2")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Neo4jServerError, match=message):
        check_java()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (f"{BRINGS_JARS} echo 'Unknown host repo'; exit 1", r"could not fetch[\s\S]*Unknown host repo"),
        ("exit 0", "brought no jars"),
    ],
)
def test_a_failed_fetch_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    program(tmp_path / "bin", "mvn", script)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    with pytest.raises(Neo4jServerError, match=message):
        fetch_jars(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_two_may_fetch_at_once_and_the_next_one_fetches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each fetch waits for the other one to have begun.
    meet = f"touch {tmp_path}/here-$$; until [ $(ls {tmp_path} | grep -c here-) = 2 ]; do :; done"
    program(tmp_path / "bin", "mvn", f"{BRINGS_JARS} {meet}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(fetch_jars, [tmp_path / "cache"] * 2))
    assert found == [tmp_path / "cache" / version()] * 2
    assert [file.name for file in found[0].iterdir()] == ["neo4j-5.jar"]
    shutil.rmtree(tmp_path / "bin")
    assert fetch_jars(tmp_path / "cache") == found[0]
    assert [folder.name for folder in (tmp_path / "cache").iterdir()] == [version()]
