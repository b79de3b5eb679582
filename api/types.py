"""GraphQL types: thin views of nodes and of coverage answers."""

from __future__ import annotations

from typing import Self

import strawberry

from orgraph.graph import Node, Value
from orgraph.service import directory


@strawberry.type(description="行政单元 / an administrative unit; its statistical division code is its key")
class Unit:
    """An administrative unit. Field names are those of the schema."""

    code: str
    name: str
    level: str | None
    population: int | None
    households: int | None
    members: int | None
    full_members: int | None
    arable_mu: float | None
    area_km2: float | None
    lon: float | None
    lat: float | None
    is_synthetic: bool = strawberry.field(description="含合成数据 / holds generated values")
    synthetic_fields: list[str] = strawberry.field(
        description="合成字段 / the fields whose values are generated"
    )

    @classmethod
    def of(cls, node: Node) -> Self:
        """Return the view of a node."""
        values = node.properties
        synthetic = values.get("synthetic_fields")
        return cls(
            code=node.code,
            name=node.name,
            level=_text(values.get("level")),
            population=_whole(values.get("population")),
            households=_whole(values.get("households")),
            members=_whole(values.get("members")),
            full_members=_whole(values.get("full_members")),
            arable_mu=_number(values.get("arable_mu")),
            area_km2=_number(values.get("area_km2")),
            lon=_number(values.get("lon")),
            lat=_number(values.get("lat")),
            is_synthetic=directory.is_synthetic(node),
            synthetic_fields=list(synthetic) if isinstance(synthetic, tuple) else [],
        )


@strawberry.type
class PageInfo:
    """Where a page stands, as in the Relay connection specification."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class UnitEdge:
    """A unit and its cursor."""

    cursor: str
    node: Unit


@strawberry.type
class UnitConnection:
    """A page of units."""

    edges: list[UnitEdge]
    page_info: PageInfo


@strawberry.type(description="覆盖率 / one coverage measure: covered of total")
class Share:
    """One coverage measure in one unit."""

    measure: str
    covered: int
    total: int
    rate: float | None
    num_gaps: int


@strawberry.type
class CoverageRow:
    """One unit of a coverage tree; ``depth`` 0 is the unit asked for."""

    unit: Unit
    parent_code: str | None
    depth: int
    shares: list[Share]


@strawberry.type
class Coverage:
    """The coverage of a unit and of the units below it, depth first."""

    rows: list[CoverageRow]
    is_synthetic: bool

    @classmethod
    def of(cls, answer: directory.Coverage) -> Self:
        """Return the view of an answer."""
        rows = [
            CoverageRow(
                unit=Unit.of(row.unit),
                parent_code=row.parent_code,
                depth=row.depth,
                shares=[_share(share) for share in row.shares],
            )
            for row in answer.rows
        ]
        return cls(rows=rows, is_synthetic=answer.is_synthetic)


def _share(share: directory.Share) -> Share:
    return Share(
        measure=share.measure.name,
        covered=share.covered,
        total=share.total,
        rate=share.rate,
        num_gaps=share.num_gaps,
    )


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
