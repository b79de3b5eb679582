"""Read a bundle as a stream of nodes and relationships; a bundle that is not whole, or was changed, is refused."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from orgraph.errors import InputError
from orgraph.exchange.bundle import BUNDLE_FORMAT, MANIFEST, RELATIONSHIPS, Bundled
from orgraph.exchange.bundle_cells import value_of
from orgraph.exchange.values import unescape
from orgraph.findings import Finding, Json, Place
from orgraph.graph import Node, NodeKey, Relationship, Value
from orgraph.graph.digest import GraphDigest
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, NodeKind, ValueType

if TYPE_CHECKING:
    from hashlib import _Hash

_MAX_CELL_CHARS = 2**31 - 1
_MAX_MANIFEST_BYTES = 16 * 1024 * 1024
_KIND_BY_TABLE = {f"{kind.plural}.csv": kind for kind in NODE_KINDS.values()}


def is_bundle(path: Path) -> bool:
    """Return whether a file is a zip with a manifest; a workbook is none."""
    with suppress(OSError, zipfile.BadZipFile):
        if path.is_file() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return MANIFEST in archive.namelist()
    return False


class BundleReader:
    """An open bundle. ``bundled`` is what its manifest says; :meth:`things` compares it with what is there.

    Raises
    ------
    InputError
        When it has no readable manifest, or is of a newer format.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._row = 0
        self._table = ""
        with self._told():
            manifest = self._manifest()
            self.bundled = Bundled(
                str(manifest["scope"]),
                int(manifest["scope_version"]),
                dict(manifest["counts"]["nodes"]),
                dict(manifest["counts"]["relationships"]),
                str(manifest["digest"]),
                bool(manifest["is_synthetic"]),
            )
            self._hashes = {str(file["name"]): str(file["sha256"]) for file in manifest["files"]}
        unknown = sorted(self._hashes.keys() - {*_KIND_BY_TABLE, RELATIONSHIPS})
        if unknown:
            self._refuse("bundle_table_unknown", table=", ".join(unknown))

    @property
    def place(self) -> Place:
        """Where the thing that came last stands."""
        return Place(f"{self._path.name}/{self._table}", self._row)

    def things(self) -> Iterator[Node | Relationship]:
        """Yield every node, then every relationship; judge the whole at the end.

        Raises
        ------
        InputError
            Where a table cannot be read or was changed, or when counts and digest differ from the manifest.
        """
        digest = GraphDigest()
        for name, kind in _KIND_BY_TABLE.items():
            if name in self._hashes:
                for node in self._nodes(name, kind):
                    digest.add_node(node)
                    yield node
        for relationship in self._relationships():
            digest.add_relationship(relationship)
            yield relationship
        found = (digest.num_nodes, digest.num_relationships, digest.hex)
        if found != (self.bundled.num_nodes, self.bundled.num_relationships, self.bundled.digest):
            self._refuse("bundle_altered")

    def _manifest(self) -> Mapping[str, Any]:
        with zipfile.ZipFile(self._path) as archive:
            if archive.getinfo(MANIFEST).file_size > _MAX_MANIFEST_BYTES:
                self._refuse("bundle_damaged")
            manifest = json.loads(archive.read(MANIFEST))
        if not isinstance(manifest, dict) or manifest.get("orgraph") != "export":
            self._refuse("bundle_is_none")
        if manifest.get("format") != BUNDLE_FORMAT:
            self._refuse(
                "backup_newer", found=str(manifest.get("format")), version=str(manifest.get("version"))
            )
        return manifest

    def _nodes(self, table: str, kind: NodeKind) -> Iterator[Node]:
        rows = self._rows(table)
        with self._told(table):
            header = [unescape(cell) for cell in next(rows)]
            types = [self._type(table, kind, name) for name in header]
            key = header.index(next(f.name for f in kind.fields if f.is_key))
        for cells in rows:
            with self._told(table):
                named = zip(header, types, cells, strict=True)
                values = {name: value_of(cell, type_) for name, type_, cell in named if type_ is not None}
                properties = {name: v for name, v in values.items() if v is not None}
                node = Node(kind.name, unescape(cells[key]), properties)
            yield node

    def _type(self, table: str, kind: NodeKind, name: str) -> ValueType | None:
        """Return how the cells of a column are read; ``None`` where they are not: the code, and what only shows relationships."""
        field = kind.field_by_name.get(name)
        if field is not None:
            return field.type if field.is_property else None
        if not kind.has_open_weights:
            self._refuse("bundle_column_unknown", table, column=name)
        return ValueType.DECIMAL

    def _relationships(self) -> Iterator[Relationship]:
        rows = self._rows(RELATIONSHIPS)
        with self._told(RELATIONSHIPS):
            header = next(rows)
        for cells in rows:
            with self._told(RELATIONSHIPS):
                given = {n: c for n, c in zip(header, cells, strict=True) if c}
                relationship = self._relationship(given)
            yield relationship

    def _relationship(self, given: dict[str, str]) -> Relationship:
        kind = RELATIONSHIP_KINDS[given.pop("kind")]
        source, target = (
            NodeKey(given.pop(f"{end}_kind"), unescape(given.pop(end))) for end in ("source", "target")
        )
        properties: dict[str, Value] = {
            name: value_of(cell, kind.field_by_name[name].type) for name, cell in given.items()
        }
        return Relationship(kind.name, source, target, properties)

    def _rows(self, table: str) -> Iterator[list[str]]:
        """Yield the rows of a table, its header first; its SHA-256 is compared at the end."""
        csv.field_size_limit(_MAX_CELL_CHARS)
        self._table = table
        digest = hashlib.sha256()
        with self._told(table), zipfile.ZipFile(self._path) as archive, archive.open(table) as raw:
            for self._row, cells in enumerate(csv.reader(_lines(raw, digest), strict=True), start=1):
                yield cells
        if digest.hexdigest() != self._hashes.get(table):
            self._refuse("bundle_table_changed", table)

    @contextmanager
    def _told(self, table: str = "") -> Iterator[None]:
        """Turn whatever goes wrong with the content of the file into a finding at its place."""
        try:
            yield
        except (
            zipfile.BadZipFile,
            zlib.error,
            csv.Error,
            EOFError,
            ValueError,
            TypeError,
            KeyError,
            StopIteration,
            NotImplementedError,
        ):
            self._refuse("bundle_damaged", table, row=self._row)

    def _refuse(self, code: str, table: str = "", **numbers: Json) -> NoReturn:
        name = f"{self._path.name}/{table}" if table else self._path.name
        row = self._row if table else 0
        about: dict[str, Json] = {"file": name, **numbers}
        finding = Finding(f"moving.{code}", place=Place(name, row), numbers=about)
        raise InputError("invalid_input", findings=(finding,), num_errors=1)


def _lines(raw: IO[bytes], digest: _Hash) -> Iterator[str]:
    """Yield the lines of a table, without the mark at its start; a line may end inside a cell."""
    encoding = "utf-8-sig"
    for line in raw:
        digest.update(line)
        yield line.decode(encoding)
        encoding = "utf-8"
