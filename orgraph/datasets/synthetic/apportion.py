"""Share an integer total out in proportion to weights."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def apportion(total: int, weights: Sequence[int], *, minimum: int = 0) -> list[int]:
    """Return integers that sum to ``total`` exactly, in proportion to ``weights`` (method of largest remainders).

    Everyone gets ``minimum`` first. Ties go to the earlier position. Integers only, so the answer is the same everywhere.

    Raises
    ------
    ValueError
        When the total cannot give everyone the minimum, or all weights are zero.
    """
    left = total - minimum * len(weights)
    whole = sum(weights)
    if left < 0 or whole <= 0:
        raise ValueError("the total is too small, or there is no weight")
    exact = [Fraction(left * w, whole) for w in weights]
    shares = [int(e) for e in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: left - sum(shares)]:
        shares[i] += 1
    return [s + minimum for s in shares]
