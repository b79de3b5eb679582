"""A whole graph: each structural check with and without its defect."""

from itertools import pairwise

from orgraph.findings import Severity
from orgraph.graph import GraphBuilder, NodeKey, validate

TOWN = NodeKey("Unit", "370503100")


class Town:
    """A town with villages, for tests: sound until something is added; can be judged at any moment."""

    def __init__(self, num_villages=3):
        self.nodes, self.relationships = [], []
        self.node(*TOWN, {"name": "义和镇", "level": "town"})
        self.villages = [self.village(i) for i in range(1, num_villages + 1)]

    def node(self, kind, code, properties):
        self.nodes.append((kind, code, properties))
        return NodeKey(kind, code)

    def relate(self, kind, source, target, **properties):
        self.relationships.append((kind, source, target, properties))

    def village(self, number, level="village", container=TOWN):
        key = self.node("Unit", f"37050310020{number}", {"name": "大王村", "level": level})
        self.relate("PART_OF", key, container)
        return key

    def unit(self, code):
        return self.node("Unit", code, {"name": code})

    def grid(self, code, container=None, kind="base"):
        return self._inside("PART_OF", self.node("Grid", code, {"name": "网格", "kind": kind}), container)

    def household(self, code, container):
        return self._inside("PART_OF", self.node("Household", code, {"size_band": "two"}), container)

    def branch(self, code):
        key = self.node("PartyOrganization", code, {"name": "支部", "kind": "BRANCH"})
        return self._inside("LOCATED_IN", key, self.villages[0])

    def person(self, kind, code):
        return self._inside("LOCATED_IN", self.node(kind, code, {}), self.villages[0])

    def _inside(self, kind, key, container):
        if container is not None:
            self.relate(kind, key, container)
        return key

    def findings(self):
        builder = GraphBuilder()
        for node in self.nodes:
            builder.add_node(*node)
        for relationship in self.relationships:
            builder.add_relationship(*relationship)
        return validate(builder.freeze())

    def codes(self):
        return [f.code for f in self.findings()]


def test_a_sound_town_has_no_findings_though_names_repeat():
    assert Town().codes() == []


def test_an_empty_graph_has_no_findings():
    assert validate(GraphBuilder().freeze()) == ()


def test_findings_of_nodes_and_relationships_are_in():
    town = Town()
    town.grid("G1", town.villages[0], kind="basic")
    town.relate("COVERS", town.villages[0], town.villages[1])
    assert town.codes() == ["graph.choice_unknown", "graph.ends_forbidden"]


def test_a_missing_end():
    town = Town()
    town.relate("ADJACENT", town.villages[0], NodeKey("Unit", "370503100299"))
    (found,) = town.findings()
    assert found.code == "graph.end_missing"
    assert found.subject == ("370503100299",)
    assert found.text.zh == "“相邻”关系 370503100201 → 370503100299 的一端不存在：行政单元 370503100299。"


def test_a_source_with_two_targets_where_one_is_allowed():
    town = Town()
    orgs = [town.branch(f"B{i}") for i in range(3)]
    town.relate("SUBORDINATE_TO", orgs[0], orgs[1])
    assert town.codes() == []
    town.relate("SUBORDINATE_TO", orgs[0], orgs[2])
    (found,) = town.findings()
    assert found.code == "graph.too_many_targets"
    assert found.subject == ("B0", "B1", "B2")
    assert found.numbers["num_found"] == 2
    assert found.text.zh == "党组织 B0 有 2 个“隶属于（党组织）”关系，只能有一个：B1、B2。"


def test_a_target_with_two_sources_where_one_is_allowed():
    town = Town()
    household = town.household("H1", town.villages[0])
    centers = [town.person("CenterHousehold", f"C{i}") for i in (1, 2)]
    town.relate("SERVES", centers[0], household)
    assert town.codes() == []
    town.relate("SERVES", centers[1], household)
    (found,) = town.findings()
    assert (found.code, found.subject) == ("graph.too_many_sources", ("H1", "C1", "C2"))


def test_many_to_many_is_free():
    town = Town()
    grids = [town.grid(f"G{i}", town.villages[0]) for i in (1, 2)]
    workers = [town.person("GridWorker", f"W{i}") for i in (1, 2)]
    for worker in workers:
        for grid in grids:
            town.relate("COVERS", worker, grid, share=0.5)
    assert town.codes() == []


