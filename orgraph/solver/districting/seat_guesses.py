"""Guesses of what a better plan for costs to a seat may cost: a dive that aims close to the bound rules out more on its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

FIRST_SHARE = 0.005


@dataclass(slots=True)
class Guesses:
    """Guesses so far; mutable."""

    share: float = FIRST_SHARE
    """Of the bound: how far above it the next plan is looked for, but at most half the way to the best one at first."""

    def up_to(self, cutoff: float, bound: float) -> Iterator[float]:
        """Yield ever more, the cutoff last; what was too little once is passed over from then on."""
        middle = bound + (cutoff - bound) / 2
        size = max(abs(bound), cutoff - bound)
        while bound + self.share * size < middle:
            yield bound + self.share * size
            self.share *= 2.0
        yield from (middle, cutoff)
