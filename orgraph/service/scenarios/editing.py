"""Change a plan by hand: move a unit, keep some together, forbid a district; the plan is repaired around it, and the price is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from orgraph.errors import InputError
from orgraph.findings import Finding, Json
from orgraph.graph import OrgGraph
from orgraph.messages import Text, text
from orgraph.planning.restructuring import (
    Alternatives,
    ObjectiveName,
    Options,
    Outcome,
    objective_label,
    objective_unit,
)
from orgraph.service.scenarios.plans import PlanRecord


@dataclass(frozen=True, slots=True)
class Move:
    """A unit goes into the district of a seat."""

    unit: str
    seat: str

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {"edit": "move", "unit": self.unit, "seat": self.seat}


@dataclass(frozen=True, slots=True)
class Lock:
    """Some units stay together; or the district of a seat stays as it is: none leaves, none joins."""

    units: tuple[str, ...] = ()
    seat: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {"edit": "lock", "units": list(self.units), "seat": self.seat}


@dataclass(frozen=True, slots=True)
class Forbid:
    """A unit does not go into the district of a seat."""

    unit: str
    seat: str

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {"edit": "forbid", "unit": self.unit, "seat": self.seat}


Edit: TypeAlias = Move | Lock | Forbid


def edits_json(edits: Iterable[Edit]) -> list[Json]:
    """Return edits as JSON."""
    return [edit.to_json() for edit in edits]


def read_edits(given: object) -> tuple[Edit, ...]:
    """Return the edits that a JSON list holds: ``{"edit": "move", "unit": ..., "seat": ...}`` and the like.

    Raises
    ------
    InputError
        With a finding per entry that is none.
    """
    entries = list(given) if isinstance(given, list | tuple) else [given]
    read = [_read(entry) for entry in entries]
    findings = [
        Finding("editing.unreadable", numbers={"number": i + 1})
        for i, edit in enumerate(read)
        if edit is None
    ]
    if findings:
        raise InputError("invalid_edits", findings=findings, num_errors=len(findings))
    return tuple(edit for edit in read if edit is not None)


def _read(entry: object) -> Edit | None:
    if not isinstance(entry, Mapping):
        return None
    kind, unit, seat, units = (entry.get(name) for name in ("edit", "unit", "seat", "units"))
    seat = "" if seat is None else seat
    if not isinstance(seat, str):
        return None
    if kind == "lock":
        units = () if units is None else units
        if not isinstance(units, list | tuple) or not all(isinstance(code, str) for code in units):
            return None
        return Lock(tuple(units), seat) if seat or len(units) > 1 else None
    if not isinstance(unit, str) or not unit or not seat:
        return None
    made: dict[object, Edit] = {"move": Move(unit, seat), "forbid": Forbid(unit, seat)}
    return made.get(kind)


def edit_findings(plan: PlanRecord, edits: Sequence[Edit]) -> tuple[Finding, ...]:
    """Return everything that is wrong with new edits of a plan."""
    return tuple(finding for edit in edits for finding in _wrong(plan, edit))


def _wrong(plan: PlanRecord, edit: Edit) -> Iterator[Finding]:
    seats = {district.seat for district in plan.districts}
    if edit.seat and edit.seat not in seats:
        yield Finding("editing.seat_unknown", subject=(edit.seat,), numbers={"seat": edit.seat})
    units = edit.units if isinstance(edit, Lock) else (edit.unit,)
    for unit in units:
        if unit not in plan.seat_by_unit:
            yield Finding("editing.unit_unknown", subject=(unit,), numbers={"unit": unit})
    if not isinstance(edit, Lock) and edit.unit == edit.seat:
        yield Finding("editing.own_seat", subject=(edit.unit,), numbers={"unit": edit.unit})


def in_force(plan: PlanRecord, new: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return all edits that the next plan has to keep: those of the plan before, except what new ones take back, and the new ones.

    A lock of a district is written out by its units, since its seat may change.
    """
    before = read_edits(cast(list[Json], plan.edits.get("edits") or []))
    kept = [edit for edit in before if not any(_takes_back(later, edit) for later in new)]
    members = {district.seat: district.members for district in plan.districts}
    written_out = (
        replace(edit, units=members[edit.seat])
        if isinstance(edit, Lock) and edit.seat in members and not edit.units
        else edit
        for edit in new
    )
    return tuple(dict.fromkeys((*kept, *written_out)))


