"""Changes: what they do, what is refused, and that nothing is ever half done."""

from collections.abc import Iterator

import pytest
from store_examples import (
    BO,
    COUNTY,
    JIA,
    OTHER_COUNTY,
    XINHU,
    YIHE,
    ZHAO,
    codes,
    everything,
    key,
    organization,
    part_of,
    two_towns,
    unit,
)

from orgraph.errors import InvalidGraph
from orgraph.store import (
    Change,
    DeleteNode,
    DeleteRelationship,
    Direction,
    PutNode,
    PutRelationship,
    Store,
)

pytestmark = pytest.mark.anyio


async def refused(store: Store, *changes: Change) -> list[str]:
    """Apply what must be refused; return the codes of the findings, and see that nothing changed."""
    before = await everything(store)
    with pytest.raises(InvalidGraph) as caught:
        await store.apply(changes)
    assert await everything(store) == before
    assert caught.value.findings
    assert all(f.text.zh and f.text.en for f in caught.value.findings)
    return sorted(f.code for f in caught.value.findings)


async def test_put_creates_and_counts(store: Store) -> None:
    commit = await store.apply(two_towns())
    assert commit.num_put == 13 + 17
    assert commit.num_deleted == 0
    assert commit.versions == {COUNTY: 1, OTHER_COUNTY: 1}


async def test_put_replaces_given_properties_and_removes_none(towns: Store) -> None:
    commit = await towns.apply([PutNode("Unit", BO, {"population": 201, "arable_mu": None})])
    node = await towns.get("Unit", BO)
    assert node is not None
    assert node.properties == {"name": "薄家村", "level": "village", "population": 201}
    assert (commit.num_put, commit.versions) == (1, {COUNTY: 2})


async def test_put_of_the_same_changes_nothing(towns: Store) -> None:
    commit = await towns.apply([unit(BO, name="薄家村"), part_of(BO, YIHE)])
    assert (commit.num_put, commit.num_deleted, commit.versions) == (0, 0, {})
    assert await towns.version(COUNTY) == 1


async def test_later_change_of_the_same_thing_wins(store: Store) -> None:
    await store.apply(
        [unit("1", name="a"), unit("1", name="b", population=3), PutNode("Unit", "1", {"population": None})]
    )
    node = await store.get("Unit", "1")
    assert node is not None
    assert node.properties == {"name": "b"}


async def test_ends_may_come_later_in_the_same_changes(store: Store) -> None:
    await store.apply([part_of(BO, YIHE), unit(BO, level="village"), unit(YIHE, level="town")])
    assert codes(await store.ancestors(key(BO))) == [YIHE]


async def test_missing_end_is_refused_with_both_codes(towns: Store) -> None:
    changes = part_of("nowhere-1", YIHE), part_of(BO, "nowhere-2"), unit("37", name="山东省")
    assert await refused(towns, *changes) == ["graph.end_missing", "graph.end_missing"]


async def test_all_findings_come_at_once(towns: Store) -> None:
    found = await refused(
        towns,
        PutNode("Castle", "1", {}),
        PutNode("Unit", "2", {}),
        PutNode("Unit", "3", {"name": "x", "population": -1}),
        PutNode("Unit", "4", {"name": "x", "colour": "red", "level": "moon"}),
        PutRelationship("LIKES", key(BO), key(JIA)),
        part_of(key("H1", "Household"), key("C1", "CenterHousehold")),
        PutRelationship("ADJACENT", key(BO), key(BO)),
        PutRelationship("ADJACENT", key(BO), key(ZHAO), {"shared_border_m": "long"}),
        DeleteNode("Unit", "nobody"),
        DeleteRelationship("ADJACENT", key(BO), key(ZHAO)),
        part_of(BO, "nowhere"),
    )
    assert found == [
        "graph.below_minimum",
        "graph.choice_unknown",
        "graph.end_missing",
        "graph.ends_forbidden",
        "graph.field_missing",
        "graph.field_unknown",
        "graph.kind_unknown",
        "graph.loop",
        "graph.relationship_unknown",
        "graph.type_wrong",
        "store.no_relationship_to_delete",
        "store.nothing_to_delete",
    ]


async def test_relationship_to_a_faulty_node_is_no_second_finding(towns: Store) -> None:
    assert await refused(towns, PutNode("Unit", "x", {}), part_of("x", YIHE)) == ["graph.field_missing"]


async def test_removing_a_required_field_is_refused(towns: Store) -> None:
    assert await refused(towns, PutNode("Unit", BO, {"name": None})) == ["graph.field_missing"]


