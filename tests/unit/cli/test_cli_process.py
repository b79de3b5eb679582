"""The command line as a process of its own: streams, pipes, signals, encodings."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "orgraph" / "datasets" / "data"
GEORGIA = ["--units", DATA / "georgia" / "units.csv", "--edges", DATA / "georgia" / "edges.csv"]
DEADLINE_S = 240
"""Only so that a defect fails instead of waiting for ever."""
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


def test_an_answer_that_cannot_be_written_is_a_failed_environment():
    with Path("/dev/full").open("wb") as full:
        shown = subprocess.run(command("--help"), stdout=full, stderr=subprocess.PIPE, check=False)
    assert shown.returncode == 5
    assert b"No space left" in shown.stderr


def test_closed_streams_are_no_failure():
    script = f"{sys.executable} -c 'from orgraph.cli import main; main()' --help >&- 2>&-"
    assert subprocess.run(["sh", "-c", script], check=False).returncode == 0


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


class OnTerminal:
    """A command whose standard error is a terminal: only there is progress shown."""

    def __init__(self, command):
        self._ours, theirs = pty.openpty()
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "200"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)

    def read_until(self, pattern):
        seen = b""
        while not re.search(pattern, seen):
            assert select.select([self._ours], [], [], DEADLINE_S)[0], seen
            seen += os.read(self._ours, 4096)

    def interrupt(self):
        """Send what Ctrl-C sends: every process of the command gets it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self._ours)


@pytest.fixture
def on_terminal():
    started = []

    def start(*command):
        started.append(OnTerminal([str(word) for word in command]))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.mark.parametrize("objective", ["border", "distance"])
def test_an_interrupt_keeps_the_best_plan_so_far(on_terminal, tmp_path, objective):
    out = tmp_path / "plan.json"
    asked = ["--k", 8, "--objective", objective, "--time-limit", 3600, "--out", out, "--json", "--lang", "en"]
    started = on_terminal(*COMMAND, "plan", "restructure", *GEORGIA, *asked)
    started.read_until(rb"best [1-9]")
    started.interrupt()
    answer = json.loads(started.process.communicate(timeout=DEADLINE_S)[0])
    assert started.process.returncode == 0
    assert answer["status"] == "INTERRUPTED"
    assert len(answer["districts"]) == 8
    assert answer["checked"] is True
    assert json.loads(out.read_text(encoding="utf-8")) == answer
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


STUBBORN = """
import sys, threading
from orgraph.planning import restructuring
def plan(*arguments, **options):
    print("solving", file=sys.stderr, flush=True)
    threading.Event().wait()
restructuring.plan = plan
from orgraph.cli import main
main()
"""


def test_the_second_interrupt_leaves_at_once_and_writes_nothing(on_terminal, tmp_path):
    asked = ["--k", 8, "--out", tmp_path / "plan.json", "--lang", "en"]
    started = on_terminal(sys.executable, "-c", STUBBORN, "plan", "restructure", *GEORGIA, *asked)
    started.read_until(rb"solving")
    started.interrupt()
    started.read_until(rb"Stopping")
    started.interrupt()
    started.read_until(rb"Stopped as asked")
    assert started.process.wait(timeout=DEADLINE_S) == 4
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_the_same_for_every_process(tmp_path):
    units = tmp_path / "units.csv"
    units.write_text("code,name\n1,a\n")
    url = f"sqlite:///{tmp_path.as_posix().lstrip('/')}/area.db"
    assert run("import", units, "--store", url, PYTHONHASHSEED="1").returncode == 0
    for seed in "23":
        assert run("check", "--store", url, PYTHONHASHSEED=seed).returncode == 0
