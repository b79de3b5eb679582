"""What an import did, on the screen."""

from __future__ import annotations

from orgraph.cli.screen import Column, Screen
from orgraph.cli.views.findings import show_findings
from orgraph.schema import NODE_KINDS
from orgraph.service.imports import Import


def show_import(screen: Screen, answer: Import) -> None:
    """Write what was put, then the warnings."""
    words = screen.words
    screen.line(words("import.dry_run" if answer.is_dry_run else "import.done"))
    if answer.is_synthetic:
        screen.line(words("synthetic"))
    columns = [
        Column(words("import.kind")),
        Column(words("import.new"), is_number=True),
        Column(words("import.existing"), is_number=True),
    ]
    screen.table(columns, [_row(screen, answer, kind) for kind in _kinds(answer)])
    screen.line(words("import.relationships", num=words.number(answer.num_relationships)))
    for scope, version in answer.versions.items():
        screen.line(words("import.version", scope=scope or "-", version=version))
    show_findings(screen, answer.findings)


def _kinds(answer: Import) -> list[str]:
    return list(dict.fromkeys([*answer.num_new, *answer.num_existing]))


def _row(screen: Screen, answer: Import, kind: str) -> list[str]:
    words = screen.words
    numbers = (answer.num_new.get(kind, 0), answer.num_existing.get(kind, 0))
    return [words.label(NODE_KINDS[kind].label), *(words.number(n) for n in numbers)]
