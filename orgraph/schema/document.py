"""Write the field tables of ``docs/schema.md`` from the declarations: ``python -m orgraph.schema.document [FILE]``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from orgraph.messages import Text, keys, text
from orgraph.schema.kinds import COVERAGE_MEASURES, NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.schema.model import CoverageMeasure, Field, NodeKind, RelationshipKind
from orgraph.schema.rules import RULES, Rule

_HEAD = """# Schema

Written by `python -m orgraph.schema.document`; a test compares it with the declarations in `orgraph/schema`.

Every node has a `code`, its key; names are no keys. People appear as counts and pseudonymous codes only. A **reference** is a column of a
file that stands for a relationship. Marks: **r** required, **s** sortable, **f** filterable, **t** found by text search.
"""


def document() -> str:
    """Return the page as Markdown."""
    parts = [
        _HEAD,
        "## Node kinds\n",
        *(_node_kind(kind) for kind in NODE_KINDS.values()),
        "## Relationship kinds\n",
        "Cardinality: how many may leave one source and reach one target, source side first.\n",
        _table(
            ("name", "中文", "English", "ends", "cardinality", "marks", "fields"),
            map(_relationship, RELATIONSHIP_KINDS.values()),
        ),
        "## Coverage measures\n",
        _table(("name", "中文", "English", "of", "with"), map(_measure, COVERAGE_MEASURES.values())),
        "## Rule book\n",
        "Certainty: T = the text was read, S = a secondary page says so, C = recalled, to be checked. First day inclusive, last exclusive. "
        "The words are ours; the documents decide.\n",
        _table(
            ("id", "use", "document", "article", "certainty", "in force", "numbers", "中文", "English"),
            map(_rule, RULES.values()),
        ),
    ]
    return "\n".join(parts)


def main(arguments: list[str]) -> None:
    """Write the page to the file named, by default ``docs/schema.md``."""
    target = Path(arguments[0]) if arguments else Path("docs/schema.md")
    target.write_text(document(), encoding="utf-8")


def _node_kind(kind: NodeKind) -> str:
    further = "Further numeric columns are weights for planning.\n\n" if kind.has_open_weights else ""
    heading = f"### {kind.name} ({kind.label.zh}), files `{kind.plural}`\n\n{kind.description.zh}{kind.description.en}\n\n"
    columns = ("field", "中文", "English", "type", "unit", "sees it", "marks", "reference")
    return heading + further + _table(columns, map(_field, kind.fields))


def _field(field: Field) -> tuple[str, ...]:
    flags = (
        (field.is_required, "r"),
        (field.is_sortable, "s"),
        (field.is_filterable, "f"),
        (field.is_searchable, "t"),
    )
    return (
        f"`{field.name}`",
        field.label.zh,
        field.label.en,
        _type(field),
        _unit(field.unit),
        field.sensitivity.value,
        " ".join(mark for is_set, mark in flags if is_set),
        _reference(field),
    )


def _type(field: Field) -> str:
    if field.choices:
        return "one of " + ", ".join(f"`{choice.value}` {choice.label.zh}" for choice in field.choices)
    low = "" if field.minimum is None else f" ≥ {field.minimum:g}"
    high = "" if field.maximum is None else f" ≤ {field.maximum:g}"
    return field.type.value + low + high


def _unit(unit: str) -> str:
    key = f"schema.unit.{unit}"
    return text(key).zh if key in keys("zh") else unit


def _reference(field: Field) -> str:
    if not field.reference:
        return ""
    other = field.reference_kind or "any"
    return f"{other} → {field.reference}" if field.is_incoming else f"{field.reference} → {other}"


def _relationship(kind: RelationshipKind) -> tuple[str, ...]:
    marks = (
        (kind.is_containment, "containment"),
        (kind.is_acyclic, "no circles"),
        (kind.is_symmetric, "both ways"),
    )
    return (
        f"`{kind.name}`",
        kind.label.zh,
        kind.label.en,
        "; ".join(_ends(kind)),
        kind.cardinality.value,
        ", ".join(mark for is_set, mark in marks if is_set),
        ", ".join(f"`{f.name}`" for f in kind.fields),
    )


def _ends(kind: RelationshipKind) -> Iterator[str]:
    sources: dict[str, list[str]] = {}
    for source, target in kind.ends:
        sources.setdefault(source, []).append(target)
    grouped: dict[tuple[str, ...], list[str]] = {}
    for source, targets in sources.items():
        grouped.setdefault(tuple(targets), []).append(source)
    for targets_, sources_ in grouped.items():
        yield f"{', '.join(sources_)} → {', '.join(targets_)}"


def _measure(measure: CoverageMeasure) -> tuple[str, ...]:
    where = f" ({measure.where[0]}: {', '.join(measure.where[1])})" if measure.where else ""
    return (
        f"`{measure.name}`",
        measure.label.zh,
        measure.label.en,
        measure.kind + where,
        measure.path,
    )


def _rule(rule: Rule) -> tuple[str, ...]:
    dates = f"{rule.valid_from or ''} – {rule.valid_to or ''}" if rule.valid_from or rule.valid_to else ""
    numbers = ", ".join(f"{name} {_number(value)}" for name, value in rule.parameters.items())
    note = rule.note or Text("", "")
    return (
        rule.id,
        rule.use.value,
        f"{rule.document.zh} {rule.document.en}",
        f"{rule.article.zh} {rule.article.en}",
        rule.certainty.value,
        dates,
        numbers,
        f"{rule.text.zh}{note.zh}",
        f"{rule.text.en} {note.en}".strip(),
    )


def _number(value: object) -> str:
    return "–".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return (
        "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        + "\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
