"""Small files, and what reading them finds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orgraph.exchange import ReadResult, read

Write = Callable[[str, str | bytes], Path]
Codes = Callable[[ReadResult], set[str]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path; text becomes UTF-8."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def read_units(write: Write) -> Callable[..., ReadResult]:
    """Read one file of units, with edges where given."""

    def read_both(units: str | bytes, edges: str | None = None, **options: object) -> ReadResult:
        paths = [write("units.csv", units)]
        if edges is not None:
            paths.append(write("edges.csv", edges))
        return read(paths, **options)

    return read_both


@pytest.fixture
def codes() -> Codes:
    """Return the names of all findings without their area."""

    def of(result: ReadResult) -> set[str]:
        return {finding.code.removeprefix("exchange.") for finding in result.findings}

    return of
