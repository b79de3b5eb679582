"""Long work beside the event loop: a solver runs in a thread of its own while the loop goes on serving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

ResultT = TypeVar("ResultT")


async def in_background(work: Callable[[], ResultT], stop: Event) -> ResultT:
    """Run ``work`` in a thread and wait for it.

    Parameters
    ----------
    work
        Releases the interpreter's lock while it computes, as solvers do.
    stop
        Set when the waiting task is cancelled, so that the work ends soon; nobody waits for it then, and its result is dropped.
    """
    executor = ThreadPoolExecutor(1, thread_name_prefix="orgraph-work")
    try:
        return await asyncio.wrap_future(executor.submit(work))
    except asyncio.CancelledError:
        stop.set()
        raise
    finally:
        executor.shutdown(wait=False)
