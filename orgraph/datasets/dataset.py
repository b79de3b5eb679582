"""What a data set is: a graph, what to ask of it, what was published about it, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orgraph.findings import Json
from orgraph.graph import OrgGraph
from orgraph.messages import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure, as published: also where it contradicts another one.

    Parameters
    ----------
    value
        A number, or a list of numbers.
    unit
        Unit of measure, in the words of the schema where there is one.
    text
        What it counts.
    note
        What has to be known to use it: rounding, contradictions, what is assumed; ``None`` where nothing has.
    """

    value: Json
    unit: str
    text: Text
    note: Text | None = None


@dataclass(frozen=True)
class Dataset:
    """A built-in scenario.

    Parameters
    ----------
    name
        What it is called in commands.
    title
        What it is called for people.
    graph
        The organizations as they are before any plan. ``provenance`` holds ``dataset``, ``country``, ``attribution``, ``as_of`` and
        ``is_synthetic``.
    settings
        What a ``plan.toml`` would hold.
    compare
        Objectives whose optima are shown beside the reference partition; none where it is not a real one.
    attribution
        Whom to name wherever the data are shown.
    published
        Published figures by id.
    notes
        What is real and what is not.
    """

    name: str
    title: Text
    graph: OrgGraph
    settings: Mapping[str, Json]
    compare: tuple[str, ...]
    attribution: Text
    published: Mapping[str, Figure]
    notes: tuple[Text, ...]

    @property
    def is_synthetic(self) -> bool:
        """Whether generated data are in it: then that is shown wherever its figures are."""
        return self.graph.provenance.get("is_synthetic") is True
