"""Put the records of all files together: nodes by key, references and edges between them. What does not fit is a finding at its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from orgraph.exchange.rows import Record, Sheet
from orgraph.exchange.tables import ADJACENT
from orgraph.findings import Finding, Json, Place, Severity
from orgraph.graph import GraphBuilder, NodeKey, OrgGraph, Value
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS, Field

EDGE_KINDS = tuple(dict.fromkeys(source for source, _ in RELATIONSHIP_KINDS[ADJACENT].ends))
"""Kinds whose codes an edge may name, in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class OutsideReference:
    """A reference to a node that is in none of the files, and where it stands."""

    target: tuple[NodeKey, ...]
    """The keys that it may mean: one of them has to exist elsewhere."""
    place: Place


@dataclass
class Assembly:
    """What has been put together so far."""

    is_partial: bool
    nodes: dict[NodeKey, dict[str, Value]] = field(default_factory=dict)
    places: dict[NodeKey, Place] = field(default_factory=dict)
    relationships: dict[tuple[str, NodeKey, NodeKey], dict[str, Value]] = field(default_factory=dict)
    relationship_places: dict[tuple[str, NodeKey, NodeKey], Place] = field(default_factory=dict)
    outside: list[OutsideReference] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    parents: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    """(file, column, parent in none of the files) -> units that name it."""

    def add(
        self,
        code: str,
        place: Place | None,
        subject: Iterable[str],
        numbers: Mapping[str, Json],
        *,
        warn: bool = False,
    ) -> None:
        """Add a finding."""
        about: dict[str, Json] = {**(place.to_json() if place else {}), **numbers}
        severity = Severity.WARNING if warn else Severity.ERROR
        self.findings.append(Finding(f"exchange.{code}", severity, tuple(subject), place, about))

    def add_nodes(self, sheets: Iterable[Sheet]) -> None:
        """Add every record that is a node; a code given twice names both places."""
        for sheet in sheets:
            if sheet.header.table.kind is not None:
                for record in sheet.records:
                    self._add_node(sheet.header.table.kind.name, record)

    def _add_node(self, kind: str, record: Record) -> None:
        key = NodeKey(kind, record.code)
        if not record.code:
            return
        if first := self.places.get(key):
            numbers: dict[str, Json] = {"code": key.code, "first_file": first.file, "first_row": first.row}
            self.add("code_twice", record.place, (key.code,), numbers)
            return
        self.nodes[key] = record.values
        self.places[key] = record.place

    def add_references(self, sheets: Iterable[Sheet]) -> None:
        """Turn reference columns into relationships. Of the references to a container the first declared that is filled counts."""
        for sheet in sheets:
            kind = sheet.header.table.kind
            for record in sheet.records if kind else ():
                key = NodeKey(kind.name if kind else "", record.code)
                if self.places.get(key) == record.place:
                    self._add_record_references(sheet, key, record)
        for (file, column, parent), codes in self.parents.items():
            numbers: dict[str, Json] = {"parent": parent, "num_units": len(codes)}
            self.add("parent_not_in_files", Place(file, 0, column), (parent, *codes), numbers, warn=True)

    def _add_record_references(self, sheet: Sheet, key: NodeKey, record: Record) -> None:
        is_contained = False
        for column, codes in sorted(record.references, key=lambda r: _order(key.kind)[r[0].name]):
            place = replace(record.place, column=sheet.header.title(column))
            is_container = RELATIONSHIP_KINDS[column.reference].is_containment
            for code in codes:
                other = self._other_end(key, column, code, place)
                if other is not None and not (is_container and is_contained):
                    self._relate(key, column, other, record.values, place)
                    is_contained = is_contained or is_container

    def _other_end(self, key: NodeKey, column: Field, code: str, place: Place) -> NodeKey | None:
        """Return the node that a reference means; nothing, and a finding, when there is none or no single one."""
        kinds = _kinds_of_other_end(key.kind, column)
        keys = tuple(NodeKey(kind, code) for kind in kinds)
        found = [k for k in keys if k in self.nodes]
        numbers: dict[str, Json] = {"code": key.code, "target": code, "kinds": list(kinds)}
        if found == [key]:
            self.add("reference_to_itself", place, (key.code,), numbers)
        elif len(found) == 1:
            return found[0]
        elif found:
            self.add("reference_ambiguous", place, (key.code, code), numbers)
        elif self.is_partial:
            self.outside.append(OutsideReference(keys, place))
            return keys[0] if len(keys) == 1 else None
        elif key.kind == "Unit" and RELATIONSHIP_KINDS[column.reference].is_containment:
            self.parents.setdefault((place.file, place.column, code), []).append(key.code)
        else:
            self.add("reference_unknown", place, (key.code, code), numbers)
        return None

    def _relate(
        self, key: NodeKey, column: Field, other: NodeKey, values: Mapping[str, Value], place: Place
    ) -> None:
        source, target = (other, key) if column.is_incoming else (key, other)
        identity = (column.reference, source, target)
        self.relationships[identity] = {"is_synthetic": True} if _is_synthetic(column, values) else {}
        self.relationship_places[identity] = place

    def graph(self, provenance: Mapping[str, Value]) -> OrgGraph:
        """Return everything as a graph."""
        builder = GraphBuilder()
        for key, values in self.nodes.items():
            builder.add_node(key.kind, key.code, values)
        for (kind, source, target), values in self.relationships.items():
            builder.add_relationship(kind, source, target, values)
        return builder.freeze(provenance)


@cache
def _order(kind: str) -> Mapping[str, int]:
    """Return the position of every field in the declaration of its kind."""
    return {f.name: i for i, f in enumerate(NODE_KINDS[kind].fields)}


@cache
def _kinds_of_other_end(kind: str, column: Field) -> tuple[str, ...]:
    if column.reference_kind:
        return (column.reference_kind,)
    ends = RELATIONSHIP_KINDS[column.reference].ends
    if column.is_incoming:
        return tuple(dict.fromkeys(s for s, t in ends if t == kind))
    return tuple(dict.fromkeys(t for s, t in ends if s == kind))


def _is_synthetic(column: Field, values: Mapping[str, Value]) -> bool:
    """Return whether a reference is generated: its row is, and names either no generated columns or this one."""
    named = values.get("synthetic_fields")
    return values.get("is_synthetic") is True and (
        not named or (isinstance(named, tuple) and column.name in named)
    )
