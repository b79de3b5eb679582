"""Tables, migration and settings of the SQLite adapter."""

from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from orgraph.errors import StoreError
from orgraph.graph import NodeKey
from orgraph.schema import NODE_KINDS
from orgraph.store import Condition, Operator, Order, PutNode, PutRelationship, open_store_sync, url_of
from orgraph.store.sqlite import layout, schema
from orgraph.store.sqlite.connections import open_reader, open_writer


def setting(connection: apsw.Connection, name: str) -> object:
    return connection.pragma(name)


def test_connections_are_set_for_safety(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "s.db", 1000)
    schema.set_up(writer, tmp_path / "s.db")
    reader = open_reader(tmp_path / "s.db")
    assert setting(writer, "journal_mode") == "wal"
    assert setting(writer, "synchronous") == 2
    assert setting(writer, "foreign_keys") == 1
    assert {setting(c, "mmap_size") for c in (writer, reader)} <= {0, None}
    assert setting(reader, "query_only") == 1
    with pytest.raises(apsw.ReadOnlyError):
        reader.execute("DELETE FROM meta")
    reader.close()
    writer.close()


def test_every_declared_field_has_its_column_and_index(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "s.db", 1000)
    schema.set_up(writer, tmp_path / "s.db")
    indexes = {name for (name,) in writer.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")}
    for kind in NODE_KINDS.values():
        columns = {row[1] for row in writer.execute(f"PRAGMA table_info(node_{kind.name})")}
        assert {f"p_{f.name}" for f in kind.properties} < columns
        for field in kind.properties:
            assert (f"node_{kind.name}_p_{field.name}" in indexes) == (
                field.is_filterable or (field.is_sortable and f"k_{field.name}" not in columns)
            )
            if field.is_sortable and field.name == "name":
                assert f"node_{kind.name}_k_name" in indexes
    writer.close()


def test_newer_layout_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with open_store_sync(url_of(path)) as store:
        store.ensure_schema()
    other = open_writer(path, 1000)
    other.pragma("user_version", 99)
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        open_store_sync(url_of(path))
    assert caught.value.code == "store_newer"
    assert (caught.value.details["found"], caught.value.details["known"]) == (99, 1)
    assert path.read_bytes() == before


def test_fields_declared_later_are_added_to_an_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old file: households without a flag, grids whose name was neither sorted by nor searched."""
    url = url_of(tmp_path / "s.db")
    household, grid = NODE_KINDS["Household"], NODE_KINDS["Grid"]
    plain = tuple(replace(f, is_sortable=False, is_searchable=False) for f in grid.fields)
    old = {
        **NODE_KINDS,
        "Household": replace(
            household, fields=tuple(f for f in household.fields if f.name != "has_party_member")
        ),
        "Grid": replace(grid, fields=plain),
    }
    with monkeypatch.context() as patched:
        for module in (layout, schema):
            patched.setattr(module, "NODE_KINDS", old)
        with open_store_sync(url) as store:
            store.ensure_schema()
            store.apply([PutNode("Household", "H", {"size_band": "two"})])
            grids = [
                PutNode("Grid", c, {"name": name, "kind": "base"})
                for c, name in (("1", "薄家"), ("2", "安家"))
            ]
            store.apply([*grids, PutNode("Unit", "U", {"name": "村"})])
            store.apply([PutRelationship("PART_OF", NodeKey("Household", "H"), NodeKey("Grid", "1"))])
    with open_store_sync(url, read_only=True) as store:
        with pytest.raises(StoreError) as caught:
            store.get("Household", "H")
        assert caught.value.code == "store_not_set_up"
    with open_store_sync(url) as store:
        store.ensure_schema()
        store.apply([PutNode("Household", "H", {"has_party_member": True})])
        where = [Condition("has_party_member", Operator.EQ, True)]
        assert [n.properties for n in store.page("Household", where=where).nodes] == [
            {"size_band": "two", "has_party_member": True}
        ]
        assert [n.code for n in store.page("Grid", order=[Order("name")]).nodes] == ["2", "1"]
        assert [n.code for n in store.search("薄家")] == ["1"]
        assert [n.code for n in store.ancestors(NodeKey("Household", "H"))] == ["1"]
        assert {f.code for f in store.diagnose()} == {"store.readable", "store.writing"}


def test_an_old_file_learns_which_of_its_nodes_were_generated(tmp_path: Path) -> None:
    url = url_of(tmp_path / "s.db")
    with open_store_sync(url) as store:
        store.ensure_schema()
        units = [PutNode("Unit", c, {"name": c}) for c in ("U", "V")]
        households = [PutNode("Household", c, {"is_synthetic": c == "1"}) for c in ("1", "2")]
        inside = [
            PutRelationship("PART_OF", NodeKey("Household", h), NodeKey("Unit", u)) for h, u in ("1U", "2V")
        ]
        store.apply([*units, *households, *inside])
    old = open_writer(tmp_path / "s.db", 1000)
    old.execute("DROP INDEX place_synthetic; ALTER TABLE place DROP COLUMN synthetic")
    old.execute("UPDATE meta SET value = 'old' WHERE name = 'digest'")
    old.close()
    with open_store_sync(url) as store:
        store.ensure_schema()
        assert [store.rollup(u)[0].is_synthetic for u in ("U", "V")] == [True, False]
        store.apply([PutNode("Household", "2", {"is_synthetic": True})])
        assert [store.rollup(u)[0].is_synthetic for u in ("U", "V")] == [True, True]
