"""The integer programs: which sets make the partition, and which groups are opened. One method per rule."""

from __future__ import annotations

import numpy as np

from orgraph.solver.covering.cuts import Cuts
from orgraph.solver.covering.problem import Opening
from orgraph.solver.covering.sets import Ints, Sets
from orgraph.solver.mip import Mip, Terms


class PartitionModel:
    """One column per set."""

    def __init__(self, sets: Sets) -> None:
        self.sets = sets
        self.mip = Mip()
        self.used = [self.mip.binary(float(cost)) for cost in sets.cost]
        self.place_every_unit()
        self.use_enough_sets()

    def use_enough_sets(self) -> None:
        """Use at least as many sets in a piece of the map as its units need: implied for whole sets, not for fractions of them."""
        pieces: list[Terms] = [[] for _ in self.sets.least_number]
        for column, piece in zip(self.used, self.sets.piece.tolist(), strict=True):
            pieces[piece].append((column, 1.0))
        for piece_terms, least in zip(pieces, self.sets.least_number.tolist(), strict=True):
            self.mip.row(piece_terms, at_least=float(least))

    def place_every_unit(self) -> None:
        """Every small unit is in exactly one set."""
        rows: list[Terms] = [[] for _ in self.sets.small]
        for column, units in zip(self.used, self.sets.tuples(np.arange(len(self.used))), strict=True):
            for unit in units:
                rows[unit].append((column, 1.0))
        for row in rows:
            self.mip.row(row, at_least=1.0, at_most=1.0)

    def hold_two_once(self, cuts: Cuts) -> None:
        """Use at most one set that holds two or more of three units: implied for whole sets, not for fractions of them."""
        for row in cuts.held:
            self.mip.row([(self.used[s], 1.0) for s in np.flatnonzero(row).tolist()], at_most=1.0)

    def chosen(self, x: tuple[float, ...]) -> Ints:
        """Return the sets of an integral point."""
        return np.array([s for s, column in enumerate(self.used) if x[column] > 0.5], dtype=np.int64)


class OpeningModel:
    """One column per candidate group, and one per service of a group whose capacity may bind."""

    def __init__(self, problem: Opening) -> None:
        self.problem = problem
        self.mip = Mip()
        self.opened = {
            g: self.mip.binary(float(group.price))
            for g, group in enumerate(problem.groups)
            if not group.is_existing
        }
        self._services: list[Terms] = [[] for _ in problem.unit_ids]
        self._given = [0] * problem.num_units
        self.add_services()
        self.meet_needs()

    def add_services(self) -> None:
        """Let an open group serve its units, as many as its capacity allows."""
        for g, group in enumerate(self.problem.groups):
            needy = [u for u in group.units if self.problem.needs[u] > 0]
            if group.capacity is not None and group.capacity < len(needy):
                self._serve_some(g, needy, group.capacity)
            else:
                self._serve_all(g, needy)

    def meet_needs(self) -> None:
        """Every unit is served as often as it needs, or pays for what is missing."""
        for u, need in enumerate(self.problem.needs):
            left = need - self._given[u]
            if left > 0:
                row = list(self._services[u])
                if self.problem.uncovered is not None:
                    row.append((self.mip.continuous(0.0, float(left), float(self.problem.uncovered)), 1.0))
                self.mip.row(row, at_least=float(left))

    def chosen(self, x: tuple[float, ...]) -> tuple[int, ...]:
        """Return the new groups of an integral point."""
        return tuple(g for g, column in self.opened.items() if x[column] > 0.5)

    def _serve_all(self, g: int, needy: list[int]) -> None:
        for u in needy:
            if g in self.opened:
                self._services[u].append((self.opened[g], 1.0))
            else:
                self._given[u] += 1

    def _serve_some(self, g: int, needy: list[int], capacity: int) -> None:
        served = [self.mip.continuous(0.0, 1.0) for _ in needy]
        load: Terms = [(column, 1.0) for column in served]
        if g in self.opened:
            self.mip.row([*load, (self.opened[g], -float(capacity))], at_most=0.0)
            for column in served:
                self.mip.row([(column, 1.0), (self.opened[g], -1.0)], at_most=0.0)
        else:
            self.mip.row(load, at_most=float(capacity))
        for u, column in zip(needy, served, strict=True):
            self._services[u].append((column, 1.0))
