"""GeoJSON: codes, coordinates, rings, and adjacency from polygons. Squares of 0.01 degree near the equator: sides of 1,111.95 m."""

import json

import pytest

from orgraph.datasets import load
from orgraph.exchange import read
from orgraph.graph import NodeKey

SIDE_M = 1111.95


def square(x, y, size=1.0):
    return [
        [
            [0.01 * (x + dx * size), 0.01 * (y + dy * size)]
            for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
        ]
    ]


def feature(code, coordinates, kind="Polygon", **properties):
    return {
        "type": "Feature",
        "properties": {"code": code, **properties},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def units(*codes):
    return "code,name\n" + "".join(f"{c},{c}村\n" for c in codes)


@pytest.fixture
def read_map(write):
    def read_files(geojson, table=None, edges=None, **options):
        paths = [write("geometry.geojson", geojson)]
        if table is not None:
            paths.append(write("units.csv", table))
        if edges is not None:
            paths.append(write("edges.csv", edges))
        return read(paths, **options)

    return read_files


def edges_of(result):
    assert result.graph is not None, [f.text.en for f in result.findings]
    return {
        (r.source.code, r.target.code): r.properties["shared_border_m"]
        for r in result.graph.relationships("ADJACENT")
    }


def found(result):
    return [f.code.removeprefix("exchange.") for f in result.findings]


ROW = (feature("1", square(0, 0)), feature("2", square(1, 0)), feature("3", square(2, 0)))


def test_adjacency_is_derived_and_said(read_map):
    result = read_map(collection(*ROW), units("1", "2", "3"))
    assert edges_of(result) == {
        ("1", "2"): pytest.approx(SIDE_M, abs=0.2),
        ("2", "3"): pytest.approx(SIDE_M, abs=0.2),
    }
    (said,) = [f for f in result.findings if f.code == "exchange.edges_derived"]
    assert (
        said.is_error,
        said.numbers["num_edges"],
        said.numbers["num_near"],
        said.numbers["tolerance_m"],
    ) == (False, 2, 0, 30.0)
    assert (result.graph.provenance["adjacency"], result.graph.provenance["tolerance_m"]) == ("derived", 30.0)


def test_adjacency_is_not_derived_beside_edges(read_map):
    result = read_map(collection(*ROW), units("1", "2", "3"), "a,b\n1,2\n1,3\n")
    assert sorted((r.source.code, r.target.code) for r in result.graph.relationships("ADJACENT")) == [
        ("1", "2"),
        ("1", "3"),
    ]
    assert "edges_derived" not in found(result)
    assert "adjacency" not in result.graph.provenance


def test_a_corner_is_no_border(read_map):
    result = read_map(
        collection(feature("1", square(0, 0)), feature("2", square(1, 1)), feature("3", square(1, 0))),
        units("1", "2", "3"),
    )
    assert set(edges_of(result)) == {("1", "3"), ("2", "3")}


def test_a_contact_shorter_than_ten_metres_is_no_border(read_map):
    def pair(overlap):
        return collection(feature("1", square(0, 0)), feature("2", square(1, 1 - overlap)))

    assert edges_of(read_map(pair(0.008), units("1", "2"))) == {}
    assert edges_of(read_map(pair(0.010), units("1", "2"))) == {("1", "2"): pytest.approx(11.1, abs=0.1)}


@pytest.mark.parametrize(("gap_m", "is_adjacent"), [(20, True), (29, True), (31, False), (60, False)])
def test_the_tolerance_decides_over_gaps(read_map, gap_m, is_adjacent):
    gap = gap_m / SIDE_M
    result = read_map(
        collection(feature("1", square(0, 0)), feature("2", square(1 + gap, 0))), units("1", "2")
    )
    assert set(edges_of(result)) == ({("1", "2")} if is_adjacent else set())
    if is_adjacent:
        assert edges_of(result)["1", "2"] == pytest.approx(SIDE_M, rel=0.03)
        (said,) = [f for f in result.findings if f.code == "exchange.edges_derived"]
        assert (said.numbers["num_near"], said.numbers["near"]) == (1, [["1", "2"]])


def test_another_tolerance(read_map):
    gap = 60 / SIDE_M
    text = collection(feature("1", square(0, 0)), feature("2", square(1 + gap, 0)))
    assert set(edges_of(read_map(text, units("1", "2"), tolerance_m=100))) == {("1", "2")}
    assert set(edges_of(read_map(text, units("1", "2"), tolerance_m=0))) == set()


def test_no_tolerance_keeps_exact_borders(read_map):
    assert len(edges_of(read_map(collection(*ROW), units("1", "2", "3"), tolerance_m=0))) == 2


@pytest.mark.parametrize(("name", "num_edges"), [("glarus", 52), ("georgia", 416), ("yihe", 114)])
def test_real_maps_give_the_edges_that_come_with_them(name, num_edges, write):
    graph = load(name).graph
    mapped = [n for n in graph.nodes("Unit") if "geometry" in n.properties]
    text = collection(
        *(
            {
                "type": "Feature",
                "properties": {"code": n.code},
                "geometry": json.loads(str(n.properties["geometry"])),
            }
            for n in mapped
        )
    )
    derived = edges_of(read([write("geometry.geojson", text)]))
    given = {
        (r.source.code, r.target.code): r.properties["shared_border_m"]
        for r in graph.relationships("ADJACENT")
    }
    assert len(given) == num_edges
    assert set(derived) == set(given)
    within = [pair for pair in given if derived[pair] == pytest.approx(given[pair], rel=0.02)]
    assert len(within) >= 0.95 * num_edges


def test_points_are_filled_from_areas_only_where_missing(read_map):
    result = read_map(collection(*ROW[:2]), "code,name,lon,lat\n1,甲,0.001,0.002\n2,乙,,\n", "a,b\n1,2\n")
    first, second = (result.graph.node("Unit", c).properties for c in ("1", "2"))
    assert (first["lon"], first["lat"]) == (0.001, 0.002)
    assert (second["lon"], second["lat"]) == (0.015, 0.005)
    assert [f.numbers["num_units"] for f in result.findings if f.code == "exchange.points_from_areas"] == [1]


def test_a_centre_outside_its_area_is_replaced_by_a_point_inside(read_map):
    horseshoe = [
        [
            [0, 0],
            [0.03, 0],
            [0.03, 0.03],
            [0.02, 0.03],
            [0.02, 0.01],
            [0.01, 0.01],
            [0.01, 0.03],
            [0, 0.03],
            [0, 0],
        ]
    ]
    result = read_map(collection(feature("1", horseshoe)), units("1"))
    values = result.graph.node("Unit", "1").properties
    assert not (0.01 < values["lon"] < 0.02 and values["lat"] > 0.01)


def test_areas_alone_are_units_with_the_properties_that_the_schema_knows(read_map):
    result = read_map(
        collection(
            feature("02005", square(0, 0), name="甲", population="1,200", other="x"),
            feature("2", square(1, 0)),
        )
    )
    values = result.graph.node("Unit", "02005").properties
    assert (values["name"], values["population"], "other" in values) == ("甲", 1200, False)
    assert result.graph.node("Unit", "2").name == "2"
    assert len(edges_of(result)) == 1


def test_bad_properties_of_areas_alone_are_findings(read_map):
    (finding,) = read_map(collection(feature("1", square(0, 0), population=-1))).findings[:1]
    assert (finding.code, finding.place.row, finding.place.column) == (
        "exchange.value_too_small",
        1,
        "population",
    )


@pytest.mark.parametrize(
    ("bad", "code", "is_error"),
    [
        ({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": square(3, 0)}}, "geometry_without_code", True),
        ({"type": "Feature", "properties": None, "geometry": None}, "geometry_without_code", True),
        ("nonsense", "geometry_without_code", True),
        (feature("1", square(3, 0)), "geometry_twice", True),
        (feature("3", [0, 0], "Point"), "geometry_no_area", True),
        ({"type": "Feature", "properties": {"code": "3"}, "geometry": None}, "geometry_no_area", True),
        (feature("3", [[[0, 0], [1, 1]]]), "geometry_broken", True),
        (feature("3", [[[0, 0], ["x", 1], [1, 1], [0, 0]]]), "geometry_broken", True),
        (feature("3", []), "geometry_broken", True),
        (feature("3", [[[0, 0], [0.01, 0], [0.02, 0], [0, 0]]]), "geometry_broken", True),
        (feature("3", [[[500000, 4e6], [500100, 4e6], [500100, 4.1e6], [500000, 4e6]]]), "geometry_not_degrees", True),
        (feature("9", square(3, 0)), "geometry_unknown_unit", False),
    ],
)  # fmt: skip
def test_defective_features(read_map, bad, code, is_error):
    result = read_map(collection(*ROW[:2], bad), units("1", "2"), "a,b\n1,2\n")
    assert code in found(result)
    assert (result.graph is None) is is_error


def test_sound_features_have_no_findings(read_map):
    result = read_map(
        collection(*ROW), "code,name,lon,lat\n1,甲,0,0\n2,乙,0,0\n3,丙,0,0\n", "a,b\n1,2\n2,3\n"
    )
    assert result.findings == ()
    assert json.loads(result.graph.node("Unit", "1").properties["geometry"])["type"] == "Polygon"


def test_units_without_an_area_are_named(read_map):
    result = read_map(collection(*ROW[:2]), units("1", "2", "3"), "a,b\n1,2\n2,3\n")
    assert [f.subject for f in result.findings if f.code == "exchange.geometry_missing"] == [("3",)]


def test_a_ring_that_crosses_itself_is_mended(read_map):
    bow = [[[0, 0], [0.01, 0.01], [0.01, 0], [0, 0.01], [0, 0]]]
    result = read_map(collection(feature("1", bow)), units("1"))
    assert "geometry_mended" in found(result)
    assert json.loads(result.graph.node("Unit", "1").properties["geometry"])["type"] == "MultiPolygon"


def test_multipart_units_are_named(read_map):
    result = read_map(
        collection(feature("1", [square(0, 0), square(5, 0)], "MultiPolygon"), feature("2", square(1, 0))),
        units("1", "2"),
    )
    assert [f.subject for f in result.findings if f.code == "exchange.geometry_multipart"] == [("1",)]
    assert set(edges_of(result)) == {("1", "2")}


def test_a_map_in_pieces_from_polygons(read_map):
    result = read_map(
        collection(*ROW[:2], feature("3", square(5, 0)), feature("4", square(6, 0))),
        units("1", "2", "3", "4"),
    )
    (pieces,) = [f for f in result.findings if f.code == "exchange.map_in_pieces"]
    assert pieces.numbers["pieces"] == [["1", "2"], ["3", "4"]]


def test_overlaps_are_named(read_map):
    result = read_map(collection(feature("1", square(0, 0)), feature("2", square(0.5, 0))), units("1", "2"))
    (overlap,) = [f for f in result.findings if f.code == "exchange.areas_overlap"]
    assert overlap.subject == ("1", "2")
    assert overlap.numbers["hectares"] == pytest.approx(61.8, abs=0.1)


def test_gaps_are_counted(read_map):
    ring = [
        feature(str(i), square(x, y))
        for i, (x, y) in enumerate([(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)])
    ]
    result = read_map(collection(*ring), units(*(str(i) for i in range(8))))
    (gap,) = [f for f in result.findings if f.code == "exchange.areas_leave_gaps"]
    assert (gap.numbers["num_gaps"], gap.numbers["hectares"]) == (1, pytest.approx(123.6, abs=0.1))


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490", "CGCS2000"]
)
def test_known_coordinate_systems(read_map, name):
    crs = {"type": "name", "properties": {"name": name}}
    assert read_map(collection(*ROW, crs=crs), units("1", "2", "3")).graph is not None


@pytest.mark.parametrize("name", ["GCJ02", "BD09", "EPSG:3857", "urn:ogc:def:crs:EPSG::4548"])
def test_other_coordinate_systems_are_refused_by_name(read_map, name):
    crs = {"type": "name", "properties": {"name": name}}
    result = read_map(collection(*ROW, crs=crs), units("1", "2", "3"))
    assert result.graph is None
    (finding,) = [f for f in result.findings if f.is_error]
    assert (finding.code, finding.numbers["crs"]) == ("exchange.crs_unsupported", name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"type": "FeatureCollection", "features": [', "json_broken"),
        ("[" * 100_000, "json_broken"),
        ("[]", "geojson_no_collection"),
        ('{"type": "Polygon"}', "geojson_no_collection"),
        ('{"type": "FeatureCollection", "features": {}}', "geojson_no_collection"),
    ],
)
def test_what_is_no_geojson(read_map, text, code):
    result = read_map(text)
    assert found(result) == [code]
    assert result.graph is None


def test_an_empty_collection_is_a_warning(read_map):
    result = read_map(collection())
    assert [(f.code, f.is_error) for f in result.findings] == [("exchange.no_rows", False)]


def test_coordinates_that_are_no_numbers(read_map):
    result = read_map(collection(feature("1", [[[0, 0], [float("nan"), 1], [1, 1], [0, 0]]])))
    assert result.graph is None


def test_geometry_in_gb18030_with_height(read_map):
    solid = [[[x, y, 12.5] for x, y in square(0, 0)[0]]]
    result = read_map(collection(feature("1", solid, name="坬里")).encode("gb18030"))
    assert len(json.loads(result.graph.node("Unit", "1").properties["geometry"])["coordinates"][0][0]) == 2


def test_generated_units_make_generated_edges(read_map):
    result = read_map(collection(*ROW[:2]), "code,name,is_synthetic\n1,甲,true\n2,乙,true\n")
    (edge,) = result.graph.relationships("ADJACENT")
    assert edge.properties["is_synthetic"] is True
    assert (edge.source, result.graph.provenance["is_synthetic"]) == (NodeKey("Unit", "1"), True)
