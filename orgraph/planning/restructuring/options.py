"""`Options`: what a planner asks of a restructuring, in the planner's words. Reading them from a file lies in :mod:`.reading`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

from orgraph.solver.districting.problem import Band

ObjectiveName: TypeAlias = Literal["distance", "moment", "border", "change", "moved"]
OBJECTIVES: tuple[ObjectiveName, ...] = ("distance", "moment", "border", "change")
"""What a planner may ask for. ``moved`` is asked for by whoever changes a plan by hand: see :attr:`Options.current`."""
CENTER_OBJECTIVES: frozenset[ObjectiveName] = frozenset({"distance", "moment"})
"""Objectives that measure the way to a seat, and so need coordinates."""

Balance: TypeAlias = Band | Literal["reference"]
"""A band, or ``reference``: the narrowest band that every part of the reference partition keeps."""

DEFAULT_BAND = Band(Fraction(-1, 10), Fraction(1, 10))


@dataclass(frozen=True, slots=True)
class Alternatives:
    """How many further plans are wanted, and the share of units that must sit differently in any two of them (0 to 1)."""

    count: int = 0
    differ: Fraction = Fraction(1, 5)


@dataclass(frozen=True)
class Options:
    """What is asked. Unit codes are division codes; weights are names of numeric properties of units.

    Parameters
    ----------
    k
        Number of new units, refused ones not counted.
    date
        The day the plan is made for: decides which text of each rule applies.
    objectives
        At least one, most important first.
    distance_weight
        The weight that ``distance``, ``moment`` and ``change`` count: people by default, ``area_km2`` where there are no counts of people.
    balance
        Band by weight.
    minimum
        Least total of every new unit, by weight, in the unit of the data.
    seats
        Codes of the units that may be a seat; ``None`` for all.
    together, apart
        Groups of units that share a new unit; groups of which no two share one.
    fixed
        Unit -> unit: the first goes where the second goes.
    refuse
        Units that stay as they are.
    extra_edges
        Pairs that count as neighbours though their borders do not touch.
    reference
        The property of units that holds today's, or the real, partition.
    current
        Unit -> any name of its district in the plan that is being changed; ``moved`` counts who leaves it.
    alternatives
        Further plans wanted.
    """

    k: int
    date: date = field(default_factory=date.today)
    objectives: tuple[ObjectiveName, ...] = ("distance",)
    distance_weight: str = "population"
    balance: Mapping[str, Balance] = field(default_factory=lambda: {"population": DEFAULT_BAND})
    minimum: Mapping[str, Fraction] = field(default_factory=dict)
    seats: tuple[str, ...] | None = None
    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    refuse: tuple[str, ...] = ()
    extra_edges: tuple[tuple[str, str], ...] = ()
    reference: str = "reference_part"
    current: Mapping[str, str] = field(default_factory=dict)
    alternatives: Alternatives = Alternatives()
