"""The rules of a districting problem taken apart, so that each can be dropped alone.

What is never dropped: every unit that is not refused goes to exactly one of k districts, none of them empty.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from orgraph.solver.districting.problem import Band, Problem

Kind = Literal[
    "refused",
    "difference",
    "apart",
    "seats",
    "minimum",
    "balance.lower",
    "balance.upper",
    "connected",
    "together",
    "fixed",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that can be dropped.

    ``units`` are the units it speaks of: the refused one, the group, the pair. ``weight`` is set for bands and minimums. ``index`` is the place in
    the problem's own list, so that two equal groups stay two rules.
    """

    kind: Kind
    units: tuple[int, ...] = ()
    weight: str = ""
    index: int = 0


def rules(problem: Problem) -> tuple[Rule, ...]:
    """Return every rule that ``problem`` states."""
    return (
        *(Rule("refused", (unit,)) for unit in sorted(problem.refused)),
        *(Rule("difference", index=i) for i in range(len(problem.differences))),
        *(Rule("apart", pair, index=i) for i, pair in enumerate(problem.apart)),
        *([Rule("seats")] if problem.seats is not None else []),
        *(Rule("minimum", weight=name) for name in problem.minimums),
        *(Rule("balance.lower", weight=name) for name in problem.bands),
        *(Rule("balance.upper", weight=name) for name in problem.bands),
        *([Rule("connected")] if problem.is_contiguous else []),
        *(Rule("together", group, index=i) for i, group in enumerate(problem.together)),
        *(Rule("fixed", pair, index=i) for i, pair in enumerate(problem.fixed)),
    )


def keeping(problem: Problem, kept: Collection[Rule]) -> Problem:
    """Return the problem that states only the ``kept`` rules.

    A refused unit whose refusal is dropped joins the map and the totals again, so bands are those of the new totals: dropping a refusal is the one
    step that is not a relaxation.
    """
    kept = frozenset(kept)
    return replace(
        problem,
        refused=frozenset(unit for unit in problem.refused if Rule("refused", (unit,)) in kept),
        differences=tuple(
            d for i, d in enumerate(problem.differences) if Rule("difference", index=i) in kept
        ),
        apart=tuple(p for i, p in enumerate(problem.apart) if Rule("apart", p, index=i) in kept),
        seats=problem.seats if Rule("seats") in kept else None,
        minimums={
            name: least for name, least in problem.minimums.items() if Rule("minimum", weight=name) in kept
        },
        bands=_bands(problem, kept),
        is_contiguous=problem.is_contiguous and Rule("connected") in kept,
        together=tuple(g for i, g in enumerate(problem.together) if Rule("together", g, index=i) in kept),
        fixed=tuple(p for i, p in enumerate(problem.fixed) if Rule("fixed", p, index=i) in kept),
    )


def _bands(problem: Problem, kept: frozenset[Rule]) -> dict[str, Band]:
    bands = {}
    for name, band in problem.bands.items():
        has_lower = Rule("balance.lower", weight=name) in kept
        has_upper = Rule("balance.upper", weight=name) in kept
        if has_lower or has_upper:
            low = band.low if has_lower else Fraction(-1)
            bands[name] = Band(low, band.high if has_upper else Fraction(problem.k - 1))
    return bands