def test_two_containers_of_one_kind_break_the_cardinality():
    town = Town()
    town.relate("PART_OF", town.villages[0], town.villages[1])
    assert town.codes() == ["graph.too_many_targets"]


def test_two_containers_of_different_kinds():
    town = Town()
    household = town.household("H1", town.villages[0])
    town.relate("LOCATED_IN", household, town.villages[1])
    found = town.findings()
    assert [f.code for f in found] == ["graph.ends_forbidden", "graph.several_containers"]
    assert found[1].subject == ("H1", "370503100201", "370503100202")


def test_a_grid_must_lie_somewhere():
    town = Town()
    town.grid("G1")
    assert town.codes() == ["graph.container_missing"]


def test_a_grid_inside_a_grid_lies_somewhere():
    town = Town()
    outer = town.grid("G1", town.villages[0])
    town.grid("G2", outer)
    assert town.codes() == []


def test_containment_in_a_circle():
    town = Town(0)
    a, b, c = (town.unit(code) for code in "abc")
    town.relate("PART_OF", a, b)
    town.relate("PART_OF", b, c)
    assert town.codes() == []
    town.relate("PART_OF", c, a)
    (found,) = town.findings()
    assert (found.code, found.subject) == ("graph.cycle", ("a", "b", "c"))
    assert found.text.zh == "“隶属于（地域）”关系首尾相连成环：a、b、c。"


def test_every_circle_is_reported_also_behind_a_long_chain():
    town = Town(1)
    orgs = [town.branch(f"B{i:02d}") for i in range(40)]
    for lower, upper in pairwise(orgs):
        town.relate("SUBORDINATE_TO", lower, upper)
    assert town.codes() == []
    town.relate("SUBORDINATE_TO", orgs[39], orgs[37])
    first, second = (town.branch(code) for code in ("X1", "X2"))
    town.relate("SUBORDINATE_TO", first, second)
    town.relate("SUBORDINATE_TO", second, first)
    assert [f.subject for f in town.findings()] == [("B37", "B38", "B39"), ("X1", "X2")]


def test_a_merger_in_a_circle():
    town = Town()
    town.relate("MERGED_INTO", town.villages[0], town.villages[1])
    town.relate("MERGED_INTO", town.villages[1], town.villages[0])
    assert town.codes() == ["graph.cycle"]


def test_a_town_inside_a_village():
    town = Town()
    town.village(9, level="town", container=town.villages[0])
    (found,) = town.findings()
    assert found.code == "graph.levels_out_of_order"
    assert found.text.zh == "370503100209（乡镇（街道））不能属于 370503100201（村）。"


def test_an_adjacency_stored_both_ways():
    town = Town(2)
    town.relate("ADJACENT", town.villages[0], town.villages[1])
    assert town.codes() == []
    town.relate("ADJACENT", town.villages[1], town.villages[0])
    assert town.codes() == ["graph.wrong_way_round", "graph.stored_twice"]


def test_a_map_in_pieces_is_a_warning_that_names_them():
    town = Town(4)
    a, b, c, d = town.villages
    town.relate("ADJACENT", a, b)
    (found,) = town.findings()
    assert (found.code, found.severity) == ("graph.map_in_pieces", Severity.WARNING)
    assert found.subject == (c.code, d.code)
    assert found.numbers["num_pieces"] == 3
    assert found.numbers["pieces"] == [[a.code, b.code], [c.code], [d.code]]


def test_a_connected_map_has_no_warning_and_a_barrier_cuts_it():
    for is_barrier, expected in ((False, []), (True, ["graph.map_in_pieces"])):
        town = Town(3)
        a, b, c = town.villages
        town.relate("ADJACENT", a, b)
        town.relate("ADJACENT", b, c, is_barrier=is_barrier)
        assert town.codes() == expected


def test_towns_are_maps_of_their_own():
    town = Town(2)
    town.relate("ADJACENT", *town.villages)
    other = town.node("Unit", "370503101", {"name": "河口镇", "level": "town"})
    far = [town.village(i, container=other) for i in (5, 6)]
    town.relate("ADJACENT", *far)
    assert town.codes() == []


def test_a_container_that_is_missing_is_a_missing_end_only():
    town = Town()
    town.village(9, container=NodeKey("Unit", "370503999"))
    assert town.codes() == ["graph.end_missing"]


def test_an_unknown_relationship_kind_does_not_hide_the_rest():
    town = Town()
    town.relate("NEAR", *town.villages[:2])
    town.grid("G1")
    assert town.codes() == ["graph.relationship_unknown", "graph.container_missing"]
