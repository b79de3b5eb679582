"""The jars of a Neo4j Community server, fetched once through Maven into the user's cache.

Only the standard library is needed to ask whether the machine has what it takes (:func:`check_tools`); the server's version stands in
``pom.xml`` beside this file. Run as a program, it fetches the jars and prints their folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = [
    "OLDEST_JAVA",
    "POM",
    "Neo4jServerError",
    "check_java",
    "check_maven",
    "check_tools",
    "fetch_jars",
    "version",
]

POM = Path(__file__).with_name("pom.xml")
OLDEST_JAVA = 17


class Neo4jServerError(RuntimeError):
    """The server cannot be fetched, started or reached; the message says why and what to do."""


def version() -> str:
    """Return the version of the server that ``pom.xml`` names."""
    found = re.search(r"<artifactId>neo4j</artifactId>\s*<version>([^<]+)</version>", POM.read_text("utf-8"))
    if found is None:
        raise Neo4jServerError(f"{POM.name} names no version of org.neo4j:neo4j.")
    return found[1]


def check_tools() -> None:
    """Raise :class:`Neo4jServerError` when Java or Maven is missing or Java is too old."""
    check_java()
    check_maven()


def check_java() -> str:
    """Return the path of a Java that can run the server, or raise :class:`Neo4jServerError`."""
    java = shutil.which("java")
    if java is None:
        raise Neo4jServerError(
            f"java is missing: the Neo4j server needs Java {OLDEST_JAVA} or newer (Debian: openjdk-17-jre-headless)."
        )
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    if done.returncode or found is None:
        raise Neo4jServerError(f"{java} does not tell its version. It said: {_last_lines(done.stderr)}")
    if int(found[1]) < OLDEST_JAVA:
        raise Neo4jServerError(
            f"{java} is Java {found[1]}: the Neo4j server needs Java {OLDEST_JAVA} or newer. Put a newer one first on PATH."
        )
    return java


def check_maven() -> str:
    """Return the path of Maven, or raise :class:`Neo4jServerError`."""
    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jServerError("mvn is missing: the Neo4j server is fetched through Maven (Debian: maven).")
    return maven


def fetch_jars(cache: Path | None = None) -> Path:
    """Return the folder with the server's jars; fetch them when it is not there yet.

    The jars arrive in a folder beside, which gets its name when it is complete: an interrupted fetch never counts, and two processes may
    fetch at once.

    Parameters
    ----------
    cache
        Folder that holds one folder per version; by default in the user's cache.

    Raises
    ------
    Neo4jServerError
        When Maven is missing or cannot fetch; the message ends with Maven's own words.
    """
    folder = (_user_cache() if cache is None else cache) / version()
    if not folder.is_dir():
        maven = check_maven()
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder.parent) as beside:
            _copy_dependencies(maven, Path(beside) / "jars")
            _move_into_place(Path(beside) / "jars", folder)
    return folder


def _user_cache() -> Path:
    # Imported here, so that the machine can be checked before any package is installed.
    from platformdirs import user_cache_path

    return user_cache_path("orgraph", appauthor=False) / "neo4j-server"


def _copy_dependencies(maven: str, folder: Path) -> None:
    command = [
        maven,
        "-q",
        "-B",
        "-C",
        "-f",
        str(POM),
        "dependency:copy-dependencies",
        f"-DoutputDirectory={folder}",
    ]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Neo4jServerError(
            f"Maven could not fetch the Neo4j server {version()}. Is a Maven repository reachable, and do Maven's settings name it? "
            f"Maven's last words:\n{_last_lines(done.stdout + done.stderr)}"
        )
    if not any(folder.glob("neo4j-*.jar")):
        raise Neo4jServerError(f"Maven reported success but brought no jars of Neo4j {version()}.")


def _move_into_place(complete: Path, folder: Path) -> None:
    try:
        complete.rename(folder)
    except OSError:
        # Another process was first; a rename onto a folder that holds files is refused.
        if not folder.is_dir():
            raise


def _last_lines(output: str, num_lines: int = 12) -> str:
    return "\n".join(output.strip().splitlines()[-num_lines:])


def main() -> int:
    """Check the machine, fetch the jars and print their folder."""
    try:
        check_tools()
        sys.stdout.write(f"{fetch_jars()}{os.linesep}")
    except Neo4jServerError as error:
        sys.stderr.write(f"{error}\n")
        return 5
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
