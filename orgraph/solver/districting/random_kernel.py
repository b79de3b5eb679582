"""Random numbers of kernels, equal on every machine: xorshift64*."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from orgraph.solver.compiled import compiled

Word = np.uint64
Random = NDArray[np.uint64]
"""The state of a generator: one word, never 0."""


@compiled
def draw(random: Random) -> Word:
    """Return the next 64 random bits. Marsaglia (2003), "Xorshift RNGs", with the multiplier of Vigna (2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    bits: Word = x * np.uint64(2685821657736338717)
    return bits


@compiled
def below(random: Random, number: int) -> int:
    """Return a random whole number below ``number``, at most 2^31."""
    return int(np.int64(((draw(random) >> np.uint64(33)) * np.uint64(number)) >> np.uint64(31)))


@compiled
def uniform(random: Random) -> float:
    """Return a random number in [0, 1)."""
    return int(np.int64(draw(random) >> np.uint64(11))) * (1.0 / 9007199254740992.0)
