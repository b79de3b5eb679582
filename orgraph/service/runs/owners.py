"""Which process looks after a run, and whether it still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

HEARTBEAT_S = 2.0
"""A heartbeat is written at most this often."""
SILENT_S = 8.0
"""So long after its last heartbeat, an owner that cannot be looked up counts as gone."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: host, number, and when it started, since numbers come back."""

    host: str
    pid: int
    started: str

    def __str__(self) -> str:
        return f"{self.host}|{self.pid}|{self.started}"

    @classmethod
    def of(cls, stored: str) -> Owner | None:
        """Return the owner that ``str`` wrote, ``None`` for anything else."""
        host, _, rest = stored.rpartition("|")[0].rpartition("|")
        pid, _, started = stored[len(host) + 1 :].partition("|")
        return cls(host, int(pid), started) if host and rest and pid.isdigit() else None


@cache
def this_process() -> Owner:
    """Return the process that asks."""
    return Owner(socket.gethostname(), os.getpid(), started_at(os.getpid()))


def is_alive(owner: str, heartbeat_at: str) -> bool:
    """Return whether an owner still looks after its run: looked up on this host where that can be, else by its last heartbeat."""
    known = Owner.of(owner)
    if known is None:
        return False
    if known.host == socket.gethostname() and known.started:
        return started_at(known.pid) == known.started
    return not _is_silent(heartbeat_at)


def _is_silent(heartbeat_at: str) -> bool:
    try:
        last = datetime.fromisoformat(heartbeat_at)
    except ValueError:
        return True
    return datetime.now(UTC) - last > timedelta(seconds=SILENT_S)


def started_at(pid: int) -> str:
    """Return when a process started, in ticks since the system did; empty where the system does not tell, or there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # the name of the program, in parentheses, may hold anything; the state Z is a process that has ended
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
