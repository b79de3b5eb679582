"""Terse declarations of fields and kinds; their labels are fetched from the catalogue ``schema.toml`` by key.

A field named ``members`` of the kind ``Unit`` is labelled ``schema.field.Unit.members`` where that key exists, else
``schema.field.common.members``; a choice is labelled ``schema.choice.<list>.<value>``. Constructors here make fields without a
label, :func:`node_kind` and :func:`relationship_kind` give it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from orgraph.messages import Text, keys, text
from orgraph.schema.model import (
    Cardinality,
    Choice,
    CoverageMeasure,
    Field,
    NodeKind,
    RelationshipKind,
    Sensitivity,
    ValueType,
)

CODE_PATTERN = r"\S{1,64}"
"""Any code: 1 to 64 characters without white space. Division codes of other countries are codes too."""

_NO_LABEL = Text("", "")
_PUBLIC = Sensitivity.PUBLIC
_INTERNAL = Sensitivity.INTERNAL


def code_field(
    name: str,
    *,
    is_key: bool = False,
    sensitivity: Sensitivity = _INTERNAL,
    aliases: tuple[str, ...] = (),
    is_filterable: bool = False,
) -> Field:
    """Return a field for one code; the key of a kind is always required, sortable and filterable."""
    return Field(
        name,
        ValueType.CODE,
        _NO_LABEL,
        sensitivity=sensitivity,
        is_key=is_key,
        is_required=is_key,
        is_sortable=is_key,
        is_filterable=is_key or is_filterable,
        pattern=CODE_PATTERN,
        aliases=aliases,
    )


def codes_field(name: str, *, sensitivity: Sensitivity = _INTERNAL) -> Field:
    """Return a field for a list of short codes."""
    return Field(name, ValueType.CODES, _NO_LABEL, sensitivity=sensitivity, pattern=CODE_PATTERN)


def name_field(*, is_required: bool = True, sensitivity: Sensitivity = _PUBLIC) -> Field:
    """Return the field ``name``: sortable by pinyin, filterable and searchable. People have none."""
    return Field(
        "name",
        ValueType.TEXT,
        _NO_LABEL,
        sensitivity=sensitivity,
        is_required=is_required,
        is_sortable=True,
        is_filterable=True,
        is_searchable=True,
        pattern=r".*\S.*",
        aliases=("单位名称",),
    )


def text_field(
    name: str,
    *,
    is_required: bool = False,
    is_filterable: bool = False,
    is_searchable: bool = False,
    sensitivity: Sensitivity = _INTERNAL,
) -> Field:
    """Return a field for free text."""
    return Field(
        name,
        ValueType.TEXT,
        _NO_LABEL,
        sensitivity=sensitivity,
        is_required=is_required,
        is_filterable=is_filterable,
        is_searchable=is_searchable,
    )


def count_field(
    name: str,
    unit: str = "person",
    *,
    sensitivity: Sensitivity = _INTERNAL,
    minimum: int = 0,
    maximum: int | None = None,
    aliases: tuple[str, ...] = (),
) -> Field:
    """Return a field for a whole number, 0 or more; sortable and filterable."""
    return Field(
        name,
        ValueType.INTEGER,
        _NO_LABEL,
        unit=unit,
        sensitivity=sensitivity,
        is_sortable=True,
        is_filterable=True,
        minimum=minimum,
        maximum=maximum,
        aliases=aliases,
    )


def amount_field(
    name: str,
    unit: str,
    *,
    sensitivity: Sensitivity = _INTERNAL,
    minimum: float | None = 0,
    maximum: float | None = None,
    aliases: tuple[str, ...] = (),
) -> Field:
    """Return a field for a decimal quantity; sortable and filterable."""
    return Field(
        name,
        ValueType.DECIMAL,
        _NO_LABEL,
        unit=unit,
        sensitivity=sensitivity,
        is_sortable=True,
        is_filterable=True,
        minimum=minimum,
        maximum=maximum,
        aliases=aliases,
    )


def point_fields(sensitivity: Sensitivity = _PUBLIC) -> tuple[Field, Field]:
    """Return ``lon`` and ``lat`` in degrees, WGS-84; neither sorted nor filtered by."""
    lon = amount_field(
        "lon", "degree", sensitivity=sensitivity, minimum=-180, maximum=180, aliases=("lng", "x")
    )
    lat = amount_field("lat", "degree", sensitivity=sensitivity, minimum=-90, maximum=90, aliases=("y",))
    return (
        replace(lon, is_sortable=False, is_filterable=False),
        replace(lat, is_sortable=False, is_filterable=False),
    )


def flag_field(
    name: str,
    *,
    is_filterable: bool = True,
    sensitivity: Sensitivity = _INTERNAL,
    aliases: tuple[str, ...] = (),
) -> Field:
    """Return a field for yes or no."""
    return Field(
        name,
        ValueType.BOOLEAN,
        _NO_LABEL,
        sensitivity=sensitivity,
        is_filterable=is_filterable,
        aliases=aliases,
    )


def date_field(name: str, *, is_required: bool = False, sensitivity: Sensitivity = _INTERNAL) -> Field:
    """Return a field for a day; sortable and filterable."""
    return Field(
        name,
        ValueType.DATE,
        _NO_LABEL,
        sensitivity=sensitivity,
        is_required=is_required,
        is_sortable=True,
        is_filterable=True,
    )


def choice_field(
    name: str,
    choices: tuple[Choice, ...],
    *,
    is_required: bool = False,
    sensitivity: Sensitivity = _INTERNAL,
) -> Field:
    """Return a field for one of a closed list; sortable and filterable."""
    return Field(
        name,
        ValueType.ENUM,
        _NO_LABEL,
        sensitivity=sensitivity,
        is_required=is_required,
        is_sortable=True,
        is_filterable=True,
        choices=choices,
    )


def document_field(
    name: str, type_: ValueType = ValueType.JSON, *, sensitivity: Sensitivity = _INTERNAL
) -> Field:
    """Return a field for a JSON document or a GeoJSON geometry, held as text."""
    return Field(name, type_, _NO_LABEL, sensitivity=sensitivity)


def reference_field(
    name: str,
    relationship: str,
    kind: str = "",
    *,
    is_required: bool = False,
    is_list: bool = False,
    is_incoming: bool = False,
    sensitivity: Sensitivity = _INTERNAL,
    aliases: tuple[str, ...] = (),
) -> Field:
    """Return a column that stands for a relationship to a node of ``kind`` (empty: any kind that the ends allow)."""
    return Field(
        name,
        ValueType.CODES if is_list else ValueType.CODE,
        _NO_LABEL,
        sensitivity=sensitivity,
        is_required=is_required,
        pattern=CODE_PATTERN,
        aliases=aliases,
        reference=relationship,
        reference_kind=kind,
        is_incoming=is_incoming,
    )


def choices(
    list_name: str, *values: str, aliases: dict[str, tuple[str, ...]] | None = None
) -> tuple[Choice, ...]:
    """Return a closed list of values, labelled by ``schema.choice.<list_name>.<value>``."""
    others = aliases or {}
    return tuple(Choice(v, text(f"schema.choice.{list_name}.{v}"), others.get(v, ())) for v in values)


def node_kind(
    name: str,
    plural: str,
    fields: Iterable[Field],
    *,
    has_open_weights: bool = False,
    code_sensitivity: Sensitivity = _PUBLIC,
    aliases: tuple[str, ...] = (),
    is_dated: bool = True,
) -> NodeKind:
    """Return a node kind whose first field is its key ``code`` and whose last is the flag ``is_synthetic``."""
    key = code_field("code", is_key=True, sensitivity=code_sensitivity, aliases=("编码", "编号", "区划代码"))
    all_fields = (key, *fields, flag_field("is_synthetic", is_filterable=False, sensitivity=_PUBLIC))
    return NodeKind(
        name,
        plural,
        text(f"schema.kind.{name}.label"),
        text(f"schema.kind.{name}.description"),
        _labelled(name, all_fields),
        has_open_weights=has_open_weights,
        aliases=aliases,
        is_dated=is_dated,
    )


def relationship_kind(
    name: str,
    sources: str,
    targets: str,
    cardinality: Cardinality,
    fields: Iterable[Field] = (),
    *,
    is_acyclic: bool = False,
    is_containment: bool = False,
    is_symmetric: bool = False,
    is_dated: bool = True,
    further_ends: tuple[tuple[str, str], ...] = (),
) -> RelationshipKind:
    """Return a relationship kind from every one of ``sources`` to every one of ``targets`` (names divided by spaces).

    A symmetric kind connects equal kinds only. Every relationship can carry ``is_synthetic``.
    """
    pairs = tuple((s, t) for s in sources.split() for t in targets.split() if s == t or not is_symmetric)
    all_fields = (*fields, flag_field("is_synthetic", is_filterable=False, sensitivity=_PUBLIC))
    return RelationshipKind(
        name,
        text(f"schema.relationship.{name}.label"),
        pairs + further_ends,
        cardinality,
        is_acyclic=is_acyclic,
        is_symmetric=is_symmetric,
        is_containment=is_containment,
        fields=_labelled(name, all_fields),
        description=text(f"schema.relationship.{name}.description"),
        is_dated=is_dated,
    )


def coverage_measure(
    name: str,
    kind: str,
    relationship: str,
    direction: str,
    where: tuple[str, tuple[str, ...]] | None = None,
    *,
    other_kind: str = "",
) -> CoverageMeasure:
    """Return a coverage measure, labelled by ``schema.measure.<name>``."""
    return CoverageMeasure(
        name, text(f"schema.measure.{name}"), kind, relationship, direction, where, other_kind
    )


def _labelled(kind: str, fields: Iterable[Field]) -> tuple[Field, ...]:
    known = keys("en")
    own = f"schema.field.{kind}."
    return tuple(
        replace(f, label=text(own + f.name if own + f.name in known else f"schema.field.common.{f.name}"))
        for f in fields
    )
