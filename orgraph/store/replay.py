"""Changes that can be read again from the beginning when a transaction has to be run again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from orgraph.errors import StoreUnavailable
from orgraph.store.port import Change

MOST_KEPT = 10_000
"""Changes of a stream that are kept."""


class Replayable:
    """Changes that may be read several times: a list always, a stream until it has given more than is kept of it.

    Parameters
    ----------
    changes
        The changes; a stream is read once.
    where
        The store, for the error.
    """

    def __init__(self, changes: Iterable[Change], where: str) -> None:
        self._where = where
        self._is_lost = False
        self.failure: BaseException | None = None
        """What went wrong with reading them, which is not the store's failure whatever its type."""
        if isinstance(changes, Sequence):
            self._kept: list[Change] = list(changes)
            self._rest: Iterator[Change] = iter(())
        else:
            self._kept = []
            self._rest = iter(changes)

    @property
    def is_repeatable(self) -> bool:
        """Whether reading again would give every change."""
        return not self._is_lost

    def __iter__(self) -> Iterator[Change]:
        """Read from the beginning; only one reader at a time.

        Raises
        ------
        StoreUnavailable
            When more was read than was kept.
        """
        if self._is_lost:
            raise StoreUnavailable("store_lost_while_writing", address=self._where)
        yield from self._kept
        while (change := self._next()) is not None:
            if len(self._kept) < MOST_KEPT and not self._is_lost:
                self._kept.append(change)
            else:
                self._is_lost = True
                self._kept.clear()
            yield change

    def _next(self) -> Change | None:
        try:
            return next(self._rest, None)
        except BaseException as error:
            self.failure = error
            raise
