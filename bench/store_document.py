"""Write the derived parts of ``docs/store.md``: tables of both stores, and the statements of Neo4j with plans and figures.

python bench/store_document.py

The prose of the page is written by hand; each derived part stands between two marks that name it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from store_figures import ROOT, Statement, recorded

from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.store.neo4j.layout import LABELS
from orgraph.store.neo4j.layout import statements as neo4j_statements
from orgraph.store.port import Store
from orgraph.store.sqlite.layout import layout_from
from orgraph.store.sqlite.layout import statements as sqlite_statements

PAGE = ROOT / "docs" / "store.md"
EXAMPLE = "Unit"
"""The kind whose tables and indexes are shown in full; those of the others are made in the same way."""
_LONG = 900
"""Longer statements are shortened on the page; the whole text stands beside the code that runs it."""


def operations() -> Iterator[str]:
    """Yield one line per operation of the port: its name and the first sentence of what it promises."""
    yield "| operation | what it does |"
    yield "|---|---|"
    for name, method in vars(Store).items():
        if callable(method) and not name.startswith("_"):
            yield f"| `{name}` | {_first_sentence(method.__doc__ or '')} |"


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", " ".join(text.split()), maxsplit=1)[0].replace("|", "\\|")


def sqlite_schema() -> Iterator[str]:
    """Yield what makes the tables and indexes of a file: those that are always there, and those of one kind."""
    numbers = {("node", name): n for n, name in enumerate(NODE_KINDS, 1)}
    numbers |= {("relationship", name): n for n, name in enumerate(RELATIONSHIP_KINDS, 1)}
    yield from _shown("sql", sqlite_statements(layout_from(numbers)), rf"\b(node|past)_(?!{EXAMPLE}\b)[A-Z]")


def neo4j_schema() -> Iterator[str]:
    """Yield what makes the constraints and indexes of a database, those of one kind among them."""
    others = "|".join(name for name in NODE_KINDS if name != EXAMPLE)
    yield from _shown("cypher", neo4j_statements(), rf"\(n:(_Past_)?({others})\)")
    yield "Properties with an index of their own (with `code` behind it), by kind:\n"
    yield "| kind | indexed |"
    yield "|---|---|"
    for label in LABELS.values():
        found = (re.search(rf"\(n:{label.name}\) ON \((.*)\)$", s) for s in neo4j_statements())
        names = [match[1].replace("n.", "").removesuffix(", code") for match in found if match]
        yield f"| {label.name} | {', '.join(f'`{name}`' for name in names)} |"


def _shown(language: str, statements: Iterator[str], left_out: str) -> Iterator[str]:
    """Yield the statements in which the pattern is not found, in a frame, two lines apart from what follows."""
    yield f"```{language}"
    for statement in statements:
        if not re.search(left_out, statement):
            yield f"{' '.join(statement.split())};"
    yield "```\n"


def totals() -> Iterator[str]:
    """Yield how many statements and database hits every call takes."""
    yield "| call | statements | database hits |"
    yield "|---|---:|---:|"
    for name, found in recorded().items():
        yield f"| {name} | {len(found)} | {sum(s.hits for s in found):,} |"


def plans() -> Iterator[str]:
    """Yield every statement of every call, with its plan; one that an earlier call runs too is only named there."""
    shown: dict[str, str] = {}
    for name, found in recorded().items():
        yield f"### {name}\n"
        for statement in found:
            yield from _plan(name, statement, shown)


def _plan(call: str, statement: Statement, shown: dict[str, str]) -> Iterator[str]:
    hits = f"{statement.hits:,} hits"
    if statement.query in shown:
        yield f"- {hits}: as under *{shown[statement.query]}*\n"
        return
    shown[statement.query] = call
    text = statement.query if len(statement.query) <= _LONG else f"{statement.query[:_LONG]} ..."
    yield f"- {hits}: {' → '.join(_counted(statement.operators))}\n"
    yield f"  ```cypher\n  {text}\n  ```\n"


def _counted(operators: tuple[str, ...]) -> Iterator[str]:
    for name, run in groupby(operators):
        num = len(list(run))
        yield name if num == 1 else f"{name} ×{num}"


PARTS: Mapping[str, Callable[[], Iterator[str]]] = {
    "operations": operations,
    "sqlite schema": sqlite_schema,
    "neo4j schema": neo4j_schema,
    "totals": totals,
    "plans": plans,
}


def page(text: str) -> str:
    """Return the page with every derived part as it is now."""
    for name, part in PARTS.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(start)
        after = rest.partition(end)[2]
        text = f"{before}{start}{chr(10).join(part())}\n{end}{after}"
    return text


def write_page() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write_page()
