"""A county small enough to know by heart."""

from collections.abc import Iterable, Iterator

from orgraph.graph import NodeKey, Value
from orgraph.store import Change, PutNode, PutRelationship, Store

COUNTY, OTHER_COUNTY = "370503", "370502"
YIHE, XINHU = "370503100", "370503101"
BO, JIA, ZHAO = "370503100201", "370503100202", "370503101201"


def unit(code: str, **properties: Value) -> PutNode:
    return PutNode("Unit", code, {"name": code, **properties})


def key(code: str, kind: str = "Unit") -> NodeKey:
    return NodeKey(kind, code)


def part_of(child: str | NodeKey, container: str | NodeKey) -> PutRelationship:
    ends = [end if isinstance(end, NodeKey) else key(end) for end in (child, container)]
    return PutRelationship("PART_OF", *ends)


def two_towns() -> Iterator[Change]:
    """河口区: 义和镇 with 薄家村 (two households) and 嘉和村 (one), 新户镇 with 赵村 (none); a second county beside it."""
    yield unit(COUNTY, name="河口区", level="county")
    yield unit(OTHER_COUNTY, name="东营区", level="county")
    yield unit(YIHE, name="义和镇", level="town", population=300)
    yield unit(XINHU, name="新户镇", level="town", population=90)
    yield unit(BO, name="薄家村", level="village", population=200, arable_mu=10.5)
    yield unit(JIA, name="嘉和村", level="village", population=100)
    yield unit(ZHAO, name="赵村", level="village", population=90)
    for child, container in ((YIHE, COUNTY), (XINHU, COUNTY), (BO, YIHE), (JIA, YIHE), (ZHAO, XINHU)):
        yield part_of(child, container)
    for code, village in (("H1", BO), ("H2", BO), ("H3", JIA)):
        yield PutNode("Household", code, {"size_band": "two", "has_party_member": code == "H1"})
        yield part_of(key(code, "Household"), village)
    yield PutNode("CenterHousehold", "C1", {"capacity_households": 10})
    yield PutRelationship("LOCATED_IN", key("C1", "CenterHousehold"), key(BO))
    for code in ("H1", "H2"):
        yield PutRelationship("SERVES", key("C1", "CenterHousehold"), key(code, "Household"))
    yield from organization("O1", "义和镇党委", BO, kind="COMMITTEE")
    yield from organization("O2", "薄家村党支部", BO)
    yield PutRelationship("SUBORDINATE_TO", key("O2", "PartyOrganization"), key("O1", "PartyOrganization"))
    yield PutRelationship("HAS_ORGANIZATION", key(BO), key("O2", "PartyOrganization"))
    yield PutRelationship("ADJACENT", key(BO), key(JIA), {"shared_border_m": 120.5})
    yield PutRelationship("ADJACENT", key(JIA), key(ZHAO))


def organization(code: str, name: str, place: str, kind: str = "BRANCH") -> Iterator[Change]:
    yield PutNode("PartyOrganization", code, {"name": name, "kind": kind})
    yield PutRelationship("LOCATED_IN", key(code, "PartyOrganization"), key(place))


def codes(nodes: Iterable[object]) -> list[str]:
    return [node.code for node in nodes]  # type: ignore[attr-defined]


async def everything(store: Store) -> tuple[object, ...]:
    """All that a store shows: to see that nothing changed."""
    graph = await store.snapshot("")
    nodes = tuple(graph.nodes())
    return nodes, tuple(graph.relationships()), dict(graph.provenance)
