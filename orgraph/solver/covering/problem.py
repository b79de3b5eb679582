"""Two covering problems: join small units into connected sets that are large enough, and open the fewest groups that close the gaps in coverage.

Units are indexes ``0 .. n-1``; ids are only names for reasons and findings. All figures are integers, so objectives are, too.
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_PRICE = 10**7
"""Prices up to this size, of some thousand units, stay far inside what a floating-point proof can tell apart."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What joining costs: every ``joined`` set, every ``mixed`` one of its sectors beyond the first, every unit that stays ``alone`` (``None``: none may)."""

    joined: int = 10
    mixed: int = 1
    alone: int | None = 100

    @classmethod
    def lexicographic(cls, num_units: int) -> Prices:
        """Return prices by which first the fewest units stay alone, then the sets are fewest, then the sectors least mixed."""
        return cls(num_units + 1, 1, (num_units + 1) ** 2)


@dataclass(frozen=True)
class Joining:
    """Partition the units with fewer than ``least`` members into connected sets with at least ``least``.

    A unit that has ``least`` members by itself takes no part: it is in no set, and none is connected through it.

    Parameters
    ----------
    unit_ids
        Names of the units, unique.
    edges
        Pairs (i, j), i < j, of adjacent units; each pair once.
    members
        Of every unit, at least 0.
    sectors
        Of every unit; a set of one sector is preferred.
    least
        Fewest members of a set.
    most_units
        Most units of a set; a unit that joins no other stays alone.
    prices
        Prices of what is not wanted; the objective is their sum.
    """

    unit_ids: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    members: tuple[int, ...]
    sectors: tuple[str, ...]
    least: int = 3
    most_units: int = 5
    prices: Prices = Prices()

    @property
    def num_units(self) -> int:
        """Return n, units that take no part included."""
        return len(self.unit_ids)

    @property
    def small(self) -> tuple[int, ...]:
        """Return the units that take part."""
        return tuple(u for u, members in enumerate(self.members) if members < self.least)


@dataclass(frozen=True, slots=True)
class Joined:
    """``set_of[u]`` is the set of unit u in ``0 .. k-1``, ``None`` when it takes no part or stays alone. Sets are numbered by their smallest unit."""

    set_of: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group that is there (``is_existing``, free of charge) or could be opened at a price: the units it can serve, and how many of them at most (``None``: all)."""

    id: str
    units: tuple[int, ...]
    capacity: int | None = None
    price: int = 1
    is_existing: bool = False


@dataclass(frozen=True)
class Opening:
    """Open new groups at the least price, so that every unit is served by as many different groups as it needs.

    Parameters
    ----------
    unit_ids
        Names of the units, unique.
    needs
        By how many groups every unit must be served; 0 for none.
    groups
        Existing groups and candidates; a group serves a unit at most once.
    uncovered
        Price of every service that is missing; ``None``: none may be.
    """

    unit_ids: tuple[str, ...]
    needs: tuple[int, ...]
    groups: tuple[Group, ...]
    uncovered: int | None = None

    @property
    def num_units(self) -> int:
        """Return the number of units."""
        return len(self.unit_ids)


@dataclass(frozen=True, slots=True)
class Opened:
    """``groups`` are the numbers of the new groups, ascending; ``served_by[u]`` the numbers of the groups, existing or new, that serve unit u, ascending."""

    groups: tuple[int, ...]
    served_by: tuple[tuple[int, ...], ...]


Problem = Joining | Opening
Plan = Joined | Opened
