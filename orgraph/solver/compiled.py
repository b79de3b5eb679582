"""Kernels: loops over arrays that numba compiles, for searches of many millions of moves a second.

The machine code is kept beside the module, or in the user's cache where that folder is read-only, so that it is compiled once per machine. Kernels release the GIL:
they run in slices of a fraction of a second, between which the caller looks at the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])


def compiled(function: FunctionT) -> FunctionT:
    """Return the function as machine code, compiled at its first call for the types of its arguments. Floating point stays exact (no fast math)."""
    try:
        kernel = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # No folder that numba could keep the code in.
        kernel = njit(nogil=True)(function)
    return cast(FunctionT, kernel)
