"""What a kept plan says: status and certificate, districts, findings, reasons, explanations, alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self, cast

import strawberry
from strawberry.scalars import JSON
from strawberry.types import Info

from api.context import Context
from api.loaders import NodeAsked
from api.types_making import resolved
from api.types_nodes import NODE_TYPES, MoreField, Seen
from api.types_texts import BothTexts, Finding
from api.types_words import said
from orgraph.findings import Json
from orgraph.graph import NodeKey
from orgraph.messages import Text, text
from orgraph.planning.restructuring import objective_label, weight_label
from orgraph.service.scenarios.plans import PlanRecord

_UNIT = NODE_TYPES["Unit"]
_Table = Mapping[str, Json]


@strawberry.type(description=said("type.named_number"))
class NamedNumber:
    """A number with its name."""

    name: str
    label: BothTexts
    value: float


@strawberry.type(description=said("type.stage"))
class Stage:
    """One objective of a lexicographic plan."""

    name: str
    objective: float | None
    bound: float | None
    gap: float | None


async def _members(self: District, info: Info[Context, None]) -> list[Seen]:
    asked = [NodeAsked(NodeKey("Unit", code), None) for code in self.member_codes]
    found = await info.context["loaders"].nodes.load_many(asked)
    return [Seen(node) for node in found if node is not None]


@strawberry.type(description=said("type.district"))
class District:
    """One new unit of a plan."""

    number: int
    name: BothTexts = strawberry.field(description=said("field.district_name"))
    seat: str = strawberry.field(description=said("field.seat"))
    member_codes: list[str]
    totals: list[NamedNumber] = strawberry.field(description=said("field.totals"))
    deviation: list[NamedNumber] = strawberry.field(description=said("field.deviation"))
    organization: str | None = strawberry.field(description=said("field.organization_form"))
    members: list[_UNIT] = strawberry.field(resolver=_members, description=said("field.members"))  # type: ignore[valid-type]


@strawberry.type(description=said("type.reason"))
class Reason:
    """One of the reasons why there is no plan."""

    rule: str
    subject: list[str]
    text: BothTexts
    numbers: JSON
    is_proven_minimal: bool = strawberry.field(description=said("field.is_proven_minimal"))


@strawberry.type(description=said("type.note"))
class Note:
    """One sentence of an explanation."""

    kind: str
    subject: list[str]
    text: BothTexts
    numbers: JSON

    @classmethod
    def read(cls, stored: Json) -> Self:
        """Return the view of a kept note."""
        known = cast(_Table, stored)
        return cls(
            kind=str(known["kind"]),
            subject=_codes(known["subject"]),
            text=BothTexts.read(known["text"]),
            numbers=cast(JSON, known["numbers"]),
        )


@strawberry.type(description=said("type.possible_move"))
class PossibleMove:
    """What it would cost to move one unit into a neighbouring district."""

    unit: str
    source: int = strawberry.field(description=said("field.move_source"))
    target: int = strawberry.field(description=said("field.move_target"))
    delta: list[NamedNumber] = strawberry.field(description=said("field.move_delta"))
    breaks: list[Note] = strawberry.field(description=said("field.move_breaks"))


@strawberry.type(description=said("type.explanations"))
class Explanations:
    """Why the plan is as it is."""

    seats: list[Note] = strawberry.field(description=said("field.explained_seats"))
    moves: list[PossibleMove] = strawberry.field(description=said("field.explained_moves"))
    wishes: list[Note] = strawberry.field(description=said("field.explained_wishes"))
    binding: list[Note] = strawberry.field(description=said("field.explained_binding"))


@strawberry.type(description=said("type.alternative"))
class Alternative:
    """A further plan."""

    status: str
    objective: float | None
    bound: float | None
    gap: float | None
    districts: list[District]
    measures: list[NamedNumber]
    different: list[int] = strawberry.field(description=said("field.different"))


@strawberry.type(description=said("type.certificate"))
class Certificate:
    """What proves a plan."""

    is_checked: bool = strawberry.field(description=said("field.is_checked"))
    digest: str = strawberry.field(description=said("field.digest"))
    seed: int
    workers: int
    seconds: float
    time_limit_s: float
    engine: str | None
    proof: str | None
    border_unit: str = strawberry.field(description=said("field.border_unit"))
    attribution: BothTexts


@strawberry.type(description=said("type.plan_document"))
class PlanDocument:
    """The whole answer of planning, as it was kept."""

    date: str = strawberry.field(description=said("field.plan_date"))
    certificate: Certificate
    stages: list[Stage]
    districts: list[District]
    refused: list[str] = strawberry.field(description=said("field.refused"))
    terms: list[NamedNumber] = strawberry.field(description=said("field.terms"))
    measures: list[NamedNumber] = strawberry.field(description=said("field.measures"))
    reasons: list[Reason]
    findings: list[Finding]
    explanations: Explanations
    alternatives: list[Alternative]
    reference: JSON | None = strawberry.field(description=said("field.reference"))


def document_view(document: _Table) -> PlanDocument:
    """Return the view of a kept answer."""
    return PlanDocument(
        date=str(document["date"]),
        certificate=_certificate(document),
        stages=[_stage(stage) for stage in _tables(document["stages"])],
        districts=_districts(document["districts"]),
        refused=_codes(document["refused"]),
        terms=_objectives(document["terms"]),
        measures=_objectives(document["measures"]),
        reasons=[_reason(reason) for reason in _tables(document["reasons"])],
        findings=[Finding.read(finding) for finding in _list(document["findings"])],
        explanations=_explanations(cast(_Table, document["explanations"])),
        alternatives=[_alternative(a) for a in _tables(document["alternatives"])],
        reference=cast("JSON | None", document["reference"]),
    )


def _stage(stored: _Table) -> Stage:
    return Stage(
        name=str(stored["name"]),
        objective=_amount(stored["objective"]),
        bound=_amount(stored["bound"]),
        gap=_amount(stored["gap"]),
    )


def _certificate(document: _Table) -> Certificate:
    stats = cast(_Table, document["stats"])
    return Certificate(
        is_checked=bool(document["checked"]),
        digest=str(document["digest"]),
        seed=cast(int, document["seed"]),
        workers=cast(int, document["workers"]),
        seconds=cast(float, document["seconds"]),
        time_limit_s=cast(float, document["time_limit_s"]),
        engine=_text(stats.get("engine")),
        proof=_text(stats.get("proof")),
        border_unit=str(document["border_unit"]),
        attribution=BothTexts.read(document["attribution"]),
    )


def _districts(stored: Json) -> list[District]:
    return [
        District(
            number=number,
            name=BothTexts.of(text("planning.district.name", number=number)),
            seat=str(d["seat"]),
            member_codes=_codes(d["members"]),
            totals=_weights(d["totals"]),
            deviation=_weights(d["deviation"]),
            organization=_text(d.get("organization")),
        )
        for number, d in enumerate(_tables(stored), 1)
    ]


def _reason(stored: _Table) -> Reason:
    return Reason(
        rule=str(stored["rule"]),
        subject=_codes(stored["subject"]),
        text=BothTexts.read(stored["text"]),
        numbers=cast(JSON, stored["numbers"]),
        is_proven_minimal=bool(stored["proven_minimal"]),
    )


def _explanations(stored: _Table) -> Explanations:
    return Explanations(
        seats=[Note.read(note) for note in _list(stored["seats"])],
        moves=[_move(move) for move in _tables(stored["moves"])],
        wishes=[Note.read(note) for note in _list(stored["wishes"])],
        binding=[Note.read(note) for note in _list(stored["binding"])],
    )


def _move(stored: _Table) -> PossibleMove:
    return PossibleMove(
        unit=str(stored["unit"]),
        source=cast(int, stored["source"]),
        target=cast(int, stored["target"]),
        delta=_objectives(stored["delta"]),
        breaks=[Note.read(note) for note in _list(stored["breaks"])],
    )


def _alternative(stored: _Table) -> Alternative:
    return Alternative(
        status=str(stored["status"]),
        objective=_amount(stored["objective"]),
        bound=_amount(stored["bound"]),
        gap=_amount(stored["gap"]),
        districts=_districts(stored["districts"]),
        measures=_objectives(stored["measures"]),
        different=cast(list[int], stored["different"]),
    )


def _objectives(stored: Json) -> list[NamedNumber]:
    return [_number(name, objective_label(name), value) for name, value in cast(_Table, stored).items()]


def _weights(stored: Json) -> list[NamedNumber]:
    return [_number(name, weight_label(name), value) for name, value in cast(_Table, stored).items()]


def _number(name: str, label: Text, value: Json) -> NamedNumber:
    return NamedNumber(name=name, label=BothTexts.of(label), value=cast(float, value))


def _amount(stored: Json) -> float | None:
    return cast("float | None", stored)


def _list(stored: Json) -> list[Json]:
    return cast(list[Json], stored)


def _tables(stored: Json) -> Iterable[_Table]:
    return cast(list[_Table], stored)


def _codes(stored: Json) -> list[str]:
    return [str(code) for code in _list(stored)]


def _text(stored: Json) -> str | None:
    return None if stored is None else str(stored)


@strawberry.type(description=said("type.price"))
class Price:
    """What a hand edit costs in one objective."""

    objective: str
    before: float
    after: float
    difference: float
    text: BothTexts


def price_view(stored: _Table) -> Price:
    """Return the view of a kept price."""
    return Price(
        objective=str(stored["objective"]),
        before=cast(float, stored["before"]),
        after=cast(float, stored["after"]),
        difference=cast(float, stored["difference"]),
        text=BothTexts.read(stored["text"]),
    )


def _document(self: Seen) -> PlanDocument:
    return document_view(PlanRecord.of(self.node).document)


def _edits(self: Seen) -> JSON | None:
    return cast("JSON | None", PlanRecord.of(self.node).edits.get("edits"))


def _prices(self: Seen) -> list[Price]:
    kept = PlanRecord.of(self.node).edits.get("prices") or []
    return [price_view(price) for price in _tables(kept)]


PLAN_FIELDS = (
    MoreField("document", resolved(_document, said("field.document"), {})),
    MoreField("edits", resolved(_edits, said("field.edits"), {})),
    MoreField("prices", resolved(_prices, said("field.prices"), {})),
)
"""The fields of a plan beside those of the schema."""
