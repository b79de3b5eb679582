"""Plan, compare and explain reorganizations of villages, grids and party organizations on a graph.

The names here are loaded on first use, so that ``import orgraph`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgraph.store import open_store, open_store_sync

__version__ = "0.1.0"
__all__ = ["__version__", "open_store", "open_store_sync"]

_HOME = {"open_store": "orgraph.store", "open_store_sync": "orgraph.store"}


def __getattr__(name: str) -> object:
    """Import a public name from the room that holds it."""
    if name not in _HOME:
        raise AttributeError(f"module 'orgraph' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
