"""Coverage of a unit and of the units below it: numerator, denominator, rate, and the gaps on request."""

from __future__ import annotations

from datetime import date

import strawberry

from api.types_nodes import NODE_TYPES, Seen
from api.types_scalars import Measure
from api.types_texts import BothTexts
from api.types_words import said
from orgraph.service import directory

_UNIT = NODE_TYPES["Unit"]


@strawberry.type(description=said("type.share"))
class Share:
    """One coverage measure in one unit."""

    measure: Measure  # type: ignore[valid-type]
    label: BothTexts
    covered: int = strawberry.field(description=said("field.covered"))
    total: int = strawberry.field(description=said("field.total"))
    rate: float | None = strawberry.field(description=said("field.rate"))
    num_gaps: int = strawberry.field(description=said("field.num_gaps"))


@strawberry.type(description=said("type.kind_count"))
class KindCount:
    """How many nodes of a kind a unit contains."""

    kind: str
    count: int


@strawberry.type(description=said("type.coverage_row"))
class CoverageRow:
    """One unit of a coverage tree."""

    unit: _UNIT  # type: ignore[valid-type]
    parent_code: str | None = strawberry.field(description=said("field.parent_code"))
    depth: int = strawberry.field(description=said("field.depth"))
    shares: list[Share]
    counts: list[KindCount]
    is_synthetic: bool = strawberry.field(description=said("field.is_synthetic"))


@strawberry.type(description=said("type.coverage"))
class Coverage:
    """The coverage of a unit and of the units below it, depth first."""

    rows: list[CoverageRow]
    is_synthetic: bool = strawberry.field(description=said("field.is_synthetic"))


def coverage_view(answer: directory.Coverage, day: date | None) -> Coverage:
    """Return the view of an answer."""
    rows = [
        CoverageRow(
            unit=Seen(row.unit, day),
            parent_code=row.parent_code,
            depth=row.depth,
            shares=[share_view(share) for share in row.shares],
            counts=[KindCount(kind=kind, count=number) for kind, number in row.counts.items()],
            is_synthetic=row.is_synthetic,
        )
        for row in answer.rows
    ]
    return Coverage(rows=rows, is_synthetic=answer.is_synthetic)


def share_view(share: directory.Share) -> Share:
    """Return the view of a share."""
    return Share(
        measure=share.measure.name,
        label=BothTexts.of(share.measure.label),
        covered=share.covered,
        total=share.total,
        rate=share.rate,
        num_gaps=share.num_gaps,
    )
