"""A bundle: one zip that holds a part of the graph as tables for people and programs, and comes back exactly.

``<plural>.csv`` per node kind, with the columns of the kind: those that stand for relationships are filled for readers, and ignored when the bundle
is read as a whole. ``relationships.csv`` holds every relationship. ``manifest.json`` holds counts, digest and the SHA-256 of each table.
Everything is written and read as a stream.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import IO, BinaryIO, Self

from orgraph.exchange.bundle_cells import cell_of, relationship_columns
from orgraph.exchange.values import escape
from orgraph.findings import Json
from orgraph.graph import Node, Relationship, Value
from orgraph.graph.digest import GraphDigest
from orgraph.messages import text
from orgraph.schema import NodeKind

BUNDLE_FORMAT = 1
MANIFEST = "manifest.json"
RELATIONSHIPS = "relationships.csv"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""One date for every entry: the same content gives the same bytes."""
_MARK = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class Bundled:
    """What a bundle holds: nodes and relationships by kind, the digest over all, whether generated data are among them."""

    scope: str
    version: int
    num_nodes: Mapping[str, int]
    num_relationships: Mapping[str, int]
    digest: str
    is_synthetic: bool

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "scope": self.scope,
            "scope_version": self.version,
            "is_synthetic": self.is_synthetic,
            "counts": {"nodes": dict(self.num_nodes), "relationships": dict(self.num_relationships)},
            "digest": self.digest,
        }


class BundleWriter:
    """Writes a bundle table by table, inside a ``with`` block; :meth:`finish` makes it whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        self._digest = GraphDigest()
        self._files: list[Json] = []

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the zip."""
        self._zip.close()

    @contextmanager
    def node_table(self, kind: NodeKind, weights: Sequence[str]) -> Iterator[NodeTable]:
        """Open the table of one kind; ``weights`` are its further columns."""
        key = next(f.name for f in kind.fields if f.is_key)
        names = [f.name for f in kind.fields if not f.is_key]
        header = [key, *names, *(escape(weight) for weight in weights)]
        with self._table(f"{kind.plural}.csv", header) as table:
            yield NodeTable(table, self._digest, [*names, *weights])

    @contextmanager
    def relationship_table(self) -> Iterator[RelationshipTable]:
        """Open the table of relationships."""
        columns = relationship_columns()
        with self._table(RELATIONSHIPS, columns) as table:
            yield RelationshipTable(table, self._digest, columns[5:])

    def finish(self, scope: str, version: int, *, program: str) -> Bundled:
        """Write the manifest, with the version of the scope and of the program, and return what the bundle holds."""
        digest = self._digest
        bundled = Bundled(
            scope, version, digest.num_nodes, digest.num_relationships, digest.hex, digest.is_synthetic
        )
        manifest: Json = {
            "orgraph": "export",
            "format": BUNDLE_FORMAT,
            "version": program,
            "internal": dict(text("moving.label.internal").to_json()),
            **bundled.to_json(),
            "files": self._files,
        }
        entry = _entry(MANIFEST)
        self._zip.writestr(entry, json.dumps(manifest, ensure_ascii=False, indent=2))
        return bundled

    @contextmanager
    def _table(self, name: str, header: Sequence[str]) -> Iterator[_Table]:
        with self._zip.open(_entry(name), "w", force_zip64=True) as file:
            table = _Table(file)
            table.write([header])
            yield table
        self._files.append({"name": name, "rows": table.num_rows - 1, "sha256": table.sha256})


class _Table:
    """One table while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256(_MARK)
        self.num_rows = 0
        file.write(_MARK)

    @property
    def sha256(self) -> str:
        """The digest of the bytes so far."""
        return self._hash.hexdigest()

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Write rows of cells."""
        lines = io.StringIO(newline="")
        csv.writer(lines, lineterminator="\r\n").writerows(rows)
        content = lines.getvalue().encode()
        self._hash.update(content)
        self._file.write(content)
        self.num_rows += len(rows)


class NodeTable:
    """The table of one node kind while it is written."""

    def __init__(self, table: _Table, digest: GraphDigest, columns: Sequence[str]) -> None:
        self._table = table
        self._digest = digest
        self._columns = columns

    def write(self, rows: Iterable[tuple[Node, Mapping[str, Value]]]) -> None:
        """Write nodes, each with what its reference columns show."""
        self._table.write([self._cells(node, references) for node, references in rows])

    def _cells(self, node: Node, references: Mapping[str, Value]) -> list[str]:
        self._digest.add_node(node)
        shown = {**references, **node.properties}
        return [escape(node.code), *(cell_of(shown.get(name)) for name in self._columns)]


class RelationshipTable:
    """The table of relationships while it is written."""

    def __init__(self, table: _Table, digest: GraphDigest, columns: Sequence[str]) -> None:
        self._table = table
        self._digest = digest
        self._columns = columns

    def write(self, relationships: Iterable[Relationship]) -> None:
        """Write relationships."""
        self._table.write([self._cells(r) for r in relationships])

    def _cells(self, r: Relationship) -> list[str]:
        self._digest.add_relationship(r)
        ends = (r.source.kind, escape(r.source.code), r.target.kind, escape(r.target.code))
        return [r.kind, *ends, *(cell_of(r.properties.get(name)) for name in self._columns)]


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
