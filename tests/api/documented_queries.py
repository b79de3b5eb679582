"""The queries of docs/api.md: each with its variables, its answer, and the store calls that it takes; `write` fills the answers in anew."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
_BLOCK = re.compile(
    r"^#### (?P<title>.+?)\n\n```graphql\n(?P<query>.+?)```\n\n"
    r"Variables `(?P<variables>.+?)`; store calls: (?P<calls>.+?)\.\n\n```json\n(?P<answer>.*?)\n```\n",
    re.DOTALL | re.MULTILINE,
)


class Documented(NamedTuple):
    """One query of the page."""

    title: str
    query: str
    variables: dict[str, Any]
    calls: dict[str, int]
    answer: Any


def documented(section: str) -> Iterator[Documented]:
    """Yield the queries of a section."""
    text = PAGE.read_text(encoding="utf-8")
    (part,) = [
        p for p in re.split(r"^(?=### )", text, flags=re.MULTILINE) if p.startswith(f"### {section}\n")
    ]
    for found in _BLOCK.finditer(part):
        yield Documented(
            found["title"],
            found["query"],
            json.loads(found["variables"]),
            {name: int(number or 1) for name, number in re.findall(r"`(\w+)`(?: × (\d+))?", found["calls"])},
            json.loads(found["answer"]),
        )
