"""Read an asynchronous stream from the thread that writes: batch by batch, each fetched on the event loop that owns the stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from concurrent.futures import Future, wait
from typing import TypeVar

from orgraph.store.settled import Unwanted

T = TypeVar("T")

_BATCH = 2_000
_ASK_AGAIN_S = 0.5


def fetched(things: AsyncIterable[T], loop: asyncio.AbstractEventLoop, unwanted: Unwanted) -> Iterator[T]:
    """Yield the things of a stream in another thread than the loop's; what the stream raises comes out here.

    A stream that does not go on is left when nobody waits for the work any more.
    """
    iterator = aiter(things)
    while batch := _result(asyncio.run_coroutine_threadsafe(_next_batch(iterator), loop), unwanted):
        yield from batch


def _result(work: Future[list[T]], unwanted: Unwanted) -> list[T]:
    try:
        while wait([work], _ASK_AGAIN_S).not_done:
            unwanted.raise_if_set()
    except BaseException:
        work.cancel()
        raise
    return work.result()


async def _next_batch(iterator: AsyncIterator[T]) -> list[T]:
    batch: list[T] = []
    async for thing in iterator:
        batch.append(thing)
        if len(batch) == _BATCH:
            break
    return batch
