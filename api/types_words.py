"""Names and descriptions of the GraphQL schema: derived from the schema of the graph, or from the catalogue ``graphql``."""

from __future__ import annotations

from orgraph.messages import Text, keys, text
from orgraph.schema import Field

_PLURALS = {"workers": "gridWorkers", "projects": "coBuildingProjects"}
"""Query roots whose name is not that of the table."""


def said(key: str) -> str:
    """Return a description from the catalogue: Chinese / English."""
    return both(text(f"graphql.{key}"))


def both(words: Text) -> str:
    """Return a text in both languages, on one line."""
    return f"{words.zh} / {words.en}"


def field_words(field: Field) -> str:
    """Return the description of a field: its label, and what it is counted in."""
    key = f"schema.unit.{field.unit}"
    unit = text(key) if key in keys("en") else Text(field.unit, field.unit)
    label = field.label
    if not field.unit or unit.zh in label.zh:
        return both(label)
    return both(Text(f"{label.zh}（{unit.zh}）", f"{label.en} ({unit.en})"))


def camel(name: str) -> str:
    """Return ``area_km2`` as ``areaKm2``, ``PART_OF`` as ``partOf``."""
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


def snake(name: str) -> str:
    """Return ``PartyOrganization`` as ``party_organization``."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def root_name(plural: str) -> str:
    """Return the query root of a node kind's table."""
    return _PLURALS.get(plural, camel(plural))


def type_name(*parts: str) -> str:
    """Return ``Unit``, ``size_band`` as ``UnitSizeBand``."""
    return "".join(word[:1].upper() + word[1:] for part in parts for word in part.split("_"))
