"""Where each declared kind and field lives: tables, columns and indexes, derived from :mod:`orgraph.schema`.

One table per node kind holds the present, one holds the past with the day on which a state ended. A field is a column ``p_<field>``
without a type, so that values come back as they went in; a text that is sorted by also has its pinyin key in ``k_<field>``.
Identifiers are whole numbers whose low bits tell the kind, so that a relationship knows the kinds of its ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from orgraph.graph import Node, Properties, Value
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Field, NodeKind, RelationshipKind, ValueType
from orgraph.store.collation import sort_key

KIND_BITS = 6
KIND_MASK = (1 << KIND_BITS) - 1

Stored: TypeAlias = int | float | str | bytes | None
"""A value as SQLite holds it."""

Encoder = Callable[[Value], Stored]
Decoder = Callable[[Stored], Value]

HEAD = ("id", "code", "valid_from", "begun", "born")
"""Identity, code, first day of this state, commit that made it, first day of the node."""


@dataclass(frozen=True)
class Table:
    """The tables of one node kind."""

    kind: NodeKind
    number: int

    @cached_property
    def name(self) -> str:
        """Table of the present; also what queries about a day call the states of that day."""
        return f"node_{self.kind.name}"

    @cached_property
    def past(self) -> str:
        """Table of ended states."""
        return f"past_{self.kind.name}"

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields that have a column."""
        return self.kind.properties

    @cached_property
    def keyed(self) -> tuple[Field, ...]:
        """The fields with a stored sort key."""
        return tuple(f for f in self.fields if f.is_sortable and f.type is ValueType.TEXT)

    @cached_property
    def searchable(self) -> tuple[Field, ...]:
        """The fields that search reads."""
        return tuple(f for f in self.fields if f.is_searchable)

    @cached_property
    def value_columns(self) -> tuple[str, ...]:
        """The columns that hold a node's properties, in the order of :meth:`decode`."""
        weights = ("weights",) if self.kind.has_open_weights else ()
        return (*(f"p_{f.name}" for f in self.fields), *weights)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column, in the order of :meth:`row`."""
        return (*HEAD, *self.value_columns, *(f"k_{f.name}" for f in self.keyed))

    @cached_property
    def _encoders(self) -> tuple[tuple[str, Encoder | None], ...]:
        return tuple((f.name, _ENCODERS.get(f.type)) for f in self.fields)

    @cached_property
    def _decoders(self) -> tuple[tuple[str, Decoder | None], ...]:
        return tuple((f.name, _DECODERS.get(f.type)) for f in self.fields)

    def encode(self, properties: Properties) -> tuple[Stored, ...]:
        """Return the values of ``value_columns`` and of the sort keys."""
        get = properties.get
        values: list[Stored] = [
            get(name) if encoder is None else encoder(get(name))  # type: ignore[misc]
            for name, encoder in self._encoders
        ]
        if self.kind.has_open_weights:
            values.append(self._weights(properties))
        for field in self.keyed:
            text = get(field.name)
            values.append(None if text is None else sort_key(str(text)))
        return tuple(values)

    def _weights(self, properties: Properties) -> str | None:
        known = self.kind.field_by_name
        weights = {name: v for name, v in properties.items() if name not in known and v is not None}
        return json.dumps(weights, ensure_ascii=False) if weights else None

    def decode(self, values: Sequence[Stored]) -> dict[str, Value]:
        """Return the properties that a row of ``value_columns`` holds."""
        properties: dict[str, Value] = {
            name: value if decoder is None else decoder(value)  # type: ignore[misc]
            for (name, decoder), value in zip(self._decoders, values, strict=False)
            if value is not None
        }
        if self.kind.has_open_weights and values[-1] is not None:
            properties.update(json.loads(str(values[-1])))
        return properties

    def node(self, code: str, values: Sequence[Stored]) -> Node:
        """Return the node that a row of ``value_columns`` stands for."""
        return Node(self.kind.name, code, self.decode(values))

    def column(self, field: str) -> str:
        """Return the column that holds a field's value."""
        return "code" if field == "code" else f"p_{field}"

    @cached_property
    def synthetic(self) -> str:
        """The condition that a state was generated, as a whole or in some values: :func:`orgraph.graph.is_synthetic`."""
        some = " OR p_synthetic_fields <> '[]'" if "synthetic_fields" in self.kind.field_by_name else ""
        return f"(p_is_synthetic = 1{some})"

    def sort_column(self, field: str) -> str:
        """Return the column that a field is sorted by."""
        return f"k_{field}" if any(f.name == field for f in self.keyed) else self.column(field)


def _encode_codes(value: Value) -> Stored:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _encode_flag(value: Value) -> Stored:
    return None if value is None else int(bool(value))


def _decode_codes(value: Stored) -> Value:
    return tuple(json.loads(str(value)))


_ENCODERS: Mapping[ValueType, Encoder] = {ValueType.CODES: _encode_codes, ValueType.BOOLEAN: _encode_flag}
_DECODERS: Mapping[ValueType, Decoder] = {ValueType.CODES: _decode_codes, ValueType.BOOLEAN: bool}


@dataclass(frozen=True)
class Layout:
    """All tables, and the numbers by which rows name kinds. Kinds of containment have negative numbers: one range finds them."""

    tables: Mapping[str, Table]
    relationship_numbers: Mapping[str, int]

    @cached_property
    def table_by_number(self) -> Mapping[int, Table]:
        """Tables by the low bits of their identifiers."""
        return {t.number: t for t in self.tables.values()}

    @cached_property
    def relationship_by_number(self) -> Mapping[int, RelationshipKind]:
        """Relationship kinds by number."""
        return {n: RELATIONSHIP_KINDS[name] for name, n in self.relationship_numbers.items()}

    def table_of(self, node_id: int) -> Table:
        """Return the table that holds an identifier."""
        return self.table_by_number[node_id & KIND_MASK]


