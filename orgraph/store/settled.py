"""Wait for work that must not be left half done, also when the caller is cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from orgraph.errors import StoreError

T = TypeVar("T")


class Unwanted:
    """Tells work in another thread or task that nobody waits for it any more.

    Parameters
    ----------
    error
        Makes what :meth:`raise_if_set` raises.
    """

    def __init__(self, error: Callable[[], Exception]) -> None:
        self._error = error
        self._flag = threading.Event()

    def set(self) -> None:
        """Say so."""
        self._flag.set()

    def raise_if_set(self) -> None:
        """Raise the error when it was said."""
        if self._flag.is_set():
            raise self._error()


async def settled(work: asyncio.Future[T], on_cancel: Callable[[], None]) -> T:
    """Return the result of work; a cancelled caller still waits until it is known how the work ended.

    Raises
    ------
    asyncio.CancelledError
        With a note that says whether the change was committed or rolled back, or that nobody knows.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError as cancelled:
        on_cancel()
        while not work.done():
            try:
                await asyncio.wait([work])
            except asyncio.CancelledError:
                continue
        cancelled.add_note(f"the change was {_outcome(work)}")
        raise


def _outcome(work: asyncio.Future[T]) -> str:
    error = None if work.cancelled() else work.exception()
    if isinstance(error, StoreError) and error.code == "store_commit_unknown":
        return "committed or rolled back: the store could not be asked"
    return "rolled back" if work.cancelled() or error else "committed"
