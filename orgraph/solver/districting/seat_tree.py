"""Branch and bound for costs to a seat: a node of the tree says which seats a unit may still have; the relaxation bounds it and rules out more.

A branch gives one map node each of its seats in turn, which opens that seat; what follows by connectedness, totals and reduced costs is drawn at once. Trees whose
open pairs are few are left to an integer program.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from orgraph.solver.districting.bound import Bounded, Relaxation
from orgraph.solver.districting.instance import Floats, Ints, Mask
from orgraph.solver.districting.pairs import Pairs

NUM_CANDIDATES = 3
"""Nodes tried by each of two measures before one is chosen to branch on."""
LARGE = 10_000
"""With more pairs than this, fewer candidates are tried."""
TRIAL_STEPS = 15
NUM_STEPS = 60
MOST_MISSES = 10
"""A dive ends after so many seats that lead too far."""
MOST_SEEN = 2_000_000
"""A dive ends, with what it has, once its steps began with so many pairs in all."""
FIRST_STEP = 0.5
HALVINGS = 6.0
"""A branch that closes the whole gap counts as two to the minus this."""
LIKELY = 0.3
"""A second seat within this share of the gap makes a node worth branching on for its weight."""


class SeatTree:
    """The open parts of the tree, the one with the least bound first."""

    def __init__(self, relaxation: Relaxation, is_over: Callable[[], bool]) -> None:
        self.relaxation = relaxation
        self.is_over = is_over
        self._number = count()
        self._open: list[tuple[float, int, Bounded]] = []

    @property
    def bound(self) -> float:
        """Return the least bound of an open part; infinite when none is open."""
        return self._open[0][0] if self._open else np.inf

    def put(self, part: Bounded) -> None:
        """Open a part."""
        heapq.heappush(self._open, (part.bound, next(self._number), part))

    def take(self, cutoff: float) -> Bounded | None:
        """Return the open part with the least bound and close it; ``None`` when no open part is within the cutoff."""
        if not self._open or self.bound > cutoff:
            return None
        return heapq.heappop(self._open)[2]

    def branch(self, part: Bounded, cutoff: float) -> None:
        """Open parts that hold together every plan of ``part`` up to the cutoff."""
        best: list[Bounded] = []
        least = np.inf
        for node in self._candidates(part, cutoff):
            children = list(self._children(part, node, cutoff))
            if self.is_over():
                self.put(part)
                return
            size = sum(self._size(part, child, cutoff) for child in children)
            if size < least:
                best, least = children, size
            if not children:
                break
        for child in best:
            better = self.descended(child, cutoff)
            if better is not None:
                self.put(better)

    def descended(self, part: Bounded, cutoff: float) -> Bounded | None:
        """Return a part after further steps, ``None`` when nothing in it is within the cutoff."""
        assert part.pairs is not None
        return self._bounded(part, part.pairs, part, NUM_STEPS, cutoff)

    def with_seats(self, part: Bounded, seats: Sequence[int], cutoff: float) -> Bounded | None:
        """Return what is left of a part when exactly these seats, indexes among all, are open; ``None`` when nothing within the cutoff is, or a seat is closed."""
        pairs = part.pairs
        assert pairs is not None
        is_open = np.isin(pairs.seat, seats)
        if is_open.sum() < len(seats):
            return None
        left = self.relaxation.tightened(replace(pairs, must_open=is_open), is_open[pairs.owner()])
        return None if left is None else self._bounded(part, left, part, NUM_STEPS, cutoff)

    def diving(self, part: Bounded, most_choices: int, cutoff: float) -> Bounded | None:
        """Return a small part inside, reached by giving one node after the other its cheapest seat, or not that seat where it leads beyond the cutoff.

        ``None`` where this ends without any, or too many seats lead too far. On large maps the part may stay larger than asked for.
        """
        num_misses, num_seen = 0, 0
        while part.num_choices > most_choices and num_seen < MOST_SEEN and not self.is_over():
            pairs = part.pairs
            assert pairs is not None
            num_seen += pairs.num_pairs
            lifts = self.relaxation.lifts(part)
            is_near = part.bound + lifts <= cutoff
            place = self._dearest(pairs, lifts)
            is_own = pairs.owner() == pairs.owner()[place]
            is_near[pairs.node == pairs.node[place]] = False
            opened = pairs.opening(int(pairs.owner()[place]))
            child = self._narrowed(part, opened, is_near | is_own, cutoff)
            if child is None:
                num_misses += 1
                is_other = np.arange(pairs.num_pairs) != place
                child = self._narrowed(part, pairs, is_other, cutoff)
            if child is None or num_misses > MOST_MISSES:
                return None
            part = child
        return part

    def _dearest(self, pairs: Pairs, lifts: Floats) -> int:
        """Return the pair of the node whose cheapest seat lifts the bound most, of those that have a choice, and of that seat."""
        order = np.lexsort((lifts, pairs.node))
        counts = np.bincount(pairs.node)
        first = np.cumsum(counts) - counts
        least = np.where(counts > 1, lifts[order][first], -1.0)
        return int(order[first[int(np.argmax(least))]])

    def _narrowed(self, part: Bounded, pairs: Pairs, is_alive: Mask, cutoff: float) -> Bounded | None:
        """Return the bound of a part of which only some pairs are left, ``None`` when nothing is within the cutoff."""
        left = self.relaxation.tightened(pairs, is_alive)
        return None if left is None else self._bounded(part, left, part, NUM_STEPS, cutoff)

    def cheapest(self, part: Bounded, most_choices: int, kept: Ints | None = None) -> Bounded | None:
        """Return a part with only the pairs that lift its bound least, about as many as may be open, and each node's seat in ``kept``."""
        pairs = part.pairs
        assert pairs is not None
        lifts = self.relaxation.lifts(part)
        order = np.lexsort((lifts, pairs.node))
        counts = np.bincount(pairs.node)
        is_alive = np.zeros(pairs.num_pairs, dtype=bool)
        is_alive[order[np.cumsum(counts) - counts]] = True
        is_alive[pairs.start[:-1]] = True
        is_alive[np.argsort(lifts, kind="stable")[: len(counts) + most_choices]] = True
        if kept is not None:
            is_alive |= pairs.seat[pairs.owner()] == kept[pairs.node]
        left = self.relaxation.tightened(pairs, is_alive)
        return None if left is None else self._moved(part, left)

    def _moved(self, part: Bounded, pairs: Pairs) -> Bounded:
        assert part.pairs is not None
        stays = np.isin(part.pairs.seat, pairs.seat)
        return Bounded(part.bound, pairs, part.multipliers.of_seats(stays))

    def _children(self, part: Bounded, node: int, cutoff: float) -> Iterator[Bounded]:
        """Yield what is left of a part when a node goes to each of its seats."""
        pairs = part.pairs
        assert pairs is not None
        owner = pairs.owner()
        for place in np.flatnonzero(pairs.node == node):
            if self.is_over():
                return
            left = self.relaxation.tightened(
                pairs.opening(owner[place]), (pairs.node != node) | (owner == owner[place])
            )
            child = None if left is None else self._bounded(part, left, part, TRIAL_STEPS, cutoff)
            if child is not None:
                yield child

    def _bounded(
        self, part: Bounded, pairs: Pairs, prices: Bounded, num_steps: int, cutoff: float
    ) -> Bounded | None:
        """Return the bound of what is left of a part, ``None`` when nothing is within the cutoff."""
        start = self._moved(prices, pairs).multipliers
        run = self.relaxation.descend(pairs, start, cutoff, num_steps, self.is_over, first_step=FIRST_STEP)
        if run.pairs is None:
            return None
        return Bounded(max(run.bound, part.bound), run.pairs, run.multipliers)

    def _candidates(self, part: Bounded, cutoff: float) -> list[int]:
        """Return the nodes to try: those that no seat takes cheaply, and heavy ones that several seats take about as cheaply."""
        pairs = part.pairs
        assert pairs is not None
        gap = max(cutoff - part.bound, 1e-9)
        lifts = np.minimum(self.relaxation.lifts(part), gap)
        order = np.lexsort((lifts, pairs.node))
        counts = np.bincount(pairs.node)
        first = np.cumsum(counts) - counts
        several: Ints = np.flatnonzero(counts > 1)
        one, two = lifts[order][first[several]], lifts[order][first[several] + 1]
        dear = (one + 1e-3 * gap) * (two + 1e-3 * gap)
        heavy = self.relaxation.heaviness[several] * (two < LIKELY * gap) / counts[several]
        most = min(NUM_CANDIDATES, max(1, LARGE // pairs.num_pairs))
        chosen = [several[np.argsort(-score, kind="stable")[:most]] for score in (dear, heavy)]
        return [int(node) for node in dict.fromkeys(np.concatenate(chosen).tolist())]

    def _size(self, part: Bounded, child: Bounded, cutoff: float) -> float:
        """Return how large the tree below a child will be, about, relative to that of its part."""
        assert part.pairs is not None and child.pairs is not None
        share = (child.bound - part.bound) / max(cutoff - part.bound, 1e-9)
        size: float = 2.0 ** (-HALVINGS * share) * child.pairs.num_pairs / part.pairs.num_pairs
        return size
