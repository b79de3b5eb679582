"""The figures of every call on Neo4j as they are held in ``bench/store_plans.json``: what profiles are written as, and read back for the page and the test."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "bench" / "store_plans.json"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it was run: its text, its operators from the leaves up, and how often it touched the database."""

    query: str
    operators: tuple[str, ...]
    hits: int


def recorded() -> dict[str, list[Statement]]:
    """Return the figures as they were written last."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    return {
        name: [Statement(s["query"], tuple(s["operators"]), s["hits"]) for s in statements]
        for name, statements in figures.items()
    }


def write(figures: Mapping[str, Sequence[Statement]]) -> None:
    """Write the figures."""
    plain = {name: [asdict(s) for s in statements] for name, statements in figures.items()}
    FIGURES.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
