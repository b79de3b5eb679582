"""Lists of what there is: scenarios, the plans of one, and the names of the units that they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orgraph.graph import Node, NodeKey
from orgraph.service.scenarios.plans import PlanRecord
from orgraph.service.scenarios.records import Scenario
from orgraph.store.port import Condition, Direction, Operator, Store


async def list_scenarios(store: Store, unit_code: str = "") -> tuple[Scenario, ...]:
    """Return the scenarios about a unit, or all of them, newest first."""
    where = [Condition("unit_code", Operator.EQ, unit_code)] if unit_code else []
    found = [Scenario.of(node) for node in await every(store, "Scenario", where)]
    return tuple(sorted(found, key=lambda s: (s.created_at, s.code), reverse=True))


async def plans_of(store: Store, code: str) -> tuple[PlanRecord, ...]:
    """Return the plans of a scenario and of the one that it was branched from, newest first."""
    key = NodeKey("Scenario", code)
    (origin,) = await store.neighbours([key], "BRANCHED_FROM", direction=Direction.OUT)
    keys = [key, *(neighbour.node.key for neighbour in origin)]
    found = await store.neighbours(keys, "PROPOSES", direction=Direction.OUT)
    plans = {n.node.code: PlanRecord.of(n.node) for neighbours in found for n in neighbours}
    return tuple(sorted(plans.values(), key=lambda p: (p.created_at, p.code), reverse=True))


async def unit_names(store: Store, codes: Iterable[str]) -> Mapping[str, str]:
    """Return the name of each unit that the store knows, also of former ones."""
    wanted = list(dict.fromkeys(codes))
    found = await store.get_many([NodeKey("Unit", code) for code in wanted])
    return {code: node.name for code, node in zip(wanted, found, strict=True) if node is not None}


async def every(store: Store, kind: str, where: Iterable[Condition] = ()) -> list[Node]:
    """Return all nodes of a kind that fulfil some conditions, page by page."""
    conditions, page = list(where), None
    nodes: list[Node] = []
    while page is None or page.has_next:
        after = page.cursors[-1] if page else None
        page = await store.page(kind, where=conditions, after=after, limit=200)
        nodes += page.nodes
    return nodes
