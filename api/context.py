"""What every resolver gets, new for each request."""

from __future__ import annotations

from typing import TypeAlias, TypedDict

from strawberry.types import Info

from api.loaders import Loaders
from orgraph.service.lookup import Lookup
from orgraph.service.runs.service import Runs
from orgraph.store.port import Store


class Context(TypedDict):
    """``store`` is handed on to use cases; resolvers read through ``lookup`` and ``loaders``. Without ``runs`` nothing is solved here."""

    lookup: Lookup
    loaders: Loaders
    store: Store
    runs: Runs | None


AppInfo: TypeAlias = Info[Context, None]


def context(lookup: Lookup, store: Store, runs: Runs | None) -> Context:
    """Return the context of one request; what its loaders have read is forgotten with it."""
    return {"lookup": lookup, "loaders": Loaders(store), "store": store, "runs": runs}
