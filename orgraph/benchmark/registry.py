"""The families by name. Each is loaded when it is asked for: a solver's engines take a while to load."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from orgraph.benchmark.case import Family

FAMILIES = ("districting", "assignment", "location", "matching", "rostering", "covering")


def family(name: str) -> Family[Any, Any]:
    """Return the family called ``name``, one of :data:`FAMILIES`."""
    return cast("Family[Any, Any]", import_module(f"orgraph.benchmark.families.{name}").FAMILY)
