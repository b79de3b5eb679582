"""The words in which the schema is declared: field, node kind, relationship kind. What is declared lies beside this file.

A field of a node kind is declared once; the store's tables, indexes and constraints, the templates and readers of files, the field
tables of the docs and the GraphQL types are derived from the declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from orgraph.messages import Text


class ValueType(StrEnum):
    """Type of a field's value."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    """An ISO date, stored as text ``YYYY-MM-DD``."""
    ENUM = "enum"
    """One of ``Field.choices``."""
    CODES = "codes"
    """A list of short codes, such as skills."""
    GEOMETRY = "geometry"
    """GeoJSON geometry, WGS-84, stored as text."""
    JSON = "json"
    """A JSON document, stored as text; for plans and problems, never for what a query filters on."""


class Sensitivity(StrEnum):
    """Who may see a field (Personal Information Protection Law, articles 6 and 28: least scope)."""

    PUBLIC = "public"
    """May be published."""
    INTERNAL = "internal"
    """For the department; counts below the threshold are suppressed when they leave it."""
    PERSONAL = "personal"
    """About one person, pseudonymous: only inside the scope and only where a use case needs it. It leaves a store in nothing but backups and exports to
    another store, which are files for the department's own keeping and say so; never in a report or a published table."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an enumeration, with its label and the other words a file may use for it."""

    value: str
    label: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a node or relationship kind.

    ``unit`` is the unit of measure (``person``, ``km2``, ``mu``, ``m``, ``h``, ``CNY`` ...). ``minimum`` and ``maximum`` are inclusive. ``aliases``
    are further column headers a file may use. ``reference`` names the relationship kind that a column of this name stands for:
    such a field is read from files as the other end's code and lives in the graph as a relationship, not as a property.
    ``reference_kind`` is the kind of the other end (empty: any kind that the relationship's ends allow, found by code);
    ``is_incoming``: the other end is the source. A reference of type ``CODES`` stands for several relationships. Where several
    references of one node lead to its container, the first declared that is filled wins (finest first).
    """

    name: str
    type: ValueType
    label: Text
    unit: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    is_required: bool = False
    is_key: bool = False
    is_sortable: bool = False
    is_filterable: bool = False
    is_searchable: bool = False
    choices: tuple[Choice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    aliases: tuple[str, ...] = ()
    reference: str = ""
    reference_kind: str = ""
    is_incoming: bool = False
    note: Text | None = None

    @property
    def is_property(self) -> bool:
        """Whether the graph holds it as a property (a reference is held as a relationship, the key as the node's code)."""
        return not self.reference and not self.is_key


@dataclass(frozen=True)
class NodeKind:
    """One kind of node.

    ``name`` is the class name of the glossary (``Unit``, ``PartyOrganization``), ``plural`` the word for files, tables and query roots
    (``units``, ``organizations``). With ``has_open_weights`` a node may carry further numeric properties (any further numeric column of a
    file): they are weights for planning. Without ``is_dated`` it records work on proposals: its states are true from the day on which they are
    written, whatever the day that a change of the organization written with them is dated.
    """

    name: str
    plural: str
    label: Text
    description: Text
    fields: tuple[Field, ...]
    has_open_weights: bool = False
    aliases: tuple[str, ...] = ()
    """Further names of the file or sheet that holds it."""
    is_dated: bool = True

    @cached_property
    def field_by_name(self) -> Mapping[str, Field]:
        """Every field, key and references included, by name."""
        return {f.name: f for f in self.fields}

    @cached_property
    def properties(self) -> tuple[Field, ...]:
        """The fields that the graph holds as properties."""
        return tuple(f for f in self.fields if f.is_property)

    @cached_property
    def references(self) -> tuple[Field, ...]:
        """The columns that stand for relationships."""
        return tuple(f for f in self.fields if f.reference)


class Cardinality(StrEnum):
    """How many relationships of a kind may leave one source and reach one target (source side first)."""

    ONE_TO_ONE = "1:1"
    MANY_TO_ONE = "n:1"
    """A source has at most one; a target any number."""
    ONE_TO_MANY = "1:n"
    """A source has any number; a target at most one."""
    MANY_TO_MANY = "n:n"


@dataclass(frozen=True)
class RelationshipKind:
    """One kind of relationship.

    ``ends`` lists the (source kind, target kind) pairs that may be connected. ``is_acyclic`` refuses cycles. ``is_symmetric``: stored
    once, from the smaller code to the larger, and read both ways. ``is_containment``: the target holds the source; a node has at most one
    containment relationship, and the tree of them decides its scope, its version and every roll-up.
    ``is_dated`` is as for nodes.
    """

    name: str
    label: Text
    ends: tuple[tuple[str, str], ...]
    cardinality: Cardinality = Cardinality.MANY_TO_MANY
    is_acyclic: bool = False
    is_symmetric: bool = False
    is_containment: bool = False
    fields: tuple[Field, ...] = ()
    description: Text | None = None
    is_dated: bool = True

    @cached_property
    def field_by_name(self) -> Mapping[str, Field]:
        """Every field by name."""
        return {f.name: f for f in self.fields}


@dataclass(frozen=True)
class CoverageMeasure:
    """A share that coverage queries count: of all nodes of ``kind``, those with at least one ``relationship``.

    ``direction`` is ``out`` when the counted node is the source, ``in`` when it is the target. ``other_kind`` narrows the other end to one kind. ``where`` narrows the denominator to nodes whose
    enumerated field has one of the values, such as ``("level", ("village", "community"))``.
    """

    name: str
    label: Text
    kind: str
    relationship: str
    direction: str
    where: tuple[str, tuple[str, ...]] | None = None
    other_kind: str = ""

    @property
    def path(self) -> str:
        """Return what is looked for, as conditions write it: ``in:LOCATED_IN:PartyOrganization``."""
        return ":".join(part for part in (self.direction, self.relationship, self.other_kind) if part)
