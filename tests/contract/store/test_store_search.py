"""Search: substrings of two characters or more, pinyin initials, prefixes of codes."""

import pytest
from store_examples import BO, COUNTY, JIA, XINHU, YIHE, codes, key, organization, unit

from orgraph.errors import InputError, NotFound
from orgraph.store import DeleteNode, PutNode, Store

pytestmark = pytest.mark.anyio


async def test_substring_of_two_characters(towns: Store) -> None:
    assert codes(await towns.search("家村")) == [BO, "O2"]
    assert codes(await towns.search("和村")) == [JIA]
    assert await towns.search("家和") == ()


async def test_whole_match_then_prefix_then_the_rest(towns: Store) -> None:
    await towns.apply([unit("x", name="新义和"), unit("y", name="义和"), unit("z", name="义和安")])
    assert [n.name for n in await towns.search("义和")] == [
        "义和",
        "义和安",
        "义和镇",
        "义和镇党委",
        "新义和",
    ]


async def test_pinyin_initials(towns: Store) -> None:
    assert codes(await towns.search("bjc")) == [BO, "O2"]
    assert codes(await towns.search("YHZ")) == [YIHE, "O1"]


async def test_prefix_of_a_code_of_any_kind(towns: Store) -> None:
    assert codes(await towns.search("3705031")) == [BO, JIA, XINHU, YIHE, "370503101201"]
    assert codes(await towns.search(YIHE))[0] == YIHE
    await towns.apply([PutNode("Household", "h-77", {})])
    assert codes(await towns.search("h-7")) == ["h-77"]


async def test_latin_letters_of_any_case_and_width(store: Store) -> None:
    await store.apply([unit("1", name="Ｈello World"), unit("2", name="A区12号")])
    assert codes(await store.search("hello wo")) == ["1"]
    assert codes(await store.search("a区1")) == ["2"]


@pytest.mark.parametrize(
    "name",
    [
        "圐圙村",
        "㙍塘",
        "𠮷林村",
        "𰻝面庄",
        "三👨‍👩‍👧家",
        "שלום עולם",
        "中文AND村",
        'x" OR y',
        "a*b(c)",
        "^- NEAR/2",
    ],
)
async def test_rare_characters_and_signs(store: Store, name: str) -> None:
    await store.apply([unit("1", name=name), unit("2", name="别处")])
    for start in range(len(name) - 1):
        part = name[start : start + 2]
        if len(part.strip()) == 2:
            assert codes(await store.search(part)) == ["1"]
    assert codes(await store.search(name)) == ["1"]


@pytest.mark.parametrize("text", ["", " ", "村", " 村 ", "\x00村"])
async def test_fewer_than_two_characters_are_refused(towns: Store, text: str) -> None:
    with pytest.raises(InputError) as caught:
        await towns.search(text)
    assert [f.code for f in caught.value.findings] == ["store.search_too_short"]


@pytest.mark.parametrize(
    "text", ['"" OR "', "a AND", "NOT x", "name:家村", "家*", "'; --", "\ud800\ud800", "%%", "__"]
)
async def test_operators_are_text(towns: Store, text: str) -> None:
    assert await towns.search(text) == ()


async def test_kinds_scope_and_limit(towns: Store) -> None:
    await towns.apply(organization("O3", "薄家村老党支部", XINHU))
    assert codes(await towns.search("薄家", kinds=["PartyOrganization"])) == ["O2", "O3"]
    assert codes(await towns.search("薄家", within=YIHE)) == [BO, "O2"]
    assert codes(await towns.search("薄家", limit=1)) == [BO]
    with pytest.raises(NotFound):
        await towns.search("薄家", within="nowhere")
    with pytest.raises(InputError):
        await towns.search("薄家", kinds=["Castle"])


async def test_search_follows_changes(towns: Store) -> None:
    await towns.apply([unit(BO, name="新名村"), DeleteNode("PartyOrganization", "O2")])
    assert await towns.search("薄家") == ()
    assert codes(await towns.search("新名")) == [BO]
    assert codes(await towns.search("新名", within=COUNTY)) == [BO]


async def test_fields_are_searched_one_by_one(store: Store) -> None:
    await store.apply(
        [
            PutNode(
                "Approval",
                "A",
                {"authority": "county_committee", "answer": "approved", "document_number": "河政发12"},
            )
        ]
    )
    assert codes(await store.search("政发")) == ["A"]
    assert key("A", "Approval") == (await store.search("hzf12"))[0].key


async def test_equal_matches_of_several_kinds_are_ordered_by_kind(store: Store) -> None:
    await store.apply(
        [unit("same", name="同名"), PutNode("PartyOrganization", "same", {"name": "同名", "kind": "BRANCH"})]
    )
    found = await store.search("同名")
    assert [n.kind for n in found] == ["PartyOrganization", "Unit"]
    found = await store.search("same", kinds=["Unit", "PartyOrganization"])
    assert [n.kind for n in found] == ["PartyOrganization", "Unit"]