@pytest.mark.parametrize("code", ["a\x00b", "a b", "", "a\ud800", "x" * 65, "\u202eabc"])
async def test_codes_that_are_none_are_refused(towns: Store, code: str) -> None:
    assert len(await refused(towns, PutNode("Unit", code, {"name": "x"}))) == 1
    assert await towns.get("Unit", code) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "\ud800"),
        ("population", 2**53 + 1),
        ("area_km2", float("nan")),
        ("area_km2", float("inf")),
        ("synthetic_fields", ("a", "\udfff")),
        ("name", 7),
        ("population", True),
        ("population", 1.5),
        ("synthetic_fields", "a"),
    ],
)
async def test_values_that_cannot_be_stored_are_refused(towns: Store, field: str, value: object) -> None:
    changes = PutNode("Unit", "x", {"name": "x", field: value})  # type: ignore[dict-item]
    assert len(await refused(towns, changes)) == 1


async def test_many_to_one_moves_the_source(towns: Store) -> None:
    commit = await towns.apply([part_of(BO, XINHU)])
    assert (commit.num_put, commit.num_deleted) == (1, 1)
    assert codes(await towns.ancestors(key("H1", "Household"))) == [BO, XINHU, COUNTY]
    assert codes(await towns.descendants(key(YIHE), kind="Household")) == ["H3"]


async def test_one_container_across_kinds_of_containment(towns: Store) -> None:
    grid = PutNode("Grid", "G", {"name": "第一网格", "kind": "base"})
    await towns.apply(
        [grid, part_of(key("G", "Grid"), BO), part_of(key("H1", "Household"), key("G", "Grid"))]
    )
    assert codes(await towns.ancestors(key("H1", "Household"))) == ["G", BO, YIHE, COUNTY]
    (held,) = await towns.neighbours([key(BO)], "PART_OF", direction=Direction.IN)
    assert [n.node.code for n in held] == ["G", "H2"]


async def test_second_source_of_a_one_to_many_kind_is_refused(towns: Store) -> None:
    centre = PutNode("CenterHousehold", "C2", {})
    serves = PutRelationship("SERVES", key("C2", "CenterHousehold"), key("H1", "Household"))
    assert await refused(towns, centre, serves) == ["graph.too_many_sources"]


async def test_one_to_many_may_change_hands_inside_one_set(towns: Store) -> None:
    c1, c2, h1 = key("C1", "CenterHousehold"), key("C2", "CenterHousehold"), key("H1", "Household")
    put = PutRelationship("SERVES", c2, h1)
    await towns.apply([PutNode("CenterHousehold", "C2", {}), put, DeleteRelationship("SERVES", c1, h1)])
    (servers,) = await towns.neighbours([h1], "SERVES", direction=Direction.IN)
    assert [n.node.code for n in servers] == ["C2"]


async def test_circle_of_containers_is_refused(towns: Store) -> None:
    levelless = [unit("a"), unit("b"), unit("c"), part_of("b", "a"), part_of("c", "b")]
    await towns.apply(levelless)
    assert await refused(towns, part_of("a", "c")) == ["graph.cycle"]
    assert await refused(towns, unit("d"), part_of("a", "d"), part_of("d", "c")) == ["graph.cycle"]


async def test_moves_that_make_a_circle_only_on_the_way_are_allowed(towns: Store) -> None:
    await towns.apply([unit("a"), unit("b"), part_of("b", "a")])
    await towns.apply([part_of("a", "b"), DeleteRelationship("PART_OF", key("b"), key("a"))])
    assert codes(await towns.ancestors(key("a"))) == ["b"]
    assert codes(await towns.descendants(key("b"))) == ["a"]


async def test_two_moves_into_each_others_subtree_keep_the_tree(store: Store) -> None:
    await store.apply([*map(unit, "abcdx"), part_of("b", "a"), part_of("c", "b"), part_of("d", "c")])
    await store.apply([part_of("d", "x"), part_of("b", "d")])
    assert codes(await store.ancestors(key("c"))) == ["b", "d", "x"]
    assert codes(await store.descendants(key("x"))) == ["d", "b", "c"]
    assert await store.count("Unit", within="x") == 4
    assert await store.count("Unit", within="a") == 1


@pytest.mark.parametrize(
    ("kind", "node_kind"), [("SUBORDINATE_TO", "PartyOrganization"), ("MERGED_INTO", "Unit")]
)
async def test_circles_of_acyclic_kinds_are_refused(store: Store, kind: str, node_kind: str) -> None:
    nodes = [
        PutNode(node_kind, c, {"name": c, **({"kind": "BRANCH"} if node_kind != "Unit" else {})})
        for c in "abcd"
    ]
    chain = [PutRelationship(kind, key(a, node_kind), key(b, node_kind)) for a, b in ("ab", "bc", "cd")]
    await store.apply([*nodes, *chain])
    found = await refused(store, PutRelationship(kind, key("d", node_kind), key("b", node_kind)))
    assert found == ["graph.cycle"]
    await store.apply([PutRelationship(kind, key("b", node_kind), key("d", node_kind))])


