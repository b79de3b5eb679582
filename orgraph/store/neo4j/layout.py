"""How declared kinds and fields look in Neo4j: labels, properties, constraints and indexes, derived from :mod:`orgraph.schema`.

A present node carries the label of its kind and ``_Identity``; its fields are properties of the same name. What begins with an
underscore is bookkeeping. A past state of a node that lives on is a node ``_Past_<Kind>`` with ``_STATE_OF`` to it; an ended
node takes that label itself. A past relationship is of type ``WAS_<KIND>``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TypeAlias, cast

from orgraph.graph import Node, Properties, Value, is_synthetic
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Field, NodeKind, ValueType
from orgraph.store.bigrams import folded_fields, index_words
from orgraph.store.collation import sort_key

Stored: TypeAlias = int | float | str | bool | list[str] | None
"""A value as Neo4j holds it."""

MAX_DEPTH = 64
"""Containers above each other that a query follows; no real tree comes near."""
CONTAINMENT = tuple(name for name, kind in RELATIONSHIP_KINDS.items() if kind.is_containment)
INSIDE = "|".join(CONTAINMENT)
"""The relationship types of containment, as a pattern names them."""
CONTAINERS = tuple(
    name
    for name in NODE_KINDS
    if any(
        name == target for kind in map(RELATIONSHIP_KINDS.get, CONTAINMENT) if kind for _, target in kind.ends
    )
)
"""The kinds of nodes that can contain others; they are found by ``_scope`` too."""
INSIDE_BY_KIND: Mapping[str, tuple[str, ...]] = {
    kind: tuple(t for t in CONTAINMENT if any(kind == source for source, _ in RELATIONSHIP_KINDS[t].ends))
    for kind in NODE_KINDS
}
"""By kind: the types of containment that its nodes may have."""
NUMEROUS = ("Household", "PartyMember")
"""The kinds with so many nodes in one part (a town) that a page of it needs an index by every field."""
SEARCH_INDEX = "orgraph_search"
LAYOUT_VERSION = 1
"""Grows only when existing labels or properties change their meaning."""


@dataclass(frozen=True)
class Label:
    """The labels of one node kind, and how its nodes are written."""

    kind: NodeKind

    @property
    def name(self) -> str:
        """Label of the present."""
        return self.kind.name

    @property
    def past(self) -> str:
        """Label of ended states."""
        return f"_Past_{self.kind.name}"

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields that are properties."""
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
    def _compared_decimals(self) -> tuple[str, ...]:
        compared = (f for f in self.fields if f.is_sortable or f.is_filterable)
        return tuple(f.name for f in compared if f.type is ValueType.DECIMAL)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(f.name for f in self.fields)

    def encode(self, properties: Properties) -> dict[str, Stored]:
        """Return the stored properties of one state; missing values are left out."""
        names = self._names
        stored: dict[str, Stored] = {
            name: list(v) if isinstance(v, tuple) else v
            for name, v in properties.items()
            if v is not None and name in names
        }
        for name in self._compared_decimals:
            if stored.get(name) == 0:
                stored[name] = abs(cast(float, stored[name]))  # an index tells -0.0 from 0.0
        if self.kind.has_open_weights:
            weights = {name: v for name, v in properties.items() if v is not None and name not in names}
            if weights:
                stored["_weights"] = json.dumps(weights, ensure_ascii=False)
        return stored

    def derive(self, code: str, properties: Properties) -> dict[str, Stored]:
        """Return what is stored beside a present state so that it can be sorted and found; ``_synthetic`` names the kind of what was generated."""
        derived: dict[str, Stored] = {
            f"_key_{f.name}": sort_key(str(v))
            for f in self.keyed
            if (v := properties.get(f.name)) is not None
        }
        values = [str(v) for f in self.searchable if (v := properties.get(f.name)) is not None]
        if folded := folded_fields(values):
            derived |= {
                "_folded": folded,
                "_grams": index_words(folded),
                "_sort": sort_key(str(properties.get("name") or code)),
            }
        if is_synthetic(properties):
            derived["_synthetic"] = self.name
        return derived

    def decode(self, stored: Mapping[str, Stored]) -> dict[str, Value]:
        """Return the properties of a stored state, in the order of the schema."""
        properties: dict[str, Value] = {
            f.name: tuple(v) if isinstance(v := stored[f.name], list) else v
            for f in self.fields
            if f.name in stored
        }
        if "_weights" in stored:
            properties.update(json.loads(str(stored["_weights"])))
        return properties

    def node(self, stored: Mapping[str, Stored]) -> Node:
        """Return the node that a stored state stands for."""
        return Node(self.kind.name, str(stored["code"]), self.decode(stored))

    def sort_property(self, field: str) -> str:
        """Return the property that a field is sorted by."""
        return f"_key_{field}" if any(f.name == field for f in self.keyed) else field


