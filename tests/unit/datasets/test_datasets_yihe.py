"""`yihe`: every published figure that it reproduces, what is real, and that all the rest is flagged synthetic."""

import csv
import json
from importlib.resources import files

import networkx as nx
import pytest

from orgraph.datasets import load
from orgraph.datasets.synthetic import yihe as generator
from orgraph.graph import NodeKey, validate
from orgraph.planning.restructuring import NewVillage, after

REAL_NEW = {
    "370503100250": "嘉和新村",
    "370503100251": "颐丰新村",
    "370503100252": "同和新村",
    "370503100253": "颐和新村",
    "370503100254": "仁和新村",
    "370503100255": "颐正新村",
}
TOWN = NodeKey("Unit", "370503100")


@pytest.fixture(scope="module")
def yihe():
    return load("yihe")


@pytest.fixture(scope="module")
def villages(yihe):
    return [n for n in yihe.graph.nodes("Unit") if n.properties.get("level") == "village"]


@pytest.fixture(scope="module")
def merged(yihe, villages):
    parts = {v.code: v.properties["reference_part"] for v in villages}
    return after(yihe.graph, parts, [NewVillage(*village) for village in REAL_NEW.items()])


def total(nodes, name):
    return sum(n.properties[name] for n in nodes)


def organizations(graph, kind):
    return [n for n in graph.nodes("PartyOrganization") if n.properties["kind"] == kind]


def test_46_villages_before(yihe, villages):
    assert len(villages) == 46 == yihe.published["villages_before"].value
    assert [n.code for n in yihe.graph.incoming(TOWN, "PART_OF") if n.kind == "Unit"] == [
        v.code for v in villages
    ]


def test_codes_and_names_are_the_real_ones(villages):
    by_code = {v.code: v.name for v in villages}
    assert by_code["370503100201"] == "大牟村委会"
    assert by_code["370503100249"] == "王集村委会"
    assert "370503100213" not in by_code
    assert {code[:9] for code in by_code} == {"370503100"}
    assert len(set(by_code.values())) == 46


def test_6_new_villages_with_the_real_names(yihe, villages):
    assert {v.properties["reference_part"]: v.properties["reference_name"] for v in villages} == REAL_NEW
    assert yihe.published["villages_after"].value == 6


def test_17600_people(yihe, villages):
    assert total(villages, "population") == 17_600 == yihe.published["people_covered"].value
    assert total(yihe.graph.nodes("Grid"), "population") == 17_600


def test_46_grid_branches_one_per_village(yihe, merged):
    branches = [
        n
        for n in organizations(merged, "BRANCH")
        if n.code.endswith("-B") and merged.outgoing(n.key, "SUBORDINATE_TO")[0].code.startswith("3705031002")
    ]
    assert len(branches) == 46 == yihe.published["grid_branches"].value
    converted = [(r.source.code, r.target.code) for r in merged.relationships("CONVERTED_TO")]
    assert len(converted) == len({a for a, _ in converted}) == len({b for _, b in converted}) == 46


def test_6_village_committees_of_at_least_100_members(yihe, merged):
    committees = [n for n in organizations(merged, "COMMITTEE") if n.code != "370503100-P"]
    assert len(committees) == 6 == yihe.published["village_committees"].value
    assert min(n.properties["members"] for n in committees) >= 100


def test_968_center_households_serve_every_household_once(yihe):
    centers = list(yihe.graph.nodes("CenterHousehold"))
    assert len(centers) == 968 == yihe.published["center_households"].value
    served = [r.target for r in yihe.graph.relationships("SERVES")]
    assert len(served) == len(set(served)) == sum(1 for _ in yihe.graph.nodes("Household")) == 6_070
    assert all(yihe.graph.outgoing(c.key, "SERVES") for c in centers)


def test_40_base_and_3_dedicated_workers(yihe):
    kinds = [w.properties["kind"] for w in yihe.graph.nodes("GridWorker")]
    assert kinds.count("base") == 40 == yihe.published["base_grid_workers"].value
    assert kinds.count("dedicated") == 3 == yihe.published["dedicated_grid_workers"].value


