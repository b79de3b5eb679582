"""A proxy for tests between a client and a Neo4j server: counts the messages of the Bolt protocol, and cuts, holds or swallows them.

Messages of all connections are counted together, in the order in which they pass. What to do is decided per message by a
:class:`Fault`; without one, everything passes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol, Self

COMMIT = 0x12
SUCCESS = 0x70
RUN = 0x10

TO_SERVER = "to_server"
TO_CLIENT = "to_client"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, or one step of the handshake, as it passed on the wire."""

    way: str
    number: int
    """Counted from 1 over both ways and all connections."""
    data: bytes
    tag: int | None
    """What kind of message, ``None`` for the handshake and for what keeps a connection alive."""


class Fault(Protocol):
    """Decides what becomes of each message."""

    async def passes(self, message: Message) -> int:
        """Return how many bytes of it go on. Fewer than all: the connections are cut after them."""
        ...


class Open:
    """Lets everything pass."""

    async def passes(self, message: Message) -> int:
        return len(message.data)


@dataclass(slots=True)
class Cut:
    """Cuts every connection after ``after`` messages; a ``torn`` cut lets half of the next message through.

    Attributes
    ----------
    for_good
        Whether later connections are refused too.
    happened
        Whether there were enough messages for it.
    """

    after: int
    torn: bool = False
    for_good: bool = False
    happened: bool = False

    async def passes(self, message: Message) -> int:
        if message.number <= self.after or (self.happened and not self.for_good):
            return len(message.data)
        is_first = not self.happened
        self.happened = True
        return len(message.data) // 2 if self.torn and is_first else 0


@dataclass(slots=True)
class CutWhen:
    """Cuts once, before the first message of which ``is_it`` says so; ``for_good``: and everything that comes later."""

    is_it: Callable[[Message], bool]
    for_good: bool = False
    happened: bool = False

    async def passes(self, message: Message) -> int:
        if self.happened:
            return 0 if self.for_good else len(message.data)
        self.happened = self.is_it(message)
        return 0 if self.happened else len(message.data)


class Hold:
    """Lets no message of one way pass until it is released; ``reached`` is set when the first one waits."""

    def __init__(self, is_it: Callable[[Message], bool]) -> None:
        self._is_it = is_it
        self._is_holding = False
        self.reached = asyncio.Event()
        self.released = asyncio.Event()

    async def passes(self, message: Message) -> int:
        self._is_holding = self._is_holding or self._is_it(message)
        if self._is_holding and not self.released.is_set():
            self.reached.set()
            await self.released.wait()
        return len(message.data)


@dataclass(slots=True)
class Delay:
    """Lets everything pass, each message later than it came."""

    seconds: float

    async def passes(self, message: Message) -> int:
        await asyncio.sleep(self.seconds)
        return len(message.data)


class AnswerToCommit:
    """Whether a message is the server's answer to a COMMIT that held changes: the ``which``-th COMMIT since this was made."""

    def __init__(self, which: int = 1) -> None:
        self._left = which

    def __call__(self, message: Message) -> bool:
        if message.way == TO_SERVER:
            self._left -= message.tag == COMMIT
            return False
        return self._left <= 0 and message.tag == SUCCESS


class BoltProxy:
    """Listens on a free loopback port and hands on to a server; ``async with BoltProxy(port) as proxy``.

    Attributes
    ----------
    fault : Fault
        In force for every message from now on; set a new one with :meth:`set`.
    num_messages : int
        Passed or stopped since the last :meth:`set`.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.fault: Fault = Open()
        self.num_messages = 0
        self.port = 0

    @property
    def url(self) -> str:
        """Address of the store behind the proxy."""
        return f"bolt://127.0.0.1:{self.port}/neo4j"

    def set(self, fault: Fault | None = None) -> None:
        """Count from 1 again, and let a fault decide from now on; by default none."""
        self.fault = fault or Open()
        self.num_messages = 0

    def cut(self) -> None:
        """Close every connection; what was handed on before still arrives."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._listener is not None
        self._listener.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._serve(reader, writer)
        writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers |= {writer, server_writer}
        pipes = [
            asyncio.create_task(self._pipe(TO_SERVER, reader, server_writer)),
            asyncio.create_task(self._pipe(TO_CLIENT, server_reader, writer)),
        ]
        try:
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pipe in pipes:
                pipe.cancel()
            for each in (writer, server_writer):
                each.transport.abort()
            self._writers -= {writer, server_writer}
            await asyncio.gather(*pipes, return_exceptions=True)

    async def _pipe(self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handshake = _handshake_of_client if way == TO_SERVER else _handshake_of_server
        async for data in handshake(reader):
            await self._hand_on(way, data, None, writer)
        while True:
            data, tag = await _message(reader)
            await self._hand_on(way, data, tag, writer)

    async def _hand_on(self, way: str, data: bytes, tag: int | None, writer: asyncio.StreamWriter) -> None:
        self.num_messages += 1
        num_bytes = await self.fault.passes(Message(way, self.num_messages, data, tag))
        if num_bytes:
            writer.write(data[:num_bytes])
            await writer.drain()
        if num_bytes < len(data):
            self.cut()


MANIFEST = b"\x00\x00\x01\xff"


async def _handshake_of_client(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    offer = await reader.readexactly(20)
    yield offer
    if MANIFEST in (offer[4:8], offer[8:12], offer[12:16], offer[16:20]):
        yield await reader.readexactly(4) + (await _varint(reader))[1]


async def _handshake_of_server(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    answer = await reader.readexactly(4)
    if answer == MANIFEST:
        num_versions, raw = await _varint(reader)
        answer += raw + await reader.readexactly(4 * num_versions) + (await _varint(reader))[1]
    yield answer


async def _varint(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    value, raw = 0, b""
    while not raw or raw[-1] & 0x80:
        raw += await reader.readexactly(1)
        value |= (raw[-1] & 0x7F) << 7 * (len(raw) - 1)
    return value, raw


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, int | None]:
    """Return the bytes of one message, chunks and all, and its tag."""
    data, tag = b"", None
    while True:
        head = await reader.readexactly(2)
        data += head
        size = int.from_bytes(head)
        if size == 0:
            return data, tag
        chunk = await reader.readexactly(size)
        if tag is None and len(chunk) > 1:
            tag = chunk[1]
        data += chunk
