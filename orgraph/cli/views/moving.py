"""What was saved or loaded, on the screen."""

from __future__ import annotations

from pathlib import Path

from orgraph.cli.screen import Column, Screen
from orgraph.exchange.bundle import Bundled
from orgraph.schema import NODE_KINDS
from orgraph.service.moving import Moved


def show_moved(screen: Screen, done: str, file: Path, moved: Moved) -> None:
    """Write counts and digest."""
    words = screen.words
    screen.line(words(f"moving.{done}", path=file))
    columns = [Column(words("moving.records")), Column(words("moving.number"), is_number=True)]
    screen.table(columns, [[words(f"moving.{name}"), words.number(n)] for name, n in moved.counts.items()])
    screen.line(words("moving.digest", digest=moved.digest))
    screen.line(words("moving.internal"))


def show_bundled(screen: Screen, file: Path, bundled: Bundled) -> None:
    """Write how many of each kind were exported, the digest, and what kind of file it is."""
    words = screen.words
    screen.line(words("moving.export_done", path=file))
    if bundled.is_synthetic:
        screen.line(words("synthetic"))
    columns = [Column(words("import.kind")), Column(words("moving.number"), is_number=True)]
    rows = [[words.label(NODE_KINDS[kind].label), words.number(n)] for kind, n in bundled.num_nodes.items()]
    screen.table(columns, rows)
    num_relationships = sum(bundled.num_relationships.values())
    screen.line(words("import.relationships", num=words.number(num_relationships)))
    screen.line(words("moving.digest", digest=bundled.digest))
    screen.line(words("moving.internal"))