def _takes_back(later: Edit, earlier: Edit) -> bool:
    if isinstance(later, Move):
        if isinstance(earlier, Move):
            return earlier.unit == later.unit
        return isinstance(earlier, Forbid) and earlier == Forbid(later.unit, later.seat)
    return isinstance(later, Forbid) and earlier == Move(later.unit, later.seat)


def edited(graph: OrgGraph, options: Options, plan: PlanRecord, edits: Sequence[Edit]) -> Options:
    """Return the options under which a plan is repaired: the edits hold, as few people as possible leave their district, then as before."""
    own = tuple(name for name in options.objectives if name != "moved")
    objectives: tuple[ObjectiveName, ...] = ("moved", *own)
    seats = tuple(d.seat for d in plan.districts if d.seat not in options.refuse)
    options = replace(
        options,
        objectives=objectives,
        current=plan.seat_by_unit,
        seats=None if options.seats is None else tuple(dict.fromkeys((*options.seats, *seats))),
        alternatives=Alternatives(),
    )
    for edit in edits:
        if not _is_moot(options, edit):
            options = _with(graph, options, edit)
    return options


def _is_moot(options: Options, edit: Edit) -> bool:
    """Return whether an edit is about a unit that has refused since, and so stays out anyway."""
    return not isinstance(edit, Lock) and not {edit.unit, edit.seat}.isdisjoint(options.refuse)


def _with(graph: OrgGraph, options: Options, edit: Edit) -> Options:
    if isinstance(edit, Forbid):
        return replace(options, apart=(*options.apart, (edit.unit, edit.seat)))
    if isinstance(edit, Lock):
        units = tuple(code for code in edit.units if code not in options.refuse)
        together = (units,) if len(units) > 1 else ()
        closed = ((units[0], code) for code in _beside(graph, options, units)) if edit.seat and units else ()
        return replace(options, together=(*options.together, *together), apart=(*options.apart, *closed))
    if edit.unit in options.fixed:  # the settings say something about it too: both hold
        return replace(options, together=(*options.together, (edit.unit, edit.seat)))
    return replace(options, fixed={**options.fixed, edit.unit: edit.seat})


def _beside(graph: OrgGraph, options: Options, units: Sequence[str]) -> list[str]:
    """Return the neighbours of some units: nobody further away joins a connected district without one of them."""
    pairs = [(r.source.code, r.target.code) for r in graph.relationships("ADJACENT")]
    inside = set(units)
    found = {b for pair in (*pairs, *options.extra_edges) for a, b in (pair, pair[::-1]) if a in inside}
    return sorted(found - inside - set(options.refuse))


@dataclass(frozen=True, slots=True)
class Price:
    """What repairing a plan changes in one objective: its value in the plan before and in the new one. ``unit`` is what it is counted in."""

    objective: str
    before: float
    after: float
    unit: Text

    @property
    def difference(self) -> float:
        """Return by how much it is higher now; for every objective, less is better."""
        return self.after - self.before

    @property
    def text(self) -> Text:
        """Return it as a sentence."""
        way = "same" if not round(self.difference, 6) else "more" if self.difference > 0 else "less"
        return text(
            f"editing.price.{way}",
            objective=objective_label(self.objective),
            before=round(self.before, 1),
            after=round(self.after, 1),
            difference=round(abs(self.difference), 1),
            unit=self.unit,
        )

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "objective": self.objective,
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
            "text": dict(self.text.to_json()),
        }


def prices(plan: PlanRecord, outcome: Outcome) -> tuple[Price, ...]:
    """Return what a repaired plan costs against the plan before, people who move first; empty without a plan."""
    before = {**plan.measures, "moved": 0.0}
    certificate, weight = outcome.certificate, outcome.options.distance_weight
    names = dict.fromkeys((*outcome.options.objectives, *outcome.measures))
    return tuple(
        Price(
            name,
            before[name],
            outcome.measures[name],
            objective_unit(name, weight, has_metres=certificate.has_metres),
        )
        for name in names
        if name in before and name in outcome.measures
    )
