"""A plan beside today or another plan, and what applying it would do."""

from __future__ import annotations

import strawberry

from api.types_texts import BothTexts
from api.types_words import both, said
from orgraph.schema import NODE_KINDS
from orgraph.service.scenarios.comparing import PlanComparison
from orgraph.service.scenarios.foreseeing import Balance, Foresight


@strawberry.type(description=said("type.unit_change"))
class UnitChange:
    """Where one unit stands before and after."""

    code: str
    name: str
    before: str
    after: str
    people: float
    is_moved: bool


@strawberry.type(description=said("type.flow"))
class Flow:
    """What goes from one part to another."""

    before: str
    after: str
    units: list[str]
    people: float


@strawberry.type(description=said("type.indicator"))
class Indicator:
    """One line of the table."""

    name: str
    label: BothTexts
    before: float | None
    after: float | None
    difference: float | None
    is_share: bool = strawberry.field(description=said("field.is_share"))


@strawberry.type(description=said("type.comparison"))
class Comparison:
    """Two states of one unit side by side."""

    before: str | None = strawberry.field(description=said("field.before_name"))
    after: str
    units: list[UnitChange]
    flows: list[Flow]
    moved_people: float
    moved_share: float
    indicators: list[Indicator]
    is_synthetic: bool = strawberry.field(description=said("field.is_synthetic"))


def comparison_view(found: PlanComparison) -> Comparison:
    """Return the view of a comparison."""
    return Comparison(
        before=found.before_name or None,
        after=found.after_name,
        units=[
            UnitChange(
                code=u.code, name=u.name, before=u.before, after=u.after, people=u.people, is_moved=u.is_moved
            )
            for u in found.units
        ],
        flows=[
            Flow(before=f.before, after=f.after, units=list(f.units), people=f.weight)
            for f in found.flows.flows
        ],
        moved_people=found.flows.moved,
        moved_share=found.flows.moved_share,
        indicators=[
            Indicator(
                name=i.name,
                label=BothTexts.of(i.label),
                before=i.before,
                after=i.after,
                difference=i.difference,
                is_share=i.is_share,
            )
            for i in found.indicators
        ],
        is_synthetic=found.is_synthetic,
    )


@strawberry.type(description=said("type.proposed_village"))
class ProposedVillage:
    """A village that applying would make."""

    seat: str = strawberry.field(description=said("field.seat"))
    code: str
    name: str
    members: list[str] = strawberry.field(description=said("field.member_codes"))


@strawberry.type(description=said("type.balance"))
class BalanceLine:
    """A number before and after."""

    name: str
    label: str
    before: float
    after: float


@strawberry.type(description=said("type.proposed_merger"))
class ProposedMerger:
    """What applying would do."""

    villages: list[ProposedVillage]
    counts: list[BalanceLine] = strawberry.field(description=said("field.merger_counts"))
    sums: list[BalanceLine] = strawberry.field(description=said("field.merger_sums"))


def merger_view(found: Foresight) -> ProposedMerger:
    """Return the view of what applying would do."""
    fields = NODE_KINDS["Unit"].field_by_name
    return ProposedMerger(
        villages=[
            ProposedVillage(seat=v.seat, code=v.code, name=v.name, members=list(found.members(v)))
            for v in found.merger.villages
        ],
        counts=[_line(kind, both(NODE_KINDS[kind].label), b) for kind, b in found.counts.items()],
        sums=[_line(name, both(fields[name].label), b) for name, b in found.sums.items()],
    )


def _line(name: str, label: str, balance: Balance) -> BalanceLine:
    return BalanceLine(name=name, label=label, before=balance.before, after=balance.after)
