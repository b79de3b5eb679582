import pytest

from orgraph.errors import InputError, NotFound
from orgraph.service.directory import coverage
from orgraph.service.imports import import_graph

pytestmark = pytest.mark.anyio


@pytest.fixture
async def filled(store, town):
    await import_graph(store, town)
    return store


def shares(row):
    return {share.measure.name: (share.covered, share.total) for share in row.shares}


async def test_the_tree_goes_down_to_the_villages_with_numerator_and_denominator(filled):
    answer = await coverage(filled, "370503")
    assert [(row.unit.code, row.depth, row.parent_code) for row in answer.rows] == [
        ("370503", 0, None),
        ("370503100", 1, "370503"),
        ("370503100a", 2, "370503100"),
        ("370503100b", 2, "370503100"),
    ]
    whole = {
        "villages_with_organization": (1, 2),
        "grids_with_organization": (1, 2),
        "grids_with_worker": (1, 2),
        "grids_with_backup": (0, 2),
    }
    assert shares(answer.rows[0]) == shares(answer.rows[1]) == whole
    assert shares(answer.rows[3])["grids_with_worker"] == (0, 1)
    assert answer.rows[0].shares[0].rate == 0.5


async def test_gaps_are_named(filled):
    answer = await coverage(filled, "370503100")
    gaps = {gap.share.measure.name: [node.code for node in gap.nodes] for gap in answer.gaps}
    assert gaps["villages_with_organization"] == ["370503100b"]
    assert gaps["grids_with_worker"] == ["370503100b-G"]
    assert gaps["grids_with_backup"] == ["370503100a-G", "370503100b-G"]


async def test_only_so_many_gaps_are_named_but_all_are_counted(filled):
    answer = await coverage(filled, "370503100", max_named=1)
    backup = next(gap for gap in answer.gaps if gap.share.measure.name == "grids_with_backup")
    assert (len(backup.nodes), backup.share.num_gaps) == (1, 2)


async def test_a_level_leaves_out_what_lies_between(filled):
    answer = await coverage(filled, "370503", "village")
    assert [(row.unit.code, row.depth) for row in answer.rows] == [
        ("370503", 0),
        ("370503100a", 1),
        ("370503100b", 1),
    ]


async def test_what_does_not_occur_has_no_share(filled):
    names = set(shares((await coverage(filled, "370503")).rows[0]))
    assert "communities_with_organization" not in names


async def test_an_unknown_unit_is_not_found(filled):
    with pytest.raises(NotFound) as error:
        await coverage(filled, "370504")
    assert error.value.details == {"code": "370504"}


async def test_an_unknown_level_names_the_known_ones(filled):
    with pytest.raises(InputError) as error:
        await coverage(filled, "370503", "hamlet")
    assert "village" in error.value.text.en


async def test_generated_data_are_flagged(store, town):
    await import_graph(store, town)
    assert (await coverage(store, "370503")).is_synthetic is False
    await import_graph(store, with_flag(town, "370503100a"))
    answer = await coverage(store, "370503")
    assert answer.is_synthetic is True
    assert answer.to_json()["is_synthetic"] is True


async def test_generated_data_are_flagged_that_are_counted_below_what_is_shown(store, town):
    await import_graph(store, with_flag(town, "370503100a-G"))
    answer = await coverage(store, "370503", "town", max_named=0)
    assert not any(row.unit.is_synthetic for row in answer.rows)
    assert answer.is_synthetic is True
    assert [row.is_synthetic for row in answer.rows] == [True, True]
    answer = await coverage(store, "370503", "village", max_named=0)
    assert [(row["code"], row["is_synthetic"]) for row in answer.to_json()["rows"]] == [
        ("370503", True),
        ("370503100a", True),
        ("370503100b", False),
    ]
    assert (await coverage(store, "370503100b")).is_synthetic is False


def with_flag(graph, code):
    from orgraph.graph import GraphBuilder

    builder = GraphBuilder()
    for node in graph.nodes():
        flag = {"is_synthetic": True} if node.code == code else {}
        builder.add_node(node.kind, node.code, {**node.properties, **flag})
    for r in graph.relationships():
        builder.add_relationship(r.kind, r.source, r.target, r.properties)
    return builder.freeze()
