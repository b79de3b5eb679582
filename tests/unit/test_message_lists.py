"""Lists and names from the user's data inside texts."""

from orgraph.findings import Reason
from orgraph.messages import Text, label
from orgraph.messages.catalogue import keys


def test_lists_are_joined_in_the_way_of_each_language() -> None:
    text = Reason("together", ("a", "b", "c")).text
    assert text.zh.startswith("a、b、c 须划在一起")
    assert text.en.startswith("a, b, c must share a district")


def test_lists_of_lists_are_told_apart_by_semicolons() -> None:
    text = Reason("connected.pieces", numbers={"num_pieces": 2, "pieces": [["a", "b"], ["c"]]}).text
    assert "a、b；c" in text.zh
    assert "a, b; c" in text.en


def test_of_a_long_list_twelve_items_and_their_number_are_shown() -> None:
    units = tuple(f"u{i}" for i in range(14))
    text = Reason("together", units).text
    assert "u11等 14 个" in text.zh
    assert "u11 ... (14 in all)" in text.en
    assert "u12" not in text.zh + text.en
    assert "in all" not in Reason("together", units[:12]).text.en


def test_a_name_without_a_label_stands_for_itself() -> None:
    assert label("solver.weight", "population") == Text("人口", "population")
    assert label("solver.weight", "number of wells") == Text("number of wells", "number of wells")


def test_every_rule_has_its_texts_in_both_languages() -> None:
    assert {k for k in keys("zh") if k.startswith("solver.")} == {
        k for k in keys("en") if k.startswith("solver.")
    }
