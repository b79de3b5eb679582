"""Export and import of its bundle: exact, closed, of one state, and refused when it is not as it was."""

import csv
import io
import json
import zipfile
from datetime import date

import pytest

from orgraph.errors import InputError, NotFound, StoreUnavailable
from orgraph.exchange import read_graph
from orgraph.exchange.bundle_reading import BundleReader, is_bundle
from orgraph.graph import NodeKey
from orgraph.service import exporting
from orgraph.service.bundle_imports import import_bundle
from orgraph.service.exporting import export
from orgraph.service.imports import changes
from orgraph.store import ALL, PutNode, PutRelationship, Store, open_store, url_of

pytestmark = pytest.mark.anyio

A, B, TOWN = (NodeKey("Unit", f"370503100{letter}") for letter in ("a", "b", ""))


@pytest.fixture
async def filled(store, town):
    await store.apply(changes(town), effective=date(2024, 1, 1))
    await store.apply(awkward())
    return store


def awkward():
    """Values that a table could lose: formulas, quotes, line ends, empty texts and lists, whole and broken numbers, weights, terms."""
    yield PutNode(*A, {"name": '=SUM(A1)+"x"', "area_km2": 3, "arable_mu": 2.5, "weight one": 7, "=w": 0.25})
    yield PutNode(*B, {"name": "'b\r\n村,；", "arable_mu": 1e-7, "geometry": None})
    yield PutNode("GridWorker", "W", {"skills": ("mediation", "修理")})
    yield PutNode("Cadre", "-C", {"skills": (), "home_unit_code": "+86", "is_synthetic": True})
    yield PutRelationship("LOCATED_IN", NodeKey("Cadre", "-C"), A)
    yield PutRelationship("ADJACENT", A, B, {"shared_border_m": 12, "is_barrier": False})
    yield PutRelationship(
        "COVERS", NodeKey("GridWorker", "W"), NodeKey("Grid", f"{A.code}-G"), {"share": 0.5}
    )


@pytest.fixture
async def empty(tmp_path):
    async with open_store(url_of(tmp_path / "empty.db")) as opened:
        await opened.ensure_schema()
        yield opened


async def exported(store: Store, path, scope: str = ALL):
    with path.open("wb") as file:
        return await export(store, file, scope)


async def content(store: Store):
    graph = await store.snapshot(ALL)
    return sorted(graph.nodes(), key=lambda n: n.key), sorted(
        graph.relationships(), key=lambda r: (r.kind, r.source)
    )


