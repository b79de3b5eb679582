"""What SQLite reports, told as the errors of the port: what happened, at which path, what to do; never a statement or a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from orgraph.errors import StoreError, StoreUnavailable

_UNAVAILABLE = {
    apsw.FullError: "store_full",
    apsw.ReadOnlyError: "store_read_only",
    apsw.PermissionsError: "store_no_permission",
    apsw.AuthError: "store_no_permission",
    apsw.CantOpenError: "store_cannot_open",
    apsw.BusyError: "store_busy",
    apsw.LockedError: "store_busy",
    apsw.IOError: "store_io",
    apsw.NoMemError: "store_no_memory",
    apsw.InterruptError: "store_interrupted",
}
_BROKEN = {apsw.NotADBError: "store_not_a_store", apsw.CorruptError: "store_corrupt"}


def translated(error: Exception, path: Path) -> StoreError:
    """Return the port's error for one of SQLite's or of the file system."""
    if isinstance(error, PermissionError):
        return StoreUnavailable("store_no_permission", path=str(path))
    if isinstance(error, OSError):
        return StoreUnavailable("store_io", path=str(path))
    for kind, code in _UNAVAILABLE.items():
        if isinstance(error, kind):
            return StoreUnavailable(code, path=str(path))
    for kind, code in _BROKEN.items():
        if isinstance(error, kind):
            return StoreError(code, path=str(path))
    return StoreError("store_failed", path=str(path), problem=type(error).__name__)


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Turn every failure of SQLite, and of the file system on the way to it, inside the block into an error of the port."""
    try:
        yield
    except (apsw.Error, OSError) as error:
        raise translated(error, path) from error


@contextmanager
def sqlite_told_plainly(path: Path) -> Iterator[None]:
    """Turn every failure of SQLite inside the block into an error of the port; other people's failures pass."""
    try:
        yield
    except apsw.Error as error:
        raise translated(error, path) from error
