"""Plans compared objective by objective: an earlier one decides, up to a tolerance that is only there for rounding."""

from __future__ import annotations

from collections.abc import Sequence

STAGE_TOLERANCE = 1e-8
"""A later objective may cost an earlier one this share of its value: enough for rounding, far below a proof's gap."""


def with_tolerance(value: float) -> float:
    """Return the most that an objective may cost once it is held at ``value``."""
    return value + STAGE_TOLERANCE * max(1.0, abs(value))


def is_better(new: Sequence[float], old: Sequence[float]) -> bool:
    """Return whether ``new`` is smaller in the first objective that differs by more than the tolerance."""
    for a, b in zip(new, old, strict=True):
        if a > with_tolerance(b):
            return False
        if b > with_tolerance(a):
            return True
    return False
