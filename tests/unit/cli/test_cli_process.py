"""The command line as a process of its own: streams, pipes, signals, encodings."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "orgraph" / "datasets" / "data"
GEORGIA = ["--units", DATA / "georgia" / "units.csv", "--edges", DATA / "georgia" / "edges.csv"]
COMMAND = [sys.executable, "-c", "from orgraph.cli import main; main()"]


def command(*arguments):
    return [*COMMAND, *map(str, arguments)]


def run(*arguments, **environment):
    return subprocess.run(
        command(*arguments), capture_output=True, env=os.environ | environment, check=False, timeout=300
    )


def test_a_pipe_gets_no_colours_and_json_is_alone_on_standard_output():
    text = run("doctor", FORCE_COLOR="1")
    assert b"\x1b" not in text.stdout + text.stderr
    answer = run("doctor", "--json")
    assert set(json.loads(answer.stdout)) == {"usable", "checks"}
    assert answer.stderr == b""


def test_a_reader_that_goes_away_is_no_failure():
    with subprocess.Popen(command("--help"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_every_character_gets_through_a_narrow_encoding():
    text = run("--help", "--lang", "zh", PYTHONIOENCODING="ascii")
    assert text.returncode == 0
    assert b"\\u7528\\u6cd5" in text.stdout
    answer = run("doctor", "--json", PYTHONIOENCODING="gbk")
    assert json.loads(answer.stdout.decode("ascii"))["checks"][0]["check"]["zh"] == "Python"


def test_the_solver_is_not_loaded_for_a_help_page():
    script = (
        "import sys; from orgraph.cli.program import run; run(['--help']); run(['plan', 'restructure', '-h']);"
        "print(sorted({'ortools', 'numpy', 'networkx', 'rich', 'apsw', 'shapely'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.fixture
def terminal():
    """A terminal for standard error: only there is progress shown."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def read_until(ours, pattern):
    seen = b""
    while not re.search(pattern, seen):
        seen += os.read(ours, 4096)
    return seen


def test_an_interrupt_keeps_the_best_plan_so_far(terminal, tmp_path):
    ours, theirs = terminal
    out = tmp_path / "plan.json"
    asked = ["--k", 8, "--objective", "border", "--time-limit", 3600, "--out", out, "--json", "--lang", "en"]
    process = subprocess.Popen(
        command("plan", "restructure", *GEORGIA, *asked),
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "200"},
    )
    os.close(theirs)
    with process:
        read_until(ours, rb"best [1-9]")
        process.send_signal(signal.SIGINT)
        answer = json.loads(process.stdout.read())
    assert process.returncode == 0
    assert answer["status"] == "INTERRUPTED"
    assert len(answer["districts"]) == 8
    assert answer["checked"] is True
    assert json.loads(out.read_text(encoding="utf-8")) == answer
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
