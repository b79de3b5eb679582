"""Where runs are executed: a protocol, and processes of their own on this machine."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from orgraph.planning.restructuring import Outcome
from orgraph.service.runs.job import Job, Message, Moment, Refusal
from orgraph.service.runs.worker import LENGTH_BYTES, OUT_OF_MEMORY
from orgraph.settings import PREFIX

GRACE_S = 0.5
"""So long a worker may take to stop by itself when it is asked to."""
_SIGNS_OF_NO_MEMORY = ("MemoryError", "bad_alloc", "Cannot allocate memory", "can't start new thread")
_TAIL = 4000


@dataclass(frozen=True, slots=True)
class Stopped:
    """The worker was stopped because that was asked for; ``outcome``: what it had, where it could hand it over."""

    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Died:
    """The worker ended without an answer. ``code``: exit code, negative for a signal; ``said``: the last line that it printed."""

    code: int
    said: str = ""
    is_out_of_memory: bool = False
    is_overdue: bool = False


Verdict: TypeAlias = Outcome | Refusal | Stopped | Died


class RunExecutor(Protocol):
    """Executes jobs, each apart from this process."""

    @property
    def num_at_once(self) -> int:
        """How many jobs may be executed at once."""
        ...

    async def execute(self, job: Job, tell: Callable[[Moment], None], stop: asyncio.Event) -> Verdict:
        """Execute a job and return how it ended, within a second when ``stop`` is set. A cancelled call leaves nothing behind."""
        ...


class ProcessExecutor:
    """Starts one fresh interpreter per job: nothing is forked, and the caller's main module is not imported again.

    Parameters
    ----------
    num_at_once
        Jobs at once.
    overtime_s
        How long after its time limit a worker that gave no answer is ended; by default as long again as the limit, and a minute.
    """

    def __init__(self, num_at_once: int = 1, *, overtime_s: float | None = None) -> None:
        self._num_at_once = num_at_once
        self._overtime_s = overtime_s
        self.pids: set[int] = set()
        """Process numbers of the workers at work."""

    @property
    def num_at_once(self) -> int:
        """How many jobs may be executed at once."""
        return self._num_at_once

    async def execute(self, job: Job, tell: Callable[[Moment], None], stop: asyncio.Event) -> Verdict:
        """Execute a job in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "orgraph.service.runs.worker",
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
            start_new_session=True,
        )
        self.pids.add(process.pid)
        try:
            return await self._attended(process, job, tell, stop)
        finally:
            self.pids.discard(process.pid)
            _kill(process)
            await process.wait()

    async def _attended(
        self, process: Process, job: Job, tell: Callable[[Moment], None], stop: asyncio.Event
    ) -> Verdict:
        said = asyncio.create_task(_last_words(process))
        answer = asyncio.create_task(_answer(process, job, tell))
        asked = asyncio.create_task(stop.wait())
        overtime_s = job.time_s + 60 if self._overtime_s is None else self._overtime_s
        try:
            await asyncio.wait(
                (answer, asked), timeout=job.time_s + overtime_s, return_when=asyncio.FIRST_COMPLETED
            )
            if not answer.done() and asked.done():
                return await _stopped(process, answer)
            if not answer.done():
                return Died(-signal.SIGTERM, is_overdue=True)
            found = answer.result()
            return found if found is not None else await _died(process, said)
        finally:
            for task in (answer, asked, said):
                task.cancel()


async def _answer(process: Process, job: Job, tell: Callable[[Moment], None]) -> Outcome | Refusal | None:
    """Hand over the job and return the answer, ``None`` when the worker ended without one."""
    assert process.stdin is not None and process.stdout is not None
    data = pickle.dumps(job)
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
        await process.stdin.drain()
    with suppress(asyncio.IncompleteReadError):
        while True:
            length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
            message: Message = pickle.loads(await process.stdout.readexactly(length))
            if message[0] != "moment":
                return message[1]
            tell(message[1])
    return None


async def _stopped(process: Process, answer: asyncio.Task[Outcome | Refusal | None]) -> Stopped:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(b"stop\n")
    await asyncio.wait((answer,), timeout=GRACE_S)
    found = answer.result() if answer.done() else None
    return Stopped(found if isinstance(found, Outcome) else None)


async def _last_words(process: Process) -> str:
    """Read all that the worker prints, so that it never waits, and return the end of it."""
    assert process.stderr is not None
    tail = b""
    while piece := await process.stderr.read(_TAIL):
        tail = (tail + piece)[-_TAIL:]
    return tail.decode(errors="replace")


async def _died(process: Process, said: asyncio.Task[str]) -> Died:
    code = await process.wait()
    # a child of the worker may hold the pipe open for a while
    await asyncio.wait((said,), timeout=GRACE_S)
    words = said.result() if said.done() else ""
    lines = words.strip().splitlines()
    is_out = code == OUT_OF_MEMORY or any(sign in words for sign in _SIGNS_OF_NO_MEMORY)
    return Died(code, lines[-1][:300] if lines else "", is_out)


def _kill(process: Process) -> None:
    """End a worker and what it started."""
    if sys.platform == "win32":
        if process.returncode is None:
            process.kill()
        return
    # the group outlives its leader while a child is left
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
