"""What a plan command is given: files and a configuration, read together, so that everything wrong with them is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from orgraph.errors import InputError
from orgraph.exchange import Source, read, read_configuration
from orgraph.findings import Finding
from orgraph.graph import OrgGraph
from orgraph.planning.restructuring import Options, Outcome, draft_options, problem
from orgraph.service.imports import merged


@dataclass(frozen=True, slots=True)
class PlanInput:
    """A graph, what is asked of it, and the warnings met while reading. ``name``: the name of the table of units."""

    graph: OrgGraph
    options: Options
    warnings: tuple[Finding, ...]
    name: str

    def with_warnings(self, outcome: Outcome) -> Outcome:
        """Return the outcome with the warnings among its findings."""
        return replace(outcome, findings=merged(outcome.findings, self.warnings))


def read_input(files: Mapping[str, Path], config: Path | None, flags: Mapping[str, object]) -> PlanInput:
    """Read files (by kind) and configuration; flags override the configuration.

    Raises
    ------
    InputError
        With every finding of files and options, when any of them is an error.
    """
    result = read([Source(path, kind) for kind, path in files.items()])
    tables, found = read_configuration(config)
    options, wrong = draft_options(tables or {}, flags, file=config.name if config else "")
    if tables is None:
        wrong = ()
    elif wrong and result.graph is not None:
        wrong += tuple(f for f in problem(result.graph, options)[1] if f.is_error)
    findings = (*result.findings, *found, *wrong)
    if result.graph is None or tables is None or wrong:
        num_errors = sum(f.is_error for f in findings)
        raise InputError("invalid_input", findings=findings, num_errors=num_errors)
    first = next(iter(files.values()))
    return PlanInput(result.graph, options, findings, first.stem)