def test_every_grid_has_one_worker_and_nobody_more_than_two_neighbouring_grids(yihe):
    covered = {w.code: yihe.graph.outgoing(w.key, "COVERS") for w in yihe.graph.nodes("GridWorker")}
    grids = [g.code for found in covered.values() for g in found]
    assert len(grids) == len(set(grids)) == sum(1 for _ in yihe.graph.nodes("Grid")) == 46
    assert sorted(len(found) for found in covered.values()) == [0] * 3 + [1] * 34 + [2] * 6
    adjacent = {(r.source.code, r.target.code) for r in yihe.graph.relationships("ADJACENT")}
    pairs = [
        tuple(g.code.removesuffix("-G1") for g in found) for found in covered.values() if len(found) == 2
    ]
    assert all(pair in adjacent for pair in pairs)


def test_4_levels_from_the_town_committee_to_the_center_household(yihe, merged):
    center = next(merged.nodes("CenterHousehold"))
    (grid,) = merged.outgoing(center.key, "LOCATED_IN")
    (branch,) = merged.outgoing(grid.key, "HAS_ORGANIZATION")
    (committee,) = merged.outgoing(branch.key, "SUBORDINATE_TO")
    (town,) = merged.outgoing(committee.key, "SUBORDINATE_TO")
    assert [n.properties.get("kind") for n in (town, committee, branch)] == [
        "COMMITTEE",
        "COMMITTEE",
        "BRANCH",
    ]
    assert merged.outgoing(town.key, "SUBORDINATE_TO") == ()
    assert yihe.published["organization_levels"].value == 4


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("section_cadres_down", 8), ("staff_down", 14), ("village_cadres_up", 46), ("worker_mean_age", 28), ("worker_college", 1.0),
        ("work_systems", 15), ("daily_duties", [2, 3, 4, 8, 8]), ("events_closed", 17_763), ("mediation_centers", 6),
        ("center_investment", 5_000_000), ("centers_in_one", 4), ("petitions", 54), ("petition_change", -0.3), ("criminal_cases", 0),
        ("after_hours", 8),
    ],
)  # fmt: skip
def test_figures_that_are_only_shown_as_published(yihe, key, value):
    figure = yihe.published[key]
    assert figure.value == value
    assert figure.text.zh != figure.text.en
    assert figure.text.zh


def test_contradicting_figures_are_both_shown(yihe):
    assert yihe.published["households_per_center"].value == [10, 20]
    assert yihe.published["people_per_center"].value == 18.18 == round(17_600 / 968, 2)
    assert "9,680" in yihe.published["households_per_center"].note.en


def test_the_share_of_bachelors_is_shown_though_no_headcount_reaches_it(yihe):
    assert yihe.published["worker_bachelor"].value == 0.195
    assert yihe.published["worker_bachelor"].note is not None
    assert not [(n, of) for of in (40, 43) for n in range(of + 1) if round(n / of, 3) == 0.195]


def test_counts_are_plausible(villages):
    assert total(villages, "households") == 6_070
    assert total(villages, "members") == 1_160
    assert total(villages, "full_members") == 1_112
    assert total(villages, "arable_mu") == 122_000
    assert all(
        3 <= v.properties["full_members"] <= v.properties["members"] < v.properties["population"]
        for v in villages
    )
    people = sorted(v.properties["population"] for v in villages)
    assert people[0] == 158
    assert people[-1] == 1_223
    assert people[23] < 17_600 / 46


def test_the_reference_parts_are_connected_balanced_and_large_enough(yihe, villages):
    whole = nx.Graph((r.source.code, r.target.code) for r in yihe.graph.relationships("ADJACENT"))
    for part in REAL_NEW:
        mine = [v for v in villages if v.properties["reference_part"] == part]
        assert nx.is_connected(whole.subgraph(v.code for v in mine))
        assert 0.9 * 17_600 / 6 <= total(mine, "population") <= 1.1 * 17_600 / 6
        assert total(mine, "members") >= 100
        assert 6 <= len(mine) <= 9


def test_the_map_is_connected_and_lies_by_the_county_seat(yihe, villages):
    whole = nx.Graph((r.source.code, r.target.code) for r in yihe.graph.relationships("ADJACENT"))
    assert (whole.number_of_nodes(), whole.number_of_edges(), nx.is_connected(whole)) == (46, 114, True)
    assert nx.check_planarity(whole)[0]
    assert all(
        118.25 < v.properties["lon"] < 118.52 and 37.82 < v.properties["lat"] < 37.98 for v in villages
    )