def layout_from(numbers: Mapping[tuple[str, str], int]) -> Layout:
    """Return the layout for numbers by (role, name), role being ``node`` or ``relationship``."""
    return Layout(
        {name: Table(kind, numbers["node", name]) for name, kind in NODE_KINDS.items()},
        {name: numbers["relationship", name] for name in RELATIONSHIP_KINDS},
    )


def statements(layout: Layout) -> Iterator[str]:
    """Yield what makes every table and index that is missing."""
    yield from FIXED_TABLES
    for table in layout.tables.values():
        columns = ", ".join(c for c in table.columns if c not in HEAD)
        head = "id INTEGER PRIMARY KEY, code TEXT NOT NULL, valid_from INTEGER, begun INTEGER, born INTEGER"
        past = "id INTEGER, code TEXT NOT NULL, valid_from INTEGER, begun INTEGER, born INTEGER"
        yield f"CREATE TABLE IF NOT EXISTS {table.name} ({head}, {columns})"
        yield f"CREATE TABLE IF NOT EXISTS {table.past} ({past}, {columns}, valid_to INTEGER, ended INTEGER)"
        yield f"CREATE UNIQUE INDEX IF NOT EXISTS {table.name}_code ON {table.name} (code)"
        yield f"CREATE INDEX IF NOT EXISTS {table.past}_id ON {table.past} (id)"
        yield f"CREATE INDEX IF NOT EXISTS {table.past}_code ON {table.past} (code)"
        yield f"CREATE INDEX IF NOT EXISTS {table.past}_synthetic ON {table.past} (id) WHERE {table.synthetic}"
    for name, statement in sorted_indexes(layout).items():
        yield statement.replace("CREATE INDEX", f"CREATE INDEX IF NOT EXISTS {name}", 1)


def sorted_indexes(layout: Layout) -> dict[str, str]:
    """Return the indexes for sorting and filtering by name; a bulk load drops them and makes them again at its end."""
    indexes: dict[str, str] = {}
    for table in layout.tables.values():
        for field in table.fields:
            wanted = {(table.sort_column(field.name), "code")} if field.is_sortable else set()
            if field.is_filterable and (table.column(field.name), "code") not in wanted:
                wanted.add((table.column(field.name), "code"))
            for column, code in sorted(wanted):  # in an order that every process finds
                indexes[f"{table.name}_{column}"] = (
                    f"CREATE INDEX ON {table.name} ({column}, {code}) WHERE {column} IS NOT NULL"
                )
    return indexes


FIXED_TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS kind (role TEXT, name TEXT, number INTEGER, PRIMARY KEY (role, name)) WITHOUT ROWID",
    # present relationships, and the way back
    "CREATE TABLE IF NOT EXISTS relationship (source INTEGER, kind INTEGER, target INTEGER, valid_from INTEGER,"
    " begun INTEGER, properties TEXT, PRIMARY KEY (source, kind, target)) WITHOUT ROWID",
    "CREATE UNIQUE INDEX IF NOT EXISTS relationship_in ON relationship (target, kind, source)",
    "CREATE TABLE IF NOT EXISTS past_relationship (source INTEGER, kind INTEGER, target INTEGER, valid_from INTEGER,"
    " begun INTEGER, properties TEXT, valid_to INTEGER, ended INTEGER)",
    "CREATE INDEX IF NOT EXISTS past_relationship_out ON past_relationship (source, kind, target)",
    "CREATE INDEX IF NOT EXISTS past_relationship_in ON past_relationship (target, kind, source)",
    # where each node stands in the tree of containment: four bytes per container, outermost first, itself last;
    # synthetic is 1 where its state was generated
    "CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY, kind INTEGER, path BLOB, scope INTEGER, synthetic INTEGER)",
    "CREATE INDEX IF NOT EXISTS place_path ON place (kind, path)",
    "CREATE INDEX IF NOT EXISTS place_synthetic ON place (kind, path) WHERE synthetic = 1",
    # the log: commits, the versions they made, and what they touched (kind 0 and b 0: the node a itself)
    "CREATE TABLE IF NOT EXISTS commits (id INTEGER PRIMARY KEY, at TEXT, author TEXT, reason TEXT, effective INTEGER)",
    "CREATE TABLE IF NOT EXISTS commit_scope (scope TEXT, version INTEGER, commit_id INTEGER REFERENCES commits,"
    " PRIMARY KEY (scope, version)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS touched (commit_id INTEGER, a INTEGER, kind INTEGER, b INTEGER,"
    " PRIMARY KEY (commit_id, a, kind, b)) WITHOUT ROWID",
    # only for commits that changed several scopes
    "CREATE TABLE IF NOT EXISTS touched_scope (commit_id INTEGER, scope TEXT, a INTEGER, kind INTEGER, b INTEGER,"
    " PRIMARY KEY (commit_id, scope, a, kind, b)) WITHOUT ROWID",
    # search: folded texts, and their bigrams
    "CREATE TABLE IF NOT EXISTS search_text (id INTEGER PRIMARY KEY, folded TEXT, sort_key TEXT, code TEXT)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_gram USING fts5"
    " (grams, content='', contentless_delete=1, tokenize='ascii')",
)
