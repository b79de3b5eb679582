"""Ctrl-C: the first asks the solver to stop and keeps its best plan; the second ends the command."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType


@contextmanager
def stopped_by_interrupt(stop: Event, on_stop: Callable[[], None]) -> Iterator[None]:
    """Set ``stop`` on the first interrupt inside the block, raise ``KeyboardInterrupt`` on the next; ``SIGTERM`` counts as the first.

    Must run in the main thread, with the work in another one: a handler runs between two steps of the main thread.
    """

    def handle(signum: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        on_stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