def altered(path, table, change):
    """Write the zip again with one of its files changed."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files[table] = change(files[table])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            if data is not None:
                archive.writestr(name, data)


async def refused(store, path):
    before = await content(store)
    with pytest.raises(InputError) as caught:
        await import_bundle(store, path)
    assert await content(store) == before
    return [(f.code, f.place.file) for f in caught.value.findings]


async def test_what_was_exported_comes_back_exactly(filled, empty, tmp_path):
    bundled = await exported(filled, tmp_path / "e.zip")
    done = await import_bundle(empty, tmp_path / "e.zip")
    assert await content(empty) == await content(filled)
    values = (await empty.get(*A)).properties
    assert (values["area_km2"], type(values["area_km2"])) == (3, int)
    assert (await empty.get("Cadre", "-C")).properties["skills"] == ()
    assert done.num_new == bundled.num_nodes
    assert done.num_relationships == sum(bundled.num_relationships.values()) == 12
    assert done.versions == {"370503": 1}
    assert done.is_synthetic
    again = await exported(empty, tmp_path / "again.zip")
    assert (again.digest, again.num_nodes) == (bundled.digest, bundled.num_nodes)
    tables = [
        {n: z.read(n) for n in z.namelist() if n != "manifest.json"}
        for z in (zipfile.ZipFile(tmp_path / n) for n in ("e.zip", "again.zip"))
    ]
    assert tables[0] == tables[1]


async def test_the_same_content_gives_the_same_bytes(filled, tmp_path):
    await exported(filled, tmp_path / "a.zip")
    await exported(filled, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


async def test_the_manifest_says_what_it_is(filled, tmp_path):
    bundled = await exported(filled, tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["is_synthetic"] is True
    assert manifest["digest"] == bundled.digest
    assert manifest["counts"]["nodes"]["Unit"] == 4
    assert (manifest["scope"], manifest["scope_version"]) == ("", 2)
    assert set(manifest["internal"]) == {"zh", "en"}
    assert {f["name"]: f["rows"] for f in manifest["files"]}["relationships.csv"] == 12


async def test_no_cell_is_run_as_a_formula(filled, tmp_path):
    await exported(filled, tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                table = archive.read(name).decode("utf-8-sig")
                for cell in (c for row in csv.reader(io.StringIO(table, newline="")) for c in row):
                    assert not cell.startswith(("=", "+", "@")), cell


async def test_a_scope_holds_what_the_unit_contains_and_nothing_that_leads_out(filled, empty, tmp_path):
    bundled = await exported(filled, tmp_path / "e.zip", A.code)
    await import_bundle(empty, tmp_path / "e.zip")
    expected = await filled.snapshot(A.code)
    graph = await empty.snapshot(ALL)
    assert {n.key for n in graph.nodes()} == {n.key for n in expected.nodes()}
    assert set(map(repr, graph.relationships())) == set(map(repr, expected.relationships()))
    assert bundled.num_nodes == {"Unit": 1, "Grid": 1, "PartyOrganization": 1, "Cadre": 1, "GridWorker": 1}
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        assert TOWN.code not in archive.read("units.csv").decode().split(",")


async def test_an_unknown_scope_is_refused(filled, tmp_path):
    with pytest.raises(NotFound):
        await exported(filled, tmp_path / "e.zip", "999999")


async def test_a_commit_meanwhile_is_noticed(filled, tmp_path, monkeypatch):
    relationships = exporting._export_relationships

    async def interrupted(store, *rest):
        await filled.apply([PutNode(*A, {"name": "新"})])
        await relationships(store, *rest)

    monkeypatch.setattr(exporting, "_export_relationships", interrupted)
    for scope in (ALL, "370503"):
        with pytest.raises(StoreUnavailable) as caught:
            await exported(filled, tmp_path / "e.zip", scope)
        assert caught.value.code == "export_overtaken"
        await filled.apply([PutNode(*A, {"name": "旧"})])


async def test_a_single_table_of_the_bundle_is_an_ordinary_table(filled, tmp_path):
    await exported(filled, tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        archive.extract("units.csv", tmp_path)
    graph = read_graph([tmp_path / "units.csv"])
    assert graph.node(*A).properties["name"] == '=SUM(A1)+"x"'
    assert [n.code for n in graph.outgoing(A, "PART_OF")] == [TOWN.code]


async def test_a_dry_run_counts_and_writes_nothing(filled, empty, tmp_path):
    bundled = await exported(filled, tmp_path / "e.zip")
    done = await import_bundle(empty, tmp_path / "e.zip", is_dry_run=True)
    assert (done.num_new, done.versions, done.is_dry_run) == (bundled.num_nodes, {}, True)
    assert len(await empty.snapshot(ALL)) == 0
    assert (
        await import_bundle(filled, tmp_path / "e.zip", is_dry_run=True)
    ).num_existing == bundled.num_nodes


async def test_importing_what_is_there_changes_nothing(filled, tmp_path):
    await exported(filled, tmp_path / "e.zip")
    assert (await import_bundle(filled, tmp_path / "e.zip")).versions == {}


@pytest.mark.parametrize(
    ("table", "change", "code", "file"),
    [
        (
            "units.csv",
            lambda b: b.replace("河口".encode(), "河西".encode()),
            "bundle_table_changed",
            "e.zip/units.csv",
        ),
        (
            "units.csv",
            lambda b: b.replace(b"370503100a,", b"370503100a"),
            "bundle_damaged",
            "e.zip/units.csv",
        ),
        (
            "relationships.csv",
            lambda b: b[: b.rindex(b"\r\n", 0, -2) + 2],
            "bundle_table_changed",
            "e.zip/relationships.csv",
        ),
        ("relationships.csv", lambda b: None, "bundle_damaged", "e.zip/relationships.csv"),
        ("manifest.json", lambda b: b.replace(b'"Unit": 4', b'"Unit": 5'), "bundle_altered", "e.zip"),
        ("manifest.json", lambda b: b"{}", "bundle_is_none", "e.zip"),
        ("manifest.json", lambda b: b"{", "bundle_damaged", "e.zip"),
        ("manifest.json", lambda b: b.replace(b'"format": 1', b'"format": 2'), "backup_newer", "e.zip"),
        ("manifest.json", lambda b: b.replace(b"units.csv", b"ships.csv"), "bundle_table_unknown", "e.zip"),
    ],
)
async def test_a_changed_bundle_is_refused(filled, empty, tmp_path, table, change, code, file):
    await exported(filled, tmp_path / "e.zip")
    altered(tmp_path / "e.zip", table, change)
    found = await refused(empty, tmp_path / "e.zip")
    assert found[0][0] == f"moving.{code}"
    assert found[0][1].split("/")[0] == "e.zip"
    if "/" in file:
        assert found[0][1] == file


async def test_a_cut_bundle_is_no_bundle_or_refused(filled, empty, tmp_path):
    await exported(filled, tmp_path / "e.zip")
    whole = (tmp_path / "e.zip").read_bytes()
    for length in range(len(whole) - 1, 0, -211):
        (tmp_path / "e.zip").write_bytes(whole[:length])
        assert not is_bundle(tmp_path / "e.zip")
        assert (await refused(empty, tmp_path / "e.zip"))[0][0] == "moving.bundle_damaged"


async def test_what_breaks_the_schema_is_told_at_its_row(filled, empty, tmp_path, monkeypatch):
    await exported(filled, tmp_path / "e.zip")
    things = BundleReader.things
    monkeypatch.setattr(BundleReader, "things", lambda self: _renamed(things(self)))
    with pytest.raises(InputError) as caught:
        await import_bundle(empty, tmp_path / "e.zip")
    (finding,) = caught.value.findings
    assert (finding.place.file, finding.place.row) == ("e.zip/units.csv", 4)


def _renamed(things):
    for thing in things:
        if getattr(thing, "code", "") == A.code:
            thing.properties["level"] = "planet"
        yield thing
