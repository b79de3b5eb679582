"""The process that solves one job: the job comes on standard input, moments and the answer go to standard output.

It opens no store and reads no settings. A line on standard input asks it to stop; when its input ends, whoever waited for it is gone, and it ends too.
Both ends of the pipes are one user's own, so the frames are pickles: eight bytes of length, then the pickle.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from threading import Event, Lock, Thread
from time import monotonic
from typing import BinaryIO

from orgraph.errors import OrgraphError
from orgraph.planning.restructuring import plan
from orgraph.service.runs.job import Job, Message, Moment, Refusal, unpacked
from orgraph.solver.solution import Limits, Progress

LENGTH_BYTES = 8
BETWEEN_MOMENTS_S = 0.1
"""Moments are told at most this often; the latest wins."""
ORPHAN_S = 1.0
"""So long a worker may go on after whoever waited for it is gone."""
OUT_OF_MEMORY = 77
"""Exit code of a worker that came to its limit of memory."""


def main() -> None:
    """Solve one job."""
    answers = _answers()
    job = _read(sys.stdin.buffer)
    stop = Event()
    Thread(target=_listen, args=(sys.stdin.buffer, stop), daemon=True).start()
    try:
        _limit_memory(job.memory_mib)
        teller = Teller(answers)
        message = _solved(job, stop, teller.hear)
        teller.close()
        _send(answers, message)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    # threads of a solver may still be ending; nothing is left to lose
    os._exit(0)


class Teller:
    """Sends moments in a thread of its own, so that the solver never waits for a pipe."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._start = monotonic()
        self._lock = Lock()
        self._latest: Moment | None = None
        self._solver_s = 0.0
        self._is_further = False
        self._news, self._closed = Event(), Event()
        self._thread = Thread(target=self._tell, daemon=True)
        self._thread.start()

    def hear(self, progress: Progress) -> None:
        """Take what the solver says."""
        with self._lock:
            # the clock of the solver starts anew when it goes on to further plans: their bounds are not those of the plan
            self._is_further = self._is_further or progress.seconds < self._solver_s
            self._solver_s = progress.seconds
            before = self._latest
            objective, bound, phase = progress.objective, progress.bound, progress.phase
            if self._is_further and before is not None:
                objective, bound, phase = before.objective, before.bound, "alternatives"
            self._latest = Moment(phase, monotonic() - self._start, objective, bound)
        self._news.set()

    def close(self) -> None:
        """Send the last moment and end."""
        self._closed.set()
        self._news.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._closed.is_set():
            self._news.wait()
            self._news.clear()
            with self._lock:
                latest = self._latest
            if latest is not None:
                _send(self._answers, ("moment", latest))
            self._closed.wait(BETWEEN_MOMENTS_S)


def _solved(job: Job, stop: Event, hear: Callable[[Progress], None]) -> Message:
    limits = Limits(job.time_s, job.workers, stop)
    try:
        return "outcome", plan(
            unpacked(job.graph), job.options, limits=limits, seed=job.seed, on_progress=hear, name=job.name
        )
    except OrgraphError as error:
        return "refusal", Refusal(error.code, dict(error.details), error.findings)


def _answers() -> BinaryIO:
    """Return the pipe for answers, and turn whatever a library prints to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _read(pipe: BinaryIO) -> Job:
    length = int.from_bytes(pipe.read(LENGTH_BYTES), "big")
    job: Job = pickle.loads(pipe.read(length))
    return job


def _send(pipe: BinaryIO, message: Message) -> None:
    data = pickle.dumps(message)
    pipe.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    pipe.flush()


def _listen(pipe: BinaryIO, stop: Event) -> None:
    asked = pipe.readline()
    stop.set()
    if asked:
        pipe.read()
    Event().wait(ORPHAN_S)
    os._exit(1)


def _limit_memory(mib: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    size = mib * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    main()
