"""The advisory lock that lets one process write: a file beside the store that holds the writer's pid.

The operating system releases it when its process ends, however it ends, so a lock is never stale; the file itself stays.
The lock of POSIX belongs to a process, not to a descriptor, so a second store object in the same process is refused by a
table of this module.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from orgraph.errors import StoreLocked

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    _LOCKED_BYTE = 1 << 20
    """Far behind the pid, which stays readable for others."""

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True


_held: dict[str, int] = {}
"""Real path of a lock file -> pid of the process that took it; a forked child inherits the table, but not the lock."""
_table = threading.Lock()


class WriterLock:
    """The right to write to one store file."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + ".lock")
        self._key = os.path.realpath(self.path)
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock; nothing happens when this object holds it.

        Raises
        ------
        StoreLocked
            When another process, or another store object of this process, holds it. ``details``: pid, path.
        """
        if self.is_held:
            return
        with _table:
            if _held.get(self._key) == os.getpid():
                raise StoreLocked("store_locked_here", pid=os.getpid(), path=str(self.path))
            self._descriptor = self._take()
            _held[self._key] = os.getpid()

    def _take(self) -> int:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _try_lock(descriptor):
            pid = _read_pid(descriptor)
            os.close(descriptor)
            raise StoreLocked("store_locked", pid=pid, path=str(self.path))
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, str(os.getpid()).encode())
        return descriptor

    def release(self) -> None:
        """Give the lock back; nothing happens when this object does not hold it."""
        if self._descriptor is None:
            return
        with _table:
            os.close(self._descriptor)
            self._descriptor = None
            _held.pop(self._key, None)

    def holder(self) -> int | None:
        """Return the pid of whoever writes at this moment, ``None`` when nobody does."""
        with _table:
            if _held.get(self._key) == os.getpid():
                return os.getpid()
            if not self.path.exists():
                return None
            return self._probe()

    def _probe(self) -> int | None:
        descriptor = os.open(self.path, os.O_RDWR)
        try:
            return None if _try_lock(descriptor) else _read_pid(descriptor)
        finally:
            os.close(descriptor)


def _read_pid(descriptor: int) -> int:
    os.lseek(descriptor, 0, os.SEEK_SET)
    digits = os.read(descriptor, 20).decode(errors="replace").strip()
    return int(digits) if digits.isdigit() else 0
