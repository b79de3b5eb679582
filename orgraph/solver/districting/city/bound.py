"""A lower bound without a matrix: Lagrangian relaxation of "every unit belongs to one seat", on the arcs to near seats, the others priced.

Let ``rent`` h be any numbers, w the weights, r(i, j) the distance of unit i to seat j to the power that counts. The cost of a plan is

    sum of w_i r(i, seat of i)  =  sum of w_i h_i  +  sum over its seats j, over the units i of j, of w_i (r(i, j) - h_i).

The inner sum of seat j is at least ``worth[j]``, the least over all fractions of units with ``low`` to ``high`` people in all: the members of j are one such choice.
Of arcs that are left out only r(i, j) >= edge_i is known, so h_i <= edge_i is kept: such a unit then adds at least 0, and at least ``beyond``, the
least of w_i (edge_i - h_i) / people_i, for every person it brings. So ``worth`` may fill up to ``low`` with people at this price, and needs no arc beyond its own.
The k seats of a plan differ, so their sums are at least the k least worths together, and for **every** choice of h

    bound(h)  =  sum of w_i h_i  +  the k least of worth[j]

holds for the problem as stated, whatever the choice of arcs. Distances are rounded down, the result is lowered by more than the rounding of its sums.

The rents ascend along the gradient of a smoothed dual, in which many seats near the k-th worth share in the k, less and less: with all of k given to the k best the
gradient jumps from iteration to iteration. Nesterov (2005), "Smooth minimization of non-smooth functions"; Held and Karp (1971) for the relaxation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from orgraph.solver.districting.city.arcs import Arcs, near_arcs, slices
from orgraph.solver.districting.city.instance import CityInstance
from orgraph.solver.districting.city.pricing import price_seats
from orgraph.solver.districting.city.space import Floats
from orgraph.solver.districting.city.tree import tree_of

ROUNDING = 1e-9
LARGEST_DIRECT = 20_000
"""Larger maps first ascend on a coarser one."""
BLOCK = 8
"""Units that make one of the coarser map: neighbours in the order of the tree."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Iterations, and the first and last step (as a share of a district's radius) and softness (as a share of the k-th worth)."""

    num_iterations: int
    step: tuple[float, float]
    softness: tuple[float, float]
    full_every: int = 1
    """Of so many iterations one prices every seat; the others only those that are near the k-th worth."""

    def at(self, number: int) -> tuple[float, float]:
        """Return step and softness of an iteration."""
        done = number / max(self.num_iterations - 1, 1)
        step, softness = (float(a * (b / a) ** done) for a, b in (self.step, self.softness))
        return step, softness


DIRECT = Schedule(400, (0.1, 0.003), (0.3, 0.003))
REFINING = Schedule(60, (0.03, 0.003), (0.3, 0.01), full_every=3)
INERTIA = 0.9


def bounds(instance: CityInstance, is_over: Callable[[], bool]) -> Iterator[float]:
    """Yield ever better lower bounds, until the schedule or the time ends."""
    if int(instance.town.is_seat.sum()) < instance.k:
        return
    start = _rents_from(coarser(instance), is_over) if instance.num_units > LARGEST_DIRECT else None
    arcs = near_arcs(instance, is_over)
    if arcs is None:
        return
    ascent = Ascent(instance, arcs)
    if start is None:
        yield from ascent.climb(DIRECT, is_over)
    else:
        ascent.rent = ascent.kept_inside(_smooth(instance, np.repeat(start, BLOCK)[: instance.num_units]))
        yield from ascent.climb(REFINING, is_over)


def _rents_from(instance: CityInstance, is_over: Callable[[], bool]) -> Floats | None:
    has_seats = int(instance.town.is_seat.sum()) >= instance.k
    arcs = near_arcs(instance, is_over) if has_seats else None
    if arcs is None:
        return None
    ascent = Ascent(instance, arcs)
    for _ in ascent.climb(DIRECT, is_over):
        pass
    return ascent.best_rent


def _smooth(instance: CityInstance, rent: Floats) -> Floats:
    """Return rents averaged over neighbours a few times, so that they do not jump between blocks."""
    first, other = instance.town.links
    degree = np.diff(first)
    for _ in range(BLOCK):
        sums = np.add.reduceat(np.append(rent[other], 0.0), first[:-1])
        rent = np.where(degree > 0, (rent + sums) / (1 + degree), rent)
    return rent


