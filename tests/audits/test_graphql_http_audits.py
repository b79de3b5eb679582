"""The audits of the graphql-http package against a listening server: every MUST, every SHOULD."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from live_server import live_server

HERE = Path(__file__).parent
WAIT_S = 300
"""Only so that a defect fails instead of waiting for ever."""


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=WAIT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    assert shutil.which("node") and shutil.which("npm"), "the audits need Node.js 18 or newer, with npm"
    folder = tmp_path_factory.mktemp("audits")
    for name in ("package.json", "package-lock.json", "run_audits.mjs"):
        shutil.copy(HERE / name, folder)
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", folder=folder)
    with live_server(folder) as url:
        return json.loads(run("node", "run_audits.mjs", f"{url}/graphql", folder=folder))


@pytest.mark.parametrize(("word", "num"), [("MUST", 13), ("SHOULD", 23), ("MAY", 25)])
def test_every_audit_passes(results: list[dict[str, str]], word: str, num: int) -> None:
    judged = [result for result in results if result["name"].split()[0] == word]
    assert [result for result in judged if result["status"] != "ok"] == []
    assert len(judged) == num


def test_there_are_no_other_audits(results: list[dict[str, str]]) -> None:
    assert len(results) == 61


def test_the_lock_names_no_registry() -> None:
    text = (HERE / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in entry for name, entry in packages.items() if name)