async def test_levels_out_of_order_are_refused(towns: Store) -> None:
    assert await refused(towns, part_of(YIHE, BO)) == ["graph.cycle", "graph.levels_out_of_order"]
    assert await refused(towns, part_of(BO, JIA)) == ["graph.levels_out_of_order"]
    assert await refused(towns, unit(YIHE, level="group")) == ["graph.levels_out_of_order"] * 2


async def test_symmetric_kind_is_one_relationship_either_way(towns: Store) -> None:
    commit = await towns.apply([PutRelationship("ADJACENT", key(JIA), key(BO), {"is_barrier": True})])
    assert commit.num_put == 1
    (found,) = await towns.neighbours([key(JIA)], "ADJACENT")
    assert [(n.node.code, dict(n.relationship.properties)) for n in found] == [
        (BO, {"shared_border_m": 120.5, "is_barrier": True}),
        (ZHAO, {}),
    ]
    await towns.apply([DeleteRelationship("ADJACENT", key(JIA), key(BO))])
    assert codes(n.node for n in (await towns.neighbours([key(BO)], "ADJACENT"))[0]) == []


async def test_container_is_not_deleted_with_things_in_it(towns: Store) -> None:
    assert await refused(towns, DeleteNode("Unit", BO)) == ["store.container_not_empty"]


async def test_deleting_a_subtree_ends_all_in_it_and_its_relationships(towns: Store) -> None:
    commit = await towns.apply([DeleteNode("Unit", YIHE, subtree=True)])
    # 3 units, 3 households, 1 centre, 2 organizations; 3 + 3 + 1 + 2 containers, 2 SERVES, 1 SUBORDINATE_TO, 1 HAS_ORGANIZATION, 2 ADJACENT
    assert commit.num_deleted == 9 + 9 + 2 + 1 + 1 + 2
    assert codes((await towns.snapshot("")).nodes()) == [OTHER_COUNTY, COUNTY, XINHU, ZHAO]
    assert await towns.search("薄家") == ()
    assert await towns.neighbours([key(ZHAO)], "ADJACENT") == ((),)
    assert await towns.count("Household", within=COUNTY) == 0


async def test_delete_and_create_again_in_one_set(towns: Store) -> None:
    await towns.apply([DeleteNode("Household", "H3"), PutNode("Household", "H3", {"size_band": "one"})])
    node = await towns.get("Household", "H3")
    assert node is not None
    assert node.properties == {"size_band": "one"}
    assert await towns.ancestors(key("H3", "Household")) == ()


async def test_created_and_deleted_in_one_set_leaves_nothing(towns: Store) -> None:
    await towns.apply([unit("x"), part_of("x", BO), DeleteNode("Unit", "x")])
    assert await towns.get("Unit", "x") is None
    assert codes(await towns.descendants(key(BO), kind="Unit")) == []
    assert await towns.history(key("x")) == ()


async def test_failing_generator_leaves_nothing(towns: Store) -> None:
    class BrokenError(FileNotFoundError):
        pass

    def changes() -> Iterator[Change]:
        for number in range(12_000):
            yield unit(f"n{number}")
        raise BrokenError

    before = await everything(towns)
    with pytest.raises(BrokenError):
        await towns.apply(changes())
    assert await everything(towns) == before


async def test_organizations_may_be_deleted_with_relationships(towns: Store) -> None:
    await towns.apply([DeleteNode("PartyOrganization", "O1"), *organization("O9", "新党支部", JIA)])
    assert await towns.neighbours([key("O2", "PartyOrganization")], "SUBORDINATE_TO") == ((),)
    assert codes(await towns.ancestors(key("O9", "PartyOrganization"))) == [JIA, YIHE, COUNTY]


async def test_empty_set_of_changes(towns: Store) -> None:
    commit = await towns.apply([])
    assert (commit.versions, commit.num_put, commit.num_deleted) == ({}, 0, 0)


async def test_large_sets_are_one_commit(store: Store) -> None:
    def changes() -> Iterator[Change]:
        yield unit("top", level="county")
        for number in range(15_000):
            household = key(f"H{number:05}", "Household")
            yield part_of(household, "top")
            yield PutNode("Household", household.code, {"size_band": "one"})

    commit = await store.apply(changes())
    assert (commit.num_put, commit.versions) == (30_001, {"top": 1})
    assert await store.count("Household", within="top") == 15_000
    page = await store.page("Household", within="top", limit=2)
    assert codes(page.nodes) == ["H00000", "H00001"]
    commit = await store.apply(changes())
    assert (commit.num_put, commit.versions) == (0, {})
