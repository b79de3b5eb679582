"""Reading instance files: whatever is wrong is found, with its path, in both languages, and nothing is raised on the way."""

import json

import pytest

from orgraph.benchmark.reading import Entry, read_entry
from orgraph.errors import InputError


def entry(data):
    return Entry(data, "town.json")


def codes(found):
    return [(f.code.removeprefix("benchmark."), f.subject) for f in found]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_not_json"),
        (b"[", "file_not_json"),
        (b"[" * 100_000, "file_not_json"),
        (b'{"days": ' + b"9" * 5000 + b"}", "file_not_json"),
        (b"\xff\xfe{", "file_not_json"),
        (b"[1]", "entry_object"),
        (None, "file_unreadable"),
    ],
)
def test_what_is_no_json_object_is_refused(tmp_path, content, code):
    path = tmp_path / "town.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_entry(path)
    (finding,) = refused.value.findings
    assert finding.code == f"benchmark.{code}"
    assert finding.place.file == "town.json"
    assert "{" not in (finding.text.zh + finding.text.en).replace("{}", "")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError) as refused:
        read_entry(tmp_path)
    assert [f.code for f in refused.value.findings] == ["benchmark.file_unreadable"]


def test_a_byte_order_mark_is_passed_over(tmp_path):
    path = tmp_path / "town.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"n": 3}).encode())
    assert read_entry(path).need("n").whole() == 3


@pytest.mark.parametrize(
    ("read", "data", "code"),
    [
        (lambda e: e.whole(1, 5), 0, "entry_whole"),
        (lambda e: e.whole(), True, "entry_whole"),
        (lambda e: e.whole(), 2.0, "entry_whole"),
        (Entry.text, "", "entry_text"),
        (Entry.flag, 1, "entry_flag"),
        (Entry.fraction, "1e9", "entry_fraction"),
        (lambda e: e.one_of(("a", "b")), "c", "entry_choice"),
        (lambda e: e.index({"a": 0}), "b", "entry_unknown"),
        (lambda e: e.wholes(2), [1], "entry_length"),
        (lambda e: e.wholes(), [1, 2.5], "entry_wholes"),
        (lambda e: e.wholes(least=1), [0], "entry_wholes"),
        (lambda e: e.reals(), [float("nan")], "entry_reals"),
        (lambda e: e.reals(least=0.0), [-1.0], "entry_reals_least"),
        (lambda e: e.real_rows(1, 1), {}, "entry_list"),
        (lambda e: e.whole_table(1, 2), [[1, 2, 3]], "entry_columns"),
        (lambda e: e.pairs(2), [[0, 2]], "entry_pair"),
        (lambda e: e.pairs(2), [[1, 1]], "entry_pair"),
        (lambda e: e.pairs(2), [[0]], "entry_pair"),
    ],
)
def test_a_wrong_value_is_found_and_read_as_something_harmless(read, data, code):
    wrong = entry({"x": data}).need("x")
    read(wrong)
    assert [f.code for f in wrong.found] == [f"benchmark.{code}"]
    assert wrong.found[0].subject[0].startswith("x")


def test_right_values_are_read_as_they_are():
    top = entry({"n": 2, "rows": [[1, 2], [3, 4]], "pairs": [[1, 0]], "half": "1/2", "name": "town"})
    assert top.need("rows").real_rows(2, 2) == [[1.0, 2.0], [3.0, 4.0]]
    assert top.need("rows").whole_table(1, 2) == [[1, 2], [3, 4]]
    assert top.need("pairs").pairs(2) == [(0, 1)]
    assert top.need("half").fraction() == 0.5
    assert (top.optional("n", Entry.whole, 7), top.optional("m", Entry.whole, 7)) == (2, 7)
    assert top.found == []


def test_missing_and_surplus_entries_are_found_by_their_path():
    top = entry({"inner": {"a": 1, "b": 2}})
    top.need("inner").known("a").need("c").whole()
    assert codes(top.found) == [("entry_key", ("inner",)), ("entry_missing", ("inner",))]
    with pytest.raises(InputError) as refused:
        top.refuse()
    assert len(refused.value.findings) == 2
