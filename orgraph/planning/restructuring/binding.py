"""Which rules bind: those that forbid moves that would be better, and how little room is left under each band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orgraph.findings import Json
from orgraph.planning.restructuring.explanation import Move, Note
from orgraph.planning.restructuring.measures import unscaled
from orgraph.solver.districting.check import totals
from orgraph.solver.districting.problem import Plan, Problem


def binding_notes(problem: Problem, plan: Plan, found: Sequence[Move]) -> Iterator[Note]:
    """Yield the room left under every band and minimum, then the rules that alone forbid moves which would improve the first objective."""
    yield from _room(problem, plan)
    yield from _forbidding(found)


def _room(problem: Problem, plan: Plan) -> Iterator[Note]:
    sums = totals(problem, plan)
    for name in dict.fromkeys((*problem.bands, *problem.minimums)):
        low, high = problem.bounds(name)
        scale = problem.scale.get(name, 1)
        least, most = min(sums[name]), max(sums[name])
        numbers: dict[str, Json] = {
            "weight": name,
            "low": unscaled(low, scale),
            "high": unscaled(high, scale),
            "least": unscaled(least, scale),
            "most": unscaled(most, scale),
            "least_number": sums[name].index(least) + 1,
            "most_number": sums[name].index(most) + 1,
            "room_below": unscaled(least - low, scale),
            "room_above": unscaled(high - most, scale),
        }
        yield Note("room" if name in problem.bands else "room_minimum", (), numbers)


def _forbidding(found: Sequence[Move]) -> Iterator[Note]:
    savings: dict[str, list[float]] = {}
    for move in found:
        gain = -next(iter(move.delta.values()), 0.0)
        if gain > 0 and len({note.kind for note in move.breaks}) == 1:
            savings.setdefault(move.breaks[0].kind, []).append(gain)
    for kind, gains in sorted(savings.items(), key=lambda item: -max(item[1])):
        numbers: dict[str, Json] = {"rule": kind, "num_moves": len(gains), "saved": max(gains)}
        yield Note("forbids", (), numbers)
