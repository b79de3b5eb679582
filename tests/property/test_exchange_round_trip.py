"""What is written is read back: any units, edges, encodings, delimiters; and nothing crashes the reader."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from orgraph.exchange import read, write_csv
from orgraph.exchange.adjacency import borders, project
from orgraph.graph import GraphBuilder, NodeKey

CODES = st.text(st.sampled_from("0123456789ABCxyz-_=+@'村"), min_size=1, max_size=12).filter(
    lambda c: c.strip("-—/\\") and not c.upper().startswith("9E+") and "E+" not in c.upper()
)
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")),
    min_size=1,
    max_size=20,
).filter(lambda n: sum(c.isdigit() for c in n) < 10)
COUNTS = st.none() | st.integers(0, 10**9)
AMOUNTS = st.none() | st.floats(0, 1e6, allow_nan=False)
UNITS = st.dictionaries(
    CODES,
    st.fixed_dictionaries(
        {
            "name": NAMES,
            "level": st.none() | st.sampled_from(["village", "community", "town"]),
            "population": COUNTS,
            "arable_mu": AMOUNTS,
            "lon": st.none() | st.floats(-180, 180),
            "is_synthetic": st.none() | st.booleans(),
            "weight": COUNTS,
        }
    ),
    min_size=1,
    max_size=12,
)


def filled(values):
    return {name: value for name, value in values.items() if value is not None}


@settings(max_examples=150, deadline=None)
@given(units=UNITS, data=st.data(), lang=st.sampled_from([None, "zh", "en"]))
def test_units_and_edges_survive(units, data, lang):
    builder = GraphBuilder()
    for code, values in units.items():
        builder.add_node("Unit", code, filled(values))
    ends = st.tuples(st.sampled_from(sorted(units)), st.sampled_from(sorted(units))).filter(
        lambda e: e[0] < e[1]
    )
    pairs = data.draw(st.sets(ends, max_size=10)) if len(units) > 1 else set()
    for a, b in pairs:
        builder.add_relationship("ADJACENT", NodeKey("Unit", a), NodeKey("Unit", b), {"shared_border_m": 1.5})
    graph = builder.freeze()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "units.csv", Path(folder) / "edges.csv"]
        write_csv(graph, "units", paths[0], lang=lang)
        write_csv(graph, "edges", paths[1], lang=lang)
        result = read(paths)
    assert [f.text.en for f in result.findings if f.is_error] == []
    assert {n.code: dict(n.properties) for n in result.graph.nodes()} == {
        c: filled(v) for c, v in units.items()
    }
    assert {(r.source.code, r.target.code) for r in result.graph.relationships("ADJACENT")} == pairs


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(
        st.text(st.sampled_from("坬墕圐圙村甲乙丙abc"), min_size=1, max_size=6), min_size=1, max_size=30
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
    skipped=st.integers(0, 3),
)
def test_encoding_delimiter_and_title_change_nothing(names, encoding, delimiter, skipped):
    lines = ["基本情况表"] * skipped + [delimiter.join(("代码", "名称", "人口"))]
    lines += [delimiter.join((f"{i:03d}", name, str(i))) for i, name in enumerate(names)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        result = read([path])
    assert [(n.code, n.name, n.properties["population"]) for n in result.graph.nodes()] == [
        (f"{i:03d}", name, i) for i, name in enumerate(names)
    ]
    assert len(result.findings) == (1 if skipped else 0)


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=300),
    name=st.sampled_from(["units.csv", "edges.csv", "x.csv", "geometry.geojson"]),
)
def test_no_bytes_crash_the_reader(content, name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        result = read([path])
    assert (result.graph is None) == any(f.is_error for f in result.findings)
    assert all(f.text.zh and f.text.en and f.to_json() for f in result.findings)


@settings(max_examples=200, deadline=None)
@given(
    header=st.lists(
        st.sampled_from(["code", "name", "人口", "层级", "lon", "备注", "parent_code"]),
        min_size=1,
        max_size=6,
    ),
    rows=st.lists(st.lists(st.text(max_size=8), max_size=7), max_size=6),
)
def test_no_table_crashes_the_reader(header, rows):
    text = "\n".join(",".join(f'"{c.replace(chr(34), "")}"' for c in row) for row in [header, *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.csv"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        result = read([path])
    assert (result.graph is None) == any(f.is_error for f in result.findings)
    assert all(f.text.zh and f.text.en for f in result.findings)


@settings(max_examples=60, deadline=None)
@given(cells=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1), lat=st.floats(-60, 60))
def test_squares_are_adjacent_exactly_where_they_share_a_side(cells, lat):
    import shapely

    squares = sorted(cells)
    shapes = [shapely.box(0.01 * x, lat + 0.01 * y, 0.01 * (x + 1), lat + 0.01 * (y + 1)) for x, y in squares]
    found = {(b.a, b.b) for b in borders(project(shapes))}
    wanted = {
        (i, j)
        for i, (x, y) in enumerate(squares)
        for j, (u, v) in enumerate(squares)
        if i < j and abs(x - u) + abs(y - v) == 1
    }
    assert found == wanted
