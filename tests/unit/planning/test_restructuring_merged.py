"""What a merger makes of a town: nothing in it is lost, and what was tied to the old is tied to the new."""

from collections import Counter
from datetime import date

import pytest

from orgraph.graph import GraphBuilder, NodeKey, OrgGraph, Relationship, became, coverage, validate
from orgraph.planning.restructuring import NewVillage, after

DAY = date(2020, 8, 3)
NEW = [NewVillage("T-250", "新一村", seat="A"), NewVillage("T-251", "新二村")]
PARTS = {"A": "T-250", "B": "T-250", "C": "T-251"}


def key(code: str, kind: str = "Unit") -> NodeKey:
    return NodeKey(kind, code)


@pytest.fixture(scope="module")
def before() -> OrgGraph:
    """Four villages in a row A-B-C-D; D refuses. A has one grid, B none, C two. Every village has a branch, A a firm with one of its own."""
    build = GraphBuilder()
    build.add_node("Unit", "T", {"name": "镇", "level": "town"})
    build.add_node("PartyOrganization", "T-P", {"name": "镇党委", "kind": "COMMITTEE"})
    build.add_relationship("LOCATED_IN", key("T-P", "PartyOrganization"), key("T"))
    for code, people in zip("ABCD", (100, 200, 300, 400), strict=True):
        build.add_node(
            "Unit",
            code,
            {
                "name": f"{code}村民委员会",
                "level": "village",
                "population": people,
                "lon": 118.0,
                "lat": 37.5,
            },
        )
        build.add_relationship("PART_OF", key(code), key("T"))
        party = build.add_node(
            "PartyOrganization", f"{code}-P", {"name": f"{code}村党支部", "kind": "BRANCH", "members": 9}
        )
        build.add_relationship("LOCATED_IN", party, key(code))
        build.add_relationship("HAS_ORGANIZATION", key(code), party)
        build.add_relationship("SUBORDINATE_TO", party, key("T-P", "PartyOrganization"))
        member = build.add_node("PartyMember", f"{code}-M", {"membership_status": "full"})
        build.add_relationship("LOCATED_IN", member, key(code))
        build.add_relationship("BELONGS_TO", member, party)
        household = build.add_node("Household", f"{code}-H", {})
        build.add_relationship("PART_OF", household, key(code))
    for code, village in (("A-1", "A"), ("C-1", "C"), ("C-2", "C")):
        grid = build.add_node("Grid", code, {"name": code, "kind": "base"})
        build.add_relationship("PART_OF", grid, key(village))
    for a, b, metres in (("A", "B", 10.0), ("B", "C", 20.0), ("C", "D", None)):
        build.add_relationship("ADJACENT", key(a), key(b), {"shared_border_m": metres} if metres else {})
    firm = build.add_node("Enterprise", "E", {"name": "厂"})
    build.add_relationship("LOCATED_IN", firm, key("A"))
    own = build.add_node("PartyOrganization", "E-P", {"name": "厂党支部", "kind": "BRANCH"})
    build.add_relationship("LOCATED_IN", own, key("A"))
    build.add_relationship("HAS_ORGANIZATION", firm, own)
    need = build.add_node("Need", "N", {"name": "修路", "status": "open"})
    build.add_relationship("LOCATED_IN", need, key("B"))
    build.add_relationship("HAS_NEED", key("B"), need)
    return build.freeze()


@pytest.fixture(scope="module")
def merged(before: OrgGraph) -> OrgGraph:
    return after(before, PARTS, NEW, plan_code="P1", on=DAY)


def place(graph: OrgGraph, code: str, kind: str) -> str:
    node = key(code, kind)
    ((container,),) = [
        [n.code for n in found] for k in ("PART_OF", "LOCATED_IN") if (found := graph.outgoing(node, k))
    ]
    return container


def test_the_graph_after_is_sound(before: OrgGraph, merged: OrgGraph) -> None:
    assert [f for f in validate(before) if f.is_error] == []
    assert [f for f in validate(merged) if f.is_error] == []


def test_nobody_is_lost_and_only_what_the_merger_makes_is_new(before: OrgGraph, merged: OrgGraph) -> None:
    counts = Counter(n.kind for n in merged.nodes())
    counts.subtract(Counter(n.kind for n in before.nodes()))
    assert {k: v for k, v in counts.items() if v} == {"Unit": 2, "Grid": 1, "PartyOrganization": 2 + 3}
    assert {n.key for n in before.nodes()} <= {n.key for n in merged.nodes()}


def test_counts_go_over_and_are_not_counted_twice(merged: OrgGraph) -> None:
    people = {n.code: n.properties.get("population") for n in merged.nodes("Unit")}
    assert people == {"T": None, "A": None, "B": None, "C": None, "D": 400, "T-250": 300, "T-251": 300}


