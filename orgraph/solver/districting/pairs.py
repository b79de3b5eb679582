"""Pairs of node and seat that plans of interest may use, in the order in which kernels read them, and the multipliers that price them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from orgraph.solver.districting.instance import Floats, Instance, Ints, Mask


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs of seat ``seat[s]`` (an index among all seats) are ``start[s]:start[s+1]``; the first one is the seat's home, so no seat here is closed.

    ``must_open`` (seats,) marks seats that every plan of interest uses. ``node`` and ``cost`` have shape (pairs,).
    """

    seat: Ints
    start: Ints
    node: Ints
    cost: Floats
    must_open: Mask

    @property
    def num_pairs(self) -> int:
        """Return the number of pairs."""
        return len(self.node)

    @property
    def num_seats(self) -> int:
        """Return the number of seats that may be open."""
        return len(self.seat)

    def owner(self) -> Ints:
        """Return the place of the seat of every pair: shape (pairs,)."""
        return np.repeat(np.arange(self.num_seats), np.diff(self.start))

    def kept(self, is_alive: Mask) -> tuple[Pairs, Mask]:
        """Return what is left, without the seats that lost their home, and which seats stay: shape (seats,)."""
        stays: Mask = is_alive[self.start[:-1]]
        owner = self.owner()
        alive = is_alive & stays[owner]
        counts = np.bincount(owner[alive], minlength=self.num_seats)[stays]
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Pairs(
            self.seat[stays], start, self.node[alive], self.cost[alive], self.must_open[stays]
        ), stays

    def copied(self) -> Pairs:
        """Return the pairs with marks of their own."""
        return replace(self, must_open=self.must_open.copy())

    def opening(self, place: int) -> Pairs:
        """Return the pairs with a seat, by its place, open in every plan."""
        must_open = self.must_open.copy()
        must_open[place] = True
        return replace(self, must_open=must_open)

    def mask(self, shape: tuple[int, int]) -> Mask:
        """Return the pairs as a table: shape (nodes, all seats)."""
        allowed = np.zeros(shape, dtype=bool)
        allowed[self.node, self.seat[self.owner()]] = True
        return allowed


@dataclass(frozen=True, eq=False)
class Multipliers:
    """What a node pays for a district (nodes,), and what a unit of weight pays at a seat (W, seats)."""

    price: Floats
    push: Floats

    def of_seats(self, stays: Mask | Ints) -> Multipliers:
        """Return the multipliers of some seats."""
        return Multipliers(self.price, self.push[:, stays].copy())

    def for_all(self, seat: Ints, num_seats: int) -> Multipliers:
        """Return the multipliers of all seats, nothing pushed at those that are not among ``seat``."""
        push = np.zeros((len(self.push), num_seats))
        push[:, seat] = self.push
        return Multipliers(self.price, push)

    def copied(self) -> Multipliers:
        """Return a copy that may be changed."""
        return Multipliers(self.price.copy(), self.push.copy())


def pairs_of(instance: Instance, cost: Floats, allowed: Mask) -> Pairs:
    """Return the pairs of a table (nodes, seats), homes first."""
    home = np.array(instance.home, dtype=np.int64)
    seat, node = np.nonzero(allowed.T & allowed[home, np.arange(len(home))][:, None])
    order = np.lexsort((node, node != home[seat], seat))
    seat, node = seat[order], node[order]
    used, counts = np.unique(seat, return_counts=True)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Pairs(used, start, node, cost[node, seat], np.zeros(len(used), dtype=bool))
