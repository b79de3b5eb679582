import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgraph.store.bigrams import SEPARATOR, folded_fields, index_words, words
from orgraph.store.collation import fold, initials, sort_key


@pytest.mark.parametrize(
    ("text", "key", "letters"),
    [
        ("薄家村", "bo jia cun", "bjc"),
        ("嘉和新村", "jia he xin cun", "jhxc"),
        ("单家村", "shan jia cun", "sjc"),
        ("单元楼", "dan yuan lou", "dyl"),
        ("西安", "xi an", "xa"),
        ("A区 第12网格", "a qu di 12 wang ge", "aqd12wg"),
        ("Hello World", "hello world", "helloworld"),
        ("𠮷林村", "𠮷 lin cun", "𠮷lc"),
        ("", "", ""),
    ],
)
def test_keys_and_initials(text: str, key: str, letters: str) -> None:
    assert sort_key(text) == key
    assert initials(text) == letters


def test_override_only_at_the_start_of_a_name() -> None:
    assert sort_key("单家村").split()[0] == "shan"
    assert sort_key("名单").split()[1] == "dan"


def test_fold_unifies_case_width_and_control_characters() -> None:
    assert fold("ＡＢc\x00\u3000") == "abc"
    assert fold("Straße") == "strasse"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_folding_again_changes_nothing_that_search_sees(text: str) -> None:
    folded = fold(text)
    assert SEPARATOR not in folded
    assert "\x00" not in sort_key(text) + initials(text)


@given(st.text("村家和ab", min_size=2, max_size=8), st.text("村家和ab", min_size=2, max_size=4))
def test_a_phrase_of_bigrams_is_a_substring(text: str, part: str) -> None:
    """A run of consecutive words is what the index looks for."""
    whole, wanted = words(text).split(), words(part).split()
    is_run = any(whole[i : i + len(wanted)] == wanted for i in range(len(whole)))
    assert is_run == (part in text)


def test_words_hold_nothing_that_a_query_language_knows() -> None:
    assert words('" OR *') == "22x20 20x4f 4fx52 52x20 20x2a"
    assert words("村") == ""


def test_fields_are_kept_apart() -> None:
    folded = folded_fields(["甲乙", "丙丁"])
    assert folded == "\x1f甲乙\x1fjy\x1f丙丁\x1fbd\x1f"
    assert words("乙丙") not in index_words(folded)
    assert folded_fields([]) == ""