@pytest.mark.parametrize(
    ("village", "home"),
    [("A", "A-1"), ("B", "B-G"), ("C", "T-251"), ("D", "D")],
    ids=["grid", "none", "several", "refused"],
)
def test_what_lay_in_an_old_village_lies_in_its_grid(merged: OrgGraph, village: str, home: str) -> None:
    assert place(merged, f"{village}-H", "Household") == home
    assert place(merged, f"{village}-M", "PartyMember") == home


def test_grids_lie_in_the_new_villages(merged: OrgGraph) -> None:
    assert {g.code: place(merged, g.code, "Grid") for g in merged.nodes("Grid")} == {
        "A-1": "T-250", "B-G": "T-250", "C-1": "T-251", "C-2": "T-251",
    }  # fmt: skip


def test_old_villages_and_organizations_leave_the_tree(merged: OrgGraph) -> None:
    for code in "ABC":
        assert merged.outgoing(key(code), "PART_OF") == ()
        assert merged.outgoing(key(f"{code}-P", "PartyOrganization"), "LOCATED_IN") == ()
        assert merged.outgoing(key(f"{code}-P", "PartyOrganization"), "SUBORDINATE_TO") == ()
        assert merged.incoming(key(f"{code}-P", "PartyOrganization"), "HAS_ORGANIZATION") == ()
    assert [n.code for n in merged.incoming(key("T"), "PART_OF")] == ["D", "T-250", "T-251"]


def test_organizations_become_grid_branches_below_the_new_committee(merged: OrgGraph) -> None:
    branch = key("A-P-B", "PartyOrganization")
    assert merged.node(*branch).name == "A网格党支部"
    assert [n.code for n in merged.outgoing(branch, "SUBORDINATE_TO")] == ["T-250-P"]
    assert [n.code for n in merged.outgoing(key("T-250-P", "PartyOrganization"), "SUBORDINATE_TO")] == ["T-P"]
    assert [n.code for n in merged.incoming(branch, "HAS_ORGANIZATION")] == ["A-1"]
    assert [n.code for n in merged.incoming(branch, "BELONGS_TO")] == ["A-M"]
    assert [n.code for n in merged.incoming(key("C-P-B", "PartyOrganization"), "HAS_ORGANIZATION")] == [
        "C-1",
        "C-2",
    ]


def test_organizations_of_firms_move_and_stay_what_they_are(merged: OrgGraph) -> None:
    assert place(merged, "E-P", "PartyOrganization") == "A-1"
    assert merged.outgoing(key("E-P", "PartyOrganization"), "CONVERTED_TO") == ()


def test_ties_of_an_old_village_are_ties_of_the_new(merged: OrgGraph) -> None:
    assert [n.code for n in merged.incoming(key("N", "Need"), "HAS_NEED")] == ["T-250"]
    assert place(merged, "N", "Need") == "B-G"


def test_borders_are_sums_to_each_other_and_to_what_stays(merged: OrgGraph) -> None:
    assert list(merged.relationships("ADJACENT")) == [
        Relationship("ADJACENT", key("D"), key("T-251"), {}),
        Relationship("ADJACENT", key("T-250"), key("T-251"), {"shared_border_m": 20.0}),
    ]


def test_lineage_names_plan_and_day(merged: OrgGraph) -> None:
    (step,) = became(merged, key("B"))
    assert (step.later, step.on, step.plan_code) == (key("T-250"), DAY, "P1")


def test_the_seat_gives_the_new_village_its_place(merged: OrgGraph) -> None:
    assert merged.node("Unit", "T-250").properties["lon"] == 118.0
    assert "lon" not in merged.node("Unit", "T-251").properties


def test_coverage_counts_the_villages_of_the_day(before: OrgGraph, merged: OrgGraph) -> None:
    def covered(graph: OrgGraph) -> tuple[int, int]:
        (found,) = coverage(graph, "T", measures=["villages_with_organization"])
        return found.rates["villages_with_organization"]

    assert covered(before) == (4, 4)
    assert covered(merged) == (3, 3)


def test_what_is_made_of_synthetic_data_is_flagged(before: OrgGraph) -> None:
    build = GraphBuilder()
    for node in before.nodes():
        build.add_node(
            node.kind, node.code, {**node.properties, **({"is_synthetic": True} if node.code == "A" else {})}
        )
    for r in before.relationships():
        build.add_relationship(r.kind, r.source, r.target, r.properties)
    flagged = after(build.freeze(), PARTS, NEW)
    assert flagged.node("Unit", "T-250").properties["is_synthetic"] is True
    assert "is_synthetic" not in flagged.node("Unit", "T-251").properties
