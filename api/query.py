"""The query roots. A resolver reads arguments, calls one use case, and wraps the answer."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry.types import Info

from api.context import Context
from api.cursors import decode_id
from api.query_nodes import node_roots, seen
from api.types_access import LISTED, SEARCHED
from api.types_comparison import Comparison, ProposedMerger, comparison_view, merger_view
from api.types_coverage import Coverage, coverage_view
from api.types_lineage import (
    Change,
    Lineage,
    RevisionView,
    change_view,
    lineage_view,
    revision_view,
)
from api.types_nodes import NodeView, complete, shown
from api.types_pages import Question, Window, connection_type, page_of, page_size
from api.types_plans import PLAN_FIELDS
from api.types_relationships import relationship_fields
from api.types_scalars import Day, Level, LineageKind, Measure, SearchedKind, day
from api.types_scenarios import RUN_FIELDS, SCENARIO_FIELDS
from api.types_words import said
from orgraph.errors import NotFound
from orgraph.graph import NodeKey
from orgraph.schema import COVERAGE_MEASURES
from orgraph.service.directory import gap_conditions
from orgraph.service.scenarios.comparing import compare_scenarios
from orgraph.service.scenarios.foreseeing import foresee

_FIELDS = relationship_fields()
for _kind, _more in (("Scenario", SCENARIO_FIELDS), ("Plan", PLAN_FIELDS), ("Run", RUN_FIELDS)):
    _FIELDS[_kind] += _more
complete(_FIELDS)
NodeConnection = connection_type(NodeView, "Node")


async def _node(info: Info[Context, None], id: strawberry.ID, as_of: Day | None = None) -> NodeView | None:
    key = decode_id(id)
    return await seen(info, key, as_of) if key.kind in LISTED else None  # type: ignore[return-value]


async def _nodes(
    info: Info[Context, None], ids: list[strawberry.ID], as_of: Day | None = None
) -> list[NodeView | None]:
    keys = [decode_id(one) for one in ids]
    page_size(max(1, len(keys)))
    found = await info.context["lookup"].nodes([k for k in keys if k.kind in LISTED], as_of=day(as_of))
    by_key = {node.key: shown(node, day(as_of)) for node in found if node is not None}
    return [by_key.get(key) for key in keys]


async def _coverage(
    info: Info[Context, None],
    unit_code: str,
    level: Level | None = None,  # type: ignore[valid-type]
    as_of: Day | None = None,
) -> Coverage:
    wanted = _value(level)
    return coverage_view(
        await info.context["lookup"].coverage(unit_code, wanted, as_of=day(as_of)), day(as_of)
    )


async def _coverage_gaps(
    info: Info[Context, None],
    unit_code: str,
    measure: Measure,  # type: ignore[valid-type]
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    as_of: Day | None = None,
) -> NodeConnection:  # type: ignore[valid-type]
    declared = COVERAGE_MEASURES[_value(measure) or ""]
    asked = Question(declared.kind, gap_conditions(declared), unit_code, as_of=day(as_of))
    return await page_of(info, asked, Window(first, after, last, before))


async def _lineage(
    info: Info[Context, None],
    code: str,
    kind: LineageKind = LineageKind["Unit"],  # type: ignore[valid-type]
) -> Lineage:
    key = NodeKey(_value(kind) or "", code)
    node = await seen(info, key, None)
    if node is None:
        raise NotFound("not_found", kind=key.kind, code=code)
    return lineage_view(node.node, await info.context["lookup"].lineage(key))


async def _search(
    info: Info[Context, None],
    text: str,
    kinds: list[SearchedKind] | None = None,  # type: ignore[valid-type]
    within: str | None = None,
    first: int = 20,
) -> list[NodeView]:
    wanted = [_value(kind) or "" for kind in kinds or ()] or SEARCHED
    found = await info.context["lookup"].search(text, kinds=wanted, within=within, limit=page_size(first))
    return [shown(node) for node in found]


async def _history(info: Info[Context, None], id: strawberry.ID) -> list[RevisionView]:
    key = decode_id(id)
    if key.kind not in LISTED:
        return []
    return [revision_view(revision) for revision in await info.context["lookup"].history(key)]


async def _changes(
    info: Info[Context, None], unit_code: str, since: int = 0, first: int = 50
) -> list[Change]:
    found = await info.context["lookup"].changes(unit_code, since, limit=page_size(first))
    return [change_view(record) for record in found]


async def _compare(info: Info[Context, None], code: str, against: str | None = None) -> Comparison:
    return comparison_view(await compare_scenarios(info.context["store"], code, against or ""))


async def _proposed_merger(info: Info[Context, None], code: str) -> ProposedMerger:
    return merger_view(await foresee(info.context["store"], code))


def _value(chosen: Enum | None) -> str | None:
    return None if chosen is None else str(chosen.value)


class Directory:
    """Reading: single nodes, coverage, lineage, search, history."""

    node: NodeView | None = strawberry.field(resolver=_node, description=said("root.node"))
    nodes: list[NodeView | None] = strawberry.field(resolver=_nodes, description=said("root.nodes"))
    coverage: Coverage = strawberry.field(resolver=_coverage, description=said("root.coverage"))
    coverage_gaps: NodeConnection = strawberry.field(  # type: ignore[valid-type]
        resolver=_coverage_gaps, description=said("root.coverage_gaps")
    )
    lineage: Lineage = strawberry.field(resolver=_lineage, description=said("root.lineage"))
    search: list[NodeView] = strawberry.field(resolver=_search, description=said("root.search"))
    history: list[RevisionView] = strawberry.field(resolver=_history, description=said("root.history"))
    changes: list[Change] = strawberry.field(resolver=_changes, description=said("root.changes"))
    compare_scenarios: Comparison = strawberry.field(
        resolver=_compare, description=said("root.compare_scenarios")
    )
    proposed_merger: ProposedMerger = strawberry.field(
        resolver=_proposed_merger, description=said("root.proposed_merger")
    )


Query = type("Query", (Directory,), dict(node_roots()))
strawberry.type(Directory)
strawberry.type(Query, name="Query", description=said("type.query"))
