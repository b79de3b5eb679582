"""Set the project up and run it, with nothing but Python: `python3 run.py demo`, `python3 run.py test`.

``demo`` makes a virtual environment with the locked packages and runs ``orgraph demo``; further arguments go to it. ``test`` makes another with
the tools, and runs every check: lint, format, types, import contracts, all tests, and the demo in a fresh environment. ``neo4j`` starts a Neo4j
server for trying and stays until Ctrl-C. ``lock`` writes the locks anew (it needs uv). Nothing outside this folder is changed, except that the
Neo4j server, which ``test`` and ``neo4j`` fetch through Maven, lies in the user's cache.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST = (3, 11)
TESTED = ((3, 11), (3, 12), (3, 13))
BUILD, RUNTIME, DEV = (HERE / "requirements" / name for name in ("build.txt", "runtime.txt", "dev.txt"))
SERVER = HERE / "deploy" / "local"

WARM_UP = "from orgraph.benchmark import FAMILIES, family; [family(name).warm_up() for name in FAMILIES]"
"""Compiles every kernel, so that no test pays for it out of its own time limit."""

CHECKS = (
    ("lint", ["-m", "ruff", "check", "."]),
    ("format", ["-m", "ruff", "format", "--check", "."]),
    ("types", ["-m", "mypy"]),
    ("imports", ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
    ("kernels", ["-c", WARM_UP]),
    ("tests", ["-m", "pytest", "-q"]),
)


def say(message: str) -> None:
    """Tell the person at the terminal what is happening."""
    print(f"[run.py] {message}", file=sys.stderr, flush=True)


def stop(message: str) -> None:
    """End with what is wrong and what to do."""
    say(message)
    raise SystemExit(5)


def check_machine() -> None:
    """Name what is missing before anything is made."""
    version = sys.version_info[:2]
    if version < OLDEST:
        stop(
            f"Python {version[0]}.{version[1]} is too old: Python 3.11 or newer is needed (run this file with python3.12, say)."
        )
    if version not in TESTED:
        say(
            f"Python {version[0]}.{version[1]} is not among the tested versions (3.11, 3.12, 3.13); trying all the same."
        )
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        stop(
            "The module ensurepip is missing: install your system's package for virtual environments (Debian: python3-venv)."
        )


def check_server_tools() -> None:
    """Name what the Neo4j server lacks on this machine."""
    sys.path.insert(0, str(SERVER))
    from neo4j_jars import Neo4jServerError, check_tools

    try:
        check_tools()
    except Neo4jServerError as error:
        stop(str(error))


def python_of(folder: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up(folder: Path, *locks: Path) -> Path:
    """Make or refresh a virtual environment that holds exactly the locked packages; return its interpreter."""
    python = python_of(folder)
    stamp = folder / "locks.sha256"
    wanted = hashlib.sha256(b"".join(lock.read_bytes() for lock in (BUILD, *locks))).hexdigest()
    if not (python.exists() and stamp.exists() and stamp.read_text() == wanted):
        say(f"making {folder.name} and installing the locked packages ...")
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        for lock in (BUILD, *locks):
            pip(python, "--require-hashes", "-r", str(lock))
        pip(python, "--no-deps", "--no-build-isolation", "-e", str(HERE))
        stamp.write_text(wanted)
    return python


def pip(python: Path, *arguments: str) -> None:
    """Install, or end with pip's own words."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, cwd=HERE).returncode:
        stop("The packages could not be installed: pip's message stands above. Is a package index reachable?")


def demo(arguments: list[str], folder: Path = HERE / ".venv-demo") -> int:
    """Set up with the runtime packages alone and run the demo."""
    python = set_up(folder, RUNTIME)
    command = python.parent / ("orgraph.exe" if os.name == "nt" else "orgraph")
    return subprocess.run([str(command), "demo", *arguments], cwd=HERE).returncode


def neo4j(arguments: list[str]) -> int:
    """Become the program that holds a Neo4j server for trying."""
    python = set_up(HERE / ".venv-test", DEV)
    # Not a child of this process: Ctrl-C and other signals then reach the one that stops the server.
    os.execv(python, [str(python), str(SERVER / "neo4j_trial.py"), *arguments])


def test() -> int:
    """Run every check; go on after a failure, so that all failures are seen."""
    began = time.monotonic()
    python = set_up(HERE / ".venv-test", DEV)
    if not timed("fetch the Neo4j server", [str(python), str(SERVER / "neo4j_jars.py")]):
        stop(
            "The Neo4j server could not be fetched: the reason stands above. Without it the tests cannot pass."
        )
    failed = [name for name, command in CHECKS if not timed(name, [str(python), *command])]
    with tempfile.TemporaryDirectory(prefix="orgraph-") as fresh:
        say("demo in a fresh virtual environment ...")
        started = time.monotonic()
        if demo(["--lang", "en"], Path(fresh) / "venv"):
            failed.append("demo")
        say(f"demo: {time.monotonic() - started:.0f} s")
    took = f"after {(time.monotonic() - began) / 60:.1f} min"
    say(f"FAILED {took}: {', '.join(failed)}" if failed else f"all checks passed {took}")
    return 1 if failed else 0


def timed(name: str, command: list[str]) -> bool:
    """Run one check and tell its result and time."""
    say(f"{name} ...")
    started = time.monotonic()
    code = subprocess.run(command, cwd=HERE).returncode
    say(f"{name}: {'ok' if code == 0 else f'FAILED (exit {code})'}, {time.monotonic() - started:.0f} s")
    return code == 0


def lock() -> int:
    """Write the lock files anew from pyproject.toml."""
    compile_ = [
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-strip-extras",  # pip takes the newest "name[extra]" where the lock pins "name" alone
    ]
    jobs = (
        ["requirements/build.in", "-o", "requirements/build.txt"],
        ["pyproject.toml", "-o", "requirements/runtime.txt"],
        ["pyproject.toml", "--extra", "frames", "--group", "dev", "-o", "requirements/dev.txt"],
    )
    if shutil.which("uv") is None:
        stop("uv is missing: it writes the lock files. Install it (pip install uv) and try again.")
    return max(subprocess.run([*compile_, *job], cwd=HERE).returncode for job in jobs)


def main() -> int:
    """Run the command named on the command line."""
    command, *arguments = sys.argv[1:] or [""]
    if command == "demo":
        check_machine()
        return demo(arguments)
    if command == "test" and not arguments:
        check_machine()
        check_server_tools()
        return test()
    if command == "neo4j":
        check_machine()
        check_server_tools()
        return neo4j(arguments)
    if command == "lock" and not arguments:
        return lock()
    say("usage: python3 run.py demo [--lang zh|en] | test | neo4j [--heap 1g] [--page-cache 256m] | lock")
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
