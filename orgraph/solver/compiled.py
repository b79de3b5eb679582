"""Kernels: loops over arrays that numba compiles, for searches of many millions of moves a second.

The machine code is kept beside the module, or in the user's cache where that folder is read-only, so that it is compiled once per machine. Kernels release the GIL:
they run in slices of a fraction of a second, between which the caller looks at the clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from numba import njit

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])


def compiled(function: FunctionT) -> FunctionT:
    """Return the function as machine code, compiled at its first call for the types of its arguments. Floating point stays exact (no fast math)."""
    try:
        kernel: Any = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # No folder that numba could keep the code in.
        kernel = njit(nogil=True)(function)
    else:
        _keep_carefully(kernel._cache)
    return cast(FunctionT, kernel)


class _Index(Protocol):
    """The file that numba keeps the versions of one kernel's code in."""

    _source_stamp: str


class _Kept(Protocol):
    """Numba's store of one kernel's code."""

    _cache_file: _Index
    save_overload: Callable[[object, object], None]


def _keep_carefully(kept: _Kept) -> None:
    """Make numba's store of one kernel's code safe against changes of other kernels, and against disks that are full."""
    # Numba looks at the kernel's own file alone, and would keep code that holds an older version of a kernel of another file.
    kept._cache_file._source_stamp = kernels_digest()
    save = kept.save_overload

    def save_if_possible(signature: object, code: object) -> None:
        with suppress(OSError):  # The code runs all the same; the next process compiles again.
            save(signature, code)

    kept.save_overload = save_if_possible


@cache
def kernels_digest() -> str:
    """Return the SHA-256 of all modules of the solvers that hold kernels."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        source = path.read_bytes()
        if b"@compiled" in source:
            digest.update(source)
    return digest.hexdigest()
