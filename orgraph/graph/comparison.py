"""Compare two partitions of the same units: who goes from where to where, which parts correspond, how much moves.

A partition maps the code of a unit to the name of its part. Weights are people, or any other count; integer weights keep all sums exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from one part of the first partition to one part of the second: the units by code, and their weight."""

    before: str
    after: str
    units: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Comparison:
    """Two partitions side by side.

    ``flows`` are by (before, after). ``matching`` pairs parts one to one so that the matched weight is largest; a part may stay alone.
    ``added`` are units that only the second partition has; they count as moved. Units that only the first has count nowhere
    (``dropped``).
    """

    flows: tuple[Flow, ...]
    matching: Mapping[str, str]
    total: float
    moved: float
    added: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def moved_share(self) -> float:
        """The share of the weight that moves, 0 for an empty comparison."""
        return self.moved / self.total if self.total else 0.0

    def overlap(self, before: str, after: str) -> float:
        """Return the weight that is in both parts."""
        return sum(f.weight for f in self.flows if (f.before, f.after) == (before, after))


def compare(before: Mapping[str, str], after: Mapping[str, str], weight: Mapping[str, float]) -> Comparison:
    """Compare two partitions.

    Parameters
    ----------
    before, after
        Part by unit code. A refused unit is in ``before`` only.
    weight
        Weight by unit code, 0 or more; a unit without one weighs nothing.

    Notes
    -----
    Moved = weight of the units of ``after`` whose two parts are not matched with each other. O(n log n) and a maximum weight matching
    on the parts, O(p^3): Galil (1986), "Efficient algorithms for finding maximum matching in graphs".
    """
    flows = _flows(before, after, weight)
    matching = _matching(flows)
    added = tuple(sorted(after.keys() - before.keys()))
    stays = sum(f.weight for f in flows if matching.get(f.before) == f.after)
    total = sum(weight.get(unit, 0) for unit in after)
    return Comparison(
        flows, matching, total, total - stays, added, tuple(sorted(before.keys() - after.keys()))
    )


def _flows(
    before: Mapping[str, str], after: Mapping[str, str], weight: Mapping[str, float]
) -> tuple[Flow, ...]:
    units: dict[tuple[str, str], list[str]] = {}
    weights: dict[tuple[str, str], float] = {}
    for unit in sorted(before.keys() & after.keys()):
        pair = before[unit], after[unit]
        units.setdefault(pair, []).append(unit)
        weights[pair] = weights.get(pair, 0) + weight.get(unit, 0)
    return tuple(Flow(*pair, tuple(units[pair]), weights[pair]) for pair in sorted(units))


def _matching(flows: tuple[Flow, ...]) -> Mapping[str, str]:
    sides: nx.Graph[tuple[int, str]] = nx.Graph()
    for flow in flows:
        if flow.weight > 0:
            sides.add_edge((0, flow.before), (1, flow.after), weight=flow.weight)
    pairs = (sorted(pair) for pair in nx.max_weight_matching(sides))
    return dict(sorted((first[1], second[1]) for first, second in pairs))