def test_every_generated_thing_is_flagged(yihe):
    real = {"370503", "370503100"}
    assert {n.code for n in yihe.graph.nodes() if n.properties.get("is_synthetic") is not True} == real
    assert yihe.is_synthetic
    for edge in yihe.graph.relationships():
        is_real = edge.kind == "PART_OF" and edge.source.kind == "Unit"
        assert (edge.properties.get("is_synthetic") is True) is not is_real


def test_villages_say_which_fields_are_generated(villages):
    for village in villages:
        named = set(village.properties["synthetic_fields"])
        assert set(village.properties) - {"name", "level", "is_synthetic", "synthetic_fields"} == named


def test_nobody_is_named(yihe):
    allowed = {
        "name",
        "is_synthetic",
        "kind",
        "employment_mode",
        "role",
        "size_band",
        "has_party_member",
        "capacity_people",
    }
    for kind in ("Household", "CenterHousehold", "GridWorker"):
        for node in yihe.graph.nodes(kind):
            assert set(node.properties) <= allowed - {"name"}


def test_the_graph_has_no_findings(yihe):
    assert validate(yihe.graph) == ()


def test_after_the_merger_nothing_is_lost(yihe, villages, merged):
    new = [merged.node("Unit", code) for code in REAL_NEW]
    for name in ("population", "households", "members", "full_members", "arable_mu"):
        assert total(new, name) == total(villages, name)
        assert all(name not in merged.node("Unit", v.code).properties for v in villages)
    assert {(r.source.code, r.target.code) for r in merged.relationships("MERGED_INTO")} == {
        (v.code, v.properties["reference_part"]) for v in villages
    }
    assert not [f for f in validate(merged) if f.is_error]
    border = sum(r.properties["shared_border_m"] for r in merged.relationships("ADJACENT"))
    parts = {v.code: v.properties["reference_part"] for v in villages}
    cut = [r for r in yihe.graph.relationships("ADJACENT") if parts[r.source.code] != parts[r.target.code]]
    assert border == pytest.approx(sum(r.properties["shared_border_m"] for r in cut))


def numbers(value):
    return float(value) if value.replace(".", "", 1).replace("-", "", 1).isdigit() else None


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory):
    committed = files("orgraph.datasets") / "data" / "yihe"
    folder = tmp_path_factory.mktemp("yihe")
    for name in ("villages_2020.csv", "villages_2021.csv"):
        (folder / name).write_bytes((committed / name).read_bytes())
    generator.main(folder)
    return committed, folder


@pytest.mark.parametrize(
    "name", ["units", "edges", "organizations", "grids", "workers", "households", "center_households"]
)
def test_tables_are_generated_again_exactly(regenerated, name):
    committed, folder = regenerated
    old = list(csv.reader((committed / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
    new = list(csv.reader((folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
    measured = {
        i
        for i, title in enumerate(old[0])
        if title in ("lon", "lat", "area_km2", "shared_border_m", "point_distance_m")
    }
    assert len(old) == len(new)
    for before, now in zip(old, new, strict=True):
        assert [c for i, c in enumerate(before) if i not in measured] == [
            c for i, c in enumerate(now) if i not in measured
        ]
        assert all(
            numbers(before[i]) == pytest.approx(numbers(now[i]), abs=0.11, rel=1e-7)
            for i in measured
            if before != old[0]
        )


def test_polygons_are_generated_again_within_a_micro_degree(regenerated):
    committed, folder = regenerated
    old, new = (
        json.loads((at / "geometry.geojson").read_text(encoding="utf-8")) for at in (committed, folder)
    )
    assert len(old["features"]) == len(new["features"]) == 46
    for before, now in zip(old["features"], new["features"], strict=True):
        assert before["properties"] == now["properties"]
        assert before["properties"]["is_synthetic"] is True
        (ring,), (again,) = before["geometry"]["coordinates"], now["geometry"]["coordinates"]
        assert len(ring) == len(again)
        assert all(p == pytest.approx(q, abs=1.1e-6) for p, q in zip(ring, again, strict=True))
