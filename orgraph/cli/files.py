"""Output files: the place is tried before the work starts, and a file is whole or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EDQUOT, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS
from pathlib import Path
from typing import BinaryIO

from orgraph.errors import OutputError

_KNOWN = {
    ENOSPC: "output_disk_full",
    EDQUOT: "output_disk_full",
    EACCES: "output_not_allowed",
    EPERM: "output_not_allowed",
    EROFS: "output_read_only",
    ENOENT: "output_no_folder",
    ENOTDIR: "output_no_folder",
}


class Target:
    """A place for one output file. An older file there stays until the new one is complete."""

    def __init__(self, path: Path, reserved: Path | None) -> None:
        self.path = path
        self._reserved = reserved

    def write(self, content: str) -> None:
        """Write the file: UTF-8, complete, on the disk.

        Raises
        ------
        OutputError
            When it cannot be written; what was there before is untouched.
        """
        try:
            if self._reserved is None:
                self.path.write_text(content, encoding="utf-8")
                return
            with self._reserved.open("w", encoding="utf-8", newline="") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self._reserved.chmod(_mode(self.path))
            self._reserved.replace(self.path)
        except OSError as error:
            raise _failed(self.path, error) from error

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Hand out a stream of bytes; the file is there, whole and for its owner alone, when the block ends without an error.

        Raises
        ------
        OutputError
            When it cannot be written; what was there before is untouched.
        """
        try:
            with (self._reserved or self.path).open("r+b" if self._reserved else "wb") as file:
                yield file
                file.flush()
                if self._reserved is not None:
                    os.fsync(file.fileno())
            if self._reserved is not None:
                self._reserved.replace(self.path)
        except OSError as error:
            raise _failed(self.path, error) from error


@contextmanager
def reserved(path: Path | None) -> Iterator[Target | None]:
    """Make sure that ``path`` can be written, before any work is done for it; ``None`` reserves nothing.

    Raises
    ------
    OutputError
        When the folder is missing, is read-only or full, or the path is a folder.
    """
    if path is None:
        yield None
        return
    final = path.expanduser().resolve()
    if final.exists() and not final.is_file() and not final.is_dir():
        yield Target(final, None)  # a pipe or a device: there is nothing to replace
        return
    temporary = _reserve(final)
    try:
        yield Target(final, temporary)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def streamed(path: Path) -> Iterator[BinaryIO]:
    """Hand out a stream of bytes to ``path``: :func:`reserved` and :meth:`Target.opened` in one.

    Raises
    ------
    OutputError
        As those two.
    """
    with reserved(path) as target:
        assert target is not None
        with target.opened() as stream:
            yield stream


def _reserve(final: Path) -> Path:
    try:
        if final.is_dir():
            raise IsADirectoryError(EPERM, "is a folder")
        if final.exists() and not os.access(final, os.W_OK):
            raise PermissionError(EACCES, "not writable")
        handle, name = tempfile.mkstemp(prefix=f".{final.name}.", suffix=".part", dir=final.parent)
    except OSError as error:
        raise _failed(final, error) from error
    os.close(handle)
    return Path(name)


def _mode(path: Path) -> int:
    """Return the permissions that the file has, or that a new file gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _failed(path: Path, error: OSError) -> OutputError:
    if path.is_dir():
        return OutputError("output_is_folder", path=str(path))
    if code := _KNOWN.get(error.errno or 0):
        return OutputError(code, path=str(path))
    return OutputError("output_failed", path=str(path), reason=error.strerror or type(error).__name__)