def coarser(instance: CityInstance) -> CityInstance:
    """Return a map of blocks of units, at their middles; for a guess of rents only, so it has no links."""
    town = instance.town
    starts = np.arange(0, instance.num_units, BLOCK)
    sizes = np.diff(np.append(starts, instance.num_units))
    xyz = np.add.reduceat(town.space.xyz, starts) / sizes[:, None]
    blocks = town._replace(
        space=town.space._replace(xyz=xyz),
        weight=np.add.reduceat(town.weight, starts),
        people=np.add.reduceat(town.people, starts),
        is_seat=np.logical_or.reduceat(town.is_seat, starts),
    )
    return replace(instance, unit=starts, town=blocks, tree=tree_of(xyz))


class Ascent:
    """The rents of one map as they rise. ``bound`` is the best so far, ``best_rent`` where it was."""

    def __init__(self, instance: CityInstance, arcs: Arcs) -> None:
        self.town = instance.town
        self.arcs = arcs
        self.k = instance.k
        self.rent = self.kept_inside(arcs.radius)
        self.best_rent = self.rent
        self.scale = (arcs.radius + arcs.radius.mean()) / 2
        self.bound = -np.inf
        self.worth = np.full(len(self.rent), np.inf)

    def kept_inside(self, rent: Floats) -> Floats:
        """Return rents that leave arcs beyond the near ones no less than a small cost."""
        return np.clip(rent, 0.0, self.arcs.edge * 0.97)

    def climb(self, schedule: Schedule, is_over: Callable[[], bool]) -> Iterator[float]:
        """Yield every better bound."""
        pull = np.zeros(len(self.rent))
        for number in range(schedule.num_iterations):
            step, softness = schedule.at(number)
            is_full = number % schedule.full_every == 0 or number == schedule.num_iterations - 1
            if not self.price(self._wanted(is_full, softness), is_over):
                return
            if is_full and self.value() > self.bound:
                self.bound, self.best_rent = self.value(), self.rent
                yield self.bound
            covered = self.cover(softness, is_over)
            if covered is None:
                return
            pull = INERTIA * pull + (1 - INERTIA) * (1 - covered)
            self.rent = self.kept_inside(self.rent + step * self.scale * pull)

    def price(self, wanted: Floats, is_over: Callable[[], bool]) -> bool:
        """Price the seats with ``wanted`` below 0; return whether there was time for all."""
        return self._run(wanted, self.worth, np.zeros(0), is_over)

    def value(self) -> float:
        """Return the bound of the rents for which every seat has been priced last."""
        least = np.partition(self.worth, self.k - 1)[: self.k]
        paid = self.town.weight * self.rent
        return float(paid.sum() + least.sum() - ROUNDING * (np.abs(paid).sum() + np.abs(least).sum()))

    def cover(self, softness: float, is_over: Callable[[], bool]) -> Floats | None:
        """Return how much of every unit the best seats cover when they share in the k softly; ``None`` when the time is over."""
        covered = np.zeros(len(self.rent))
        share = soft_shares(self.worth, self.k, softness * self._scale())
        return covered if self._run(share, self.worth.copy(), covered, is_over) else None

    def _wanted(self, is_full: bool, softness: float) -> Floats:
        if is_full:
            return np.where(self.town.is_seat, -1.0, 0.0)
        near = np.partition(self.worth, self.k - 1)[self.k - 1] + 2 * softness * self._scale()
        return np.where(self.worth <= near, -1.0, 0.0)

    def _scale(self) -> float:
        return abs(float(np.partition(self.worth, self.k - 1)[self.k - 1])) + 1e-12

    def _run(self, share: Floats, worth: Floats, covered: Floats, is_over: Callable[[], bool]) -> bool:
        town, edge = self.town, self.arcs.edge
        has_people = town.people > 0
        per_person = town.weight[has_people] * (edge - self.rent)[has_people] / town.people[has_people]
        beyond = float(per_person.min()) if len(per_person) else 0.0
        for begin, end in slices(len(self.rent)):
            price_seats(town, self.arcs, self.rent, beyond, share, worth, covered, begin, end)
            if is_over():
                return False
        return True


def soft_shares(worth: Floats, k: int, width: float) -> Floats:
    """Return shares in [0, 1] that sum to k: (t - worth) / width, cut off at 0 and 1, for the right t. At least k seats are finite."""
    finite = np.sort(worth[np.isfinite(worth)])
    low, high = finite[0], finite[k - 1] + width
    for _ in range(50):
        middle = (low + high) / 2
        if np.clip((middle - finite) / width, 0, 1).sum() < k:
            low = middle
        else:
            high = middle
    shares: Floats = np.clip((high - worth) / width, 0.0, 1.0)
    return shares