LABELS: Mapping[str, Label] = {name: Label(kind) for name, kind in NODE_KINDS.items()}
"""By kind."""


def past_type(kind: str) -> str:
    """Return the type of ended relationships of a kind."""
    return f"WAS_{kind}"


def decode_relationship(kind: str, stored: Mapping[str, Stored]) -> dict[str, Value]:
    """Return the properties of a stored relationship, in the order of the schema."""
    return {
        f.name: tuple(v) if isinstance(v := stored[f.name], list) else v
        for f in RELATIONSHIP_KINDS[kind].fields
        if f.name in stored
    }


def encode_relationship(properties: Properties) -> dict[str, Stored]:
    """Return the stored properties of a relationship; missing values are left out."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in properties.items() if v is not None}


def statements() -> Iterator[str]:
    """Yield what makes every constraint and index that is missing."""
    for label, names in _UNIQUE:
        yield (
            f"CREATE CONSTRAINT orgraph{label}_{'_'.join(names)} IF NOT EXISTS FOR (n:{label})"
            f" REQUIRE ({', '.join(f'n.{n}' for n in names)}) IS UNIQUE"
        )
    for label, names in _LOOKED_UP:
        yield _index(f"orgraph{label}_{'_'.join(names)}", label, names)
    for kind in LABELS.values():
        yield (
            f"CREATE CONSTRAINT orgraph_{kind.name}_code IF NOT EXISTS FOR (n:{kind.name}) REQUIRE n.code IS UNIQUE"
        )
        yield _index(f"orgraph_{kind.past}_code", kind.past, ("code",))
        if kind.name in CONTAINERS:
            yield _index(f"orgraph_{kind.name}__scope", kind.name, ("_scope",))
        yield _index(f"orgraph_{kind.name}__part", kind.name, ("_part", "code"))
        for name in sorted(_sorted_or_filtered(kind)):
            yield _index(f"orgraph_{kind.name}_{name}", kind.name, (name, "code"))
            if kind.name in NUMEROUS:
                yield _index(f"orgraph_{kind.name}__part_{name}", kind.name, ("_part", name, "code"))
    searched = "|".join(kind.name for kind in LABELS.values() if kind.searchable)
    yield (
        f"CREATE FULLTEXT INDEX {SEARCH_INDEX} IF NOT EXISTS FOR (n:{searched}) ON EACH [n._grams]"
        " OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false}}"
    )


_UNIQUE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("_Identity", ("_id",)),
    ("_Store", ("name",)),
    ("_Announcement", ("name",)),
    ("_Commit", ("number",)),
    ("_Commit", ("token",)),
    ("_Version", ("scope", "version")),
)
_LOOKED_UP: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("_Version", ("commit",)),
    ("_Touched", ("commit", "scope")),
    ("_Identity", ("_synthetic", "_scope", "_part")),
    ("_Identity", ("_once_synthetic",)),
)


def _index(name: str, label: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(f"n.{n}" for n in names)
    return f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON ({listed})"


def _sorted_or_filtered(label: Label) -> set[str]:
    """Return the properties that a page may be read along."""
    by_order = {label.sort_property(f.name) for f in label.fields if f.is_sortable}
    # a range index refuses texts of more than some 8,000 bytes: free texts are found by their sort key, which is bounded
    return by_order | {f.name for f in label.fields if f.is_filterable and f.type is not ValueType.TEXT}


@cache
def digest() -> str:
    """Return a digest of all that the schema declares for a database."""
    parts = [*statements(), *(f"{k.name} {k.has_open_weights}" for k in NODE_KINDS.values())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
