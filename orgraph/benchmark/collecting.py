"""Which instances a benchmark solves: files and folders that were named, or generated ones. All that is wrong with them is told before the first is solved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from orgraph.benchmark.case import Case, Family
from orgraph.errors import InputError
from orgraph.findings import Finding, Place, has_errors

AnyCase = Case[Any]
AnyFamily = Family[Any, Any]


def cases_of_files(family: AnyFamily, paths: Sequence[Path], config: Path | None) -> list[AnyCase]:
    """Return the instances of files, and of all JSON files below folders, in their order.

    Raises
    ------
    InputError
        With every finding of every file.
    """
    found: list[Finding] = []
    cases: list[AnyCase] = []
    for path in paths:
        files = list(_files(path))
        if not files:
            found.append(Finding("benchmark.path_empty", place=Place(path.name), numbers={"path": str(path)}))
        for file in files:
            cases += _read(family, file, config, found)
    return _sound(family, cases, found)


def generated_cases(family: AnyFamily, names: Sequence[str], seed: int) -> list[AnyCase]:
    """Return the generated instances that are named, all small ones when none is.

    Raises
    ------
    InputError
        For names that do not exist.
    """
    small = {case.name: case for case in family.generated(seed)}
    larger = family.larger(seed)
    known = [*small, *larger]
    found = [_unknown(name, family.name, known) for name in names if name not in known]
    if found:
        raise InputError("invalid_input", findings=found, num_errors=len(found))
    cases = [small[name] if name in small else larger[name]() for name in names or small]
    return _sound(family, cases, [])


def _sound(family: AnyFamily, cases: list[AnyCase], found: list[Finding]) -> list[AnyCase]:
    """Return the cases, or raise with what is wrong in any of them."""
    for case in cases:
        found += [_placed(finding, case) for finding in family.findings(case.problem)]
    if has_errors(found):
        raise InputError(
            "invalid_input", findings=found, num_errors=sum(finding.is_error for finding in found)
        )
    return cases


def _placed(finding: Finding, case: AnyCase) -> Finding:
    """Return the finding with the file that it is about."""
    if finding.place is not None or case.path is None:
        return finding
    return replace(finding, place=Place(case.path.name))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*.json") if file.is_file())
    elif path.exists():
        yield path


def _read(family: AnyFamily, file: Path, config: Path | None, found: list[Finding]) -> Sequence[AnyCase]:
    try:
        return family.read(file, config)
    except InputError as error:
        found += error.findings
        return ()


def _unknown(name: str, family: str, known: Sequence[str]) -> Finding:
    return Finding(
        "benchmark.case_unknown", subject=(name,), numbers={"family": family, "known": ", ".join(known)}
    )
