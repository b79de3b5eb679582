import pytest

from orgraph.errors import InputError, VersionConflict
from orgraph.exchange import OutsideReference
from orgraph.findings import Finding, Place, Severity
from orgraph.graph import GraphBuilder, NodeKey
from orgraph.service.checks import check
from orgraph.service.imports import changes, import_graph
from orgraph.store import ALL, PutNode

pytestmark = pytest.mark.anyio


def grid(code, unit="370503100a", **properties):
    builder = GraphBuilder()
    key = builder.add_node("Grid", code, {"name": code, "kind": "base", **properties})
    builder.add_relationship("PART_OF", key, NodeKey("Unit", unit))
    return builder.freeze()


async def test_everything_is_put_in_one_commit(store, town):
    answer = await import_graph(store, town, by="t", reason="r")
    assert answer.num_new == {"Unit": 4, "Grid": 2, "PartyOrganization": 1, "GridWorker": 1}
    assert answer.num_existing == {}
    assert answer.num_relationships == 10
    assert answer.versions == {"370503": 1}
    stored = await store.snapshot(ALL)
    assert {n.key for n in stored.nodes()} == {n.key for n in town.nodes()}
    assert {(r.kind, r.source, r.target) for r in stored.relationships()} == {
        (r.kind, r.source, r.target) for r in town.relationships()
    }


async def test_what_is_there_already_is_counted_apart(store, town):
    await import_graph(store, town)
    answer = await import_graph(store, town)
    assert answer.num_new == {}
    assert sum(answer.num_existing.values()) == 8


async def test_a_dry_run_judges_and_counts_and_leaves_the_store_as_it_was(store, town):
    await import_graph(store, town)
    before = await store.version("370503")
    answer = await import_graph(store, grid("G2"), is_dry_run=True)
    assert (answer.num_new, answer.is_dry_run, answer.versions) == ({"Grid": 1}, True, {})
    assert await store.version("370503") == before
    assert await store.get("Grid", "G2") is None


async def test_an_end_may_be_in_the_store(store, town):
    await import_graph(store, town)
    answer = await import_graph(store, grid("G2"))
    assert answer.versions == {"370503": 2}
    assert [n.code for n in await store.ancestors(NodeKey("Grid", "G2"))] == [
        "370503100a",
        "370503100",
        "370503",
    ]


async def test_an_end_that_is_nowhere_is_told_once_at_its_place_and_nothing_is_written(store, town):
    await import_graph(store, town)
    place = Place("grids.csv", 2, "unit_code")
    outside = [OutsideReference((NodeKey("Unit", "370599"),), place)]
    with pytest.raises(InputError) as error:
        await import_graph(store, grid("G2", unit="370599"), outside=outside)
    assert [(f.code, f.place) for f in error.value.findings] == [("service.end_unknown", place)]
    assert await store.get("Grid", "G2") is None


async def test_an_end_whose_kind_cannot_be_told_is_refused(store, town):
    await import_graph(store, town)
    either = (NodeKey("Unit", "370503100a"), NodeKey("Grid", "370503100a"))
    with pytest.raises(InputError) as error:
        await import_graph(store, grid("G2"), outside=[OutsideReference(either, Place("needs.csv", 2))])
    assert [f.code for f in error.value.findings] == ["service.end_of_unknown_kind"]


async def test_all_findings_come_at_once_and_nothing_is_written(store, town):
    await import_graph(store, town)
    found = Finding("exchange.value", place=Place("grids.csv", 3))
    with pytest.raises(InputError) as error:
        await import_graph(store, grid("G2", households=-1, unknown_field=1), findings=[found])
    codes = [f.code for f in error.value.findings]
    assert codes[0] == "exchange.value"
    assert {"graph.below_minimum", "graph.field_unknown"} <= set(codes)
    assert error.value.details["num_errors"] == 3
    assert await store.get("Grid", "G2") is None


async def test_a_warning_does_not_stop_an_import_and_travels_with_it(store, town):
    warning = Finding("exchange.islands", Severity.WARNING)
    answer = await import_graph(store, town, findings=[warning])
    assert answer.findings == (warning,)


async def test_a_change_between_judgement_and_commit_is_a_conflict(store, town):
    await import_graph(store, town)

    class Meanwhile:
        """The store, into which somebody else commits just before our commit."""

        def __getattr__(self, name):
            return getattr(store, name)

        async def apply(self, changes, *, expected, effective, by, reason):
            await store.apply([PutNode("Unit", "370503100a", {"population": 101})])
            return await store.apply(changes, expected=expected, effective=effective, by=by, reason=reason)

    with pytest.raises(VersionConflict):
        await import_graph(Meanwhile(), grid("G2"))
    assert await store.get("Grid", "G2") is None


def test_nodes_come_before_relationships_and_containment_before_the_rest(town):
    kinds = [getattr(change, "kind", "") for change in changes(town)]
    assert kinds[:8] == ["Unit", "Unit", "Unit", "Grid", "Unit", "Grid", "PartyOrganization", "GridWorker"]
    assert set(kinds[8:15]) == {"PART_OF", "LOCATED_IN"}
    assert set(kinds[15:]) == {"HAS_ORGANIZATION", "COVERS"}


async def test_a_sound_store_has_no_error(store, town):
    await import_graph(store, town)
    answer = await check(store)
    assert answer.num_errors == 0
    assert answer.num_nodes == 8


async def test_a_store_that_is_not_set_up_is_told(tmp_path):
    from orgraph.store import open_store, url_of

    (tmp_path / "empty.db").write_bytes(b"")
    async with open_store(url_of(tmp_path / "empty.db"), read_only=True) as store:
        answer = await check(store)
    assert answer.num_errors == 1
