"""`measured`: a store whose calls are counted and timed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import TypeVar, cast

from api.metrics import Metrics
from orgraph.store.port import Store

ResultT = TypeVar("ResultT")


def measured(store: Store, metrics: Metrics) -> Store:
    """Return ``store`` with every awaited call counted and timed in ``metrics``; everything else is passed through."""
    return cast(Store, _Measured(store, metrics))


class _Measured:
    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._store, name)
        return self._timed(name, found) if iscoroutinefunction(found) else found

    def _timed(
        self, name: str, method: Callable[..., Awaitable[ResultT]]
    ) -> Callable[..., Awaitable[ResultT]]:
        async def timed(*args: object, **kwargs: object) -> ResultT:
            started, has_failed = time.perf_counter(), True
            try:
                result = await method(*args, **kwargs)
                has_failed = False
                return result
            finally:
                self._metrics.store_call(name, time.perf_counter() - started, has_failed=has_failed)

        return timed
