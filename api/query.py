"""The query roots. A resolver reads arguments, calls one use case, and wraps the answer."""

from __future__ import annotations

from typing import TypedDict

import strawberry
from strawberry.types import Info

from api import cursors
from api.types import Coverage, PageInfo, Unit, UnitConnection, UnitEdge
from orgraph.service.lookup import Lookup


class Context(TypedDict):
    """What every resolver gets, new for each request."""

    lookup: Lookup


AppInfo = Info[Context, None]


async def _unit(info: AppInfo, code: str) -> Unit | None:
    node = await info.context["lookup"].unit(code)
    return None if node is None else Unit.of(node)


async def _units(
    info: AppInfo,
    first: int = 50,
    after: str | None = None,
    within: str | None = None,
    levels: list[str] | None = None,
) -> UnitConnection:
    values = None if after is None else cursors.decode(after)
    page = await info.context["lookup"].units(first=first, after=values, within=within, levels=levels or ())
    marks = [cursors.encode(cursor) for cursor in page.cursors]
    return UnitConnection(
        edges=[
            UnitEdge(cursor=mark, node=Unit.of(node)) for mark, node in zip(marks, page.nodes, strict=True)
        ],
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=marks[0] if marks else None,
            end_cursor=marks[-1] if marks else None,
        ),
    )


async def _coverage(info: AppInfo, unit_code: str, level: str | None = None) -> Coverage:
    return Coverage.of(await info.context["lookup"].coverage(unit_code, level))


@strawberry.type
class Query:
    """Reading the directory."""

    unit: Unit | None = strawberry.field(
        resolver=_unit, description="按代码查行政单元 / an administrative unit by its code"
    )
    units: UnitConnection = strawberry.field(
        resolver=_units, description="按拼音排序的行政单元 / administrative units by pinyin"
    )
    coverage: Coverage = strawberry.field(
        resolver=_coverage, description="覆盖率，逐级 / coverage of a unit and of the units below it"
    )
