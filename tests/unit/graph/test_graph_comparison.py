"""Two partitions side by side, and the matching against all matchings of small ones."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from orgraph.graph import compare

BEFORE = {"a": "东", "b": "东", "c": "西", "d": "西", "e": "西"}
WEIGHT = {"a": 10, "b": 20, "c": 30, "d": 40, "e": 5}


def test_the_same_partition_under_other_names_moves_nobody():
    after = {unit: {"东": "x", "西": "y"}[part] for unit, part in BEFORE.items()}
    found = compare(BEFORE, after, WEIGHT)
    assert dict(found.matching) == {"东": "x", "西": "y"}
    assert (found.total, found.moved, found.moved_share) == (105, 0, 0.0)


def test_flows_say_who_goes_where():
    found = compare(BEFORE, BEFORE | {"b": "西"}, WEIGHT)
    assert [(f.before, f.after, f.units, f.weight) for f in found.flows] == [
        ("东", "东", ("a",), 10),
        ("东", "西", ("b",), 20),
        ("西", "西", ("c", "d", "e"), 75),
    ]
    assert found.moved == 20
    assert found.overlap("东", "西") == 20
    assert found.overlap("西", "东") == 0


def test_matching_is_one_to_one_and_what_is_not_matched_moved():
    found = compare(BEFORE, dict.fromkeys(BEFORE, "一"), WEIGHT)
    assert dict(found.matching) == {"西": "一"}
    assert found.moved == 30


def test_the_largest_sum_wins_not_the_largest_pair():
    before = {"a": "p", "b": "p", "c": "q"}
    after = {"a": "x", "b": "y", "c": "x"}
    found = compare(before, after, {"a": 10, "b": 9, "c": 9})
    assert dict(found.matching) == {"p": "y", "q": "x"}
    assert found.moved == 10


def test_new_units_move_and_refused_ones_count_nowhere():
    found = compare({"a": "p", "b": "p"}, {"a": "p", "c": "p"}, {"a": 1, "b": 2, "c": 4})
    assert (found.added, found.dropped) == (("c",), ("b",))
    assert (found.total, found.moved) == (5, 4)


def test_nothing_to_compare():
    found = compare({}, {}, {})
    assert (found.flows, found.total, found.moved, found.moved_share) == ((), 0, 0, 0.0)


PARTS = st.lists(st.tuples(st.sampled_from("pqr"), st.sampled_from("xyz"), st.integers(0, 50)), max_size=9)


@settings(deadline=None)
@given(PARTS)
def test_moved_is_the_least_over_all_matchings(rows):
    before = {str(i): row[0] for i, row in enumerate(rows)}
    after = {str(i): row[1] for i, row in enumerate(rows)}
    weight = {str(i): row[2] for i, row in enumerate(rows)}
    least = min(
        sum(w for b, a, w in rows if dict(zip("pqr", order, strict=True))[b] != a)
        for order in permutations("xyz")
    )
    found = compare(before, after, weight)
    assert found.moved == least
    assert sum(f.weight for f in found.flows) == found.total
