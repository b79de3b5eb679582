"""The generators: exact sums, shared vertices, the same result for the same seed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgraph.datasets.synthetic import apportion, make_map
from orgraph.datasets.synthetic.planar_map import area

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))


@given(st.integers(0, 10_000), st.lists(st.integers(0, 1_000), min_size=1, max_size=30).filter(any))
def test_shares_sum_to_the_total_and_follow_the_weights(total, weights):
    shares = apportion(total, weights)
    assert sum(shares) == total
    assert all(abs(s - total * w / sum(weights)) < 1 for s, w in zip(shares, weights, strict=True))


def test_everyone_gets_the_minimum():
    assert apportion(10, [0, 0, 1], minimum=2) == [2, 2, 6]


def test_ties_go_to_the_earlier():
    assert apportion(2, [1, 1, 1]) == [1, 1, 0]


@pytest.mark.parametrize(("total", "weights", "minimum"), [(3, [1, 1], 2), (3, [0, 0], 0), (3, [], 0)])
def test_what_cannot_be_shared(total, weights, minimum):
    with pytest.raises(ValueError, match="too small"):
        apportion(total, weights, minimum=minimum)


def test_a_map_fills_its_outline_and_neighbours_hold_the_same_segments():
    made = make_map(SQUARE, 12, seed=5, roughness=0.0)
    assert sum(area(cell) for cell in made.cells) == pytest.approx(100, abs=0.05)
    segments = [frozenset(pair) for cell in made.cells for pair in pairwise([*cell, cell[0]])]
    inner = [s for s in segments if not _is_on_the_outline(s)]
    assert all(segments.count(s) == 2 for s in inner)
    assert len(inner) > 12


def _is_on_the_outline(segment):
    points = list(segment)
    return any(all(abs(p[axis] - at) < 1e-9 for p in points) for axis in (0, 1) for at in (0, 10))


def test_uneven_borders_are_shared_too():
    made = make_map(SQUARE, 12, seed=5, roughness=0.2)
    assert all(area(cell) > 0 for cell in made.cells)
    segments = [frozenset(pair) for cell in made.cells for pair in pairwise([*cell, cell[0]])]
    assert sum(segments.count(s) == 2 for s in segments) > len(segments) / 2
    assert max(segments.count(s) for s in segments) == 2


def test_the_seed_decides():
    assert make_map(SQUARE, 6, seed=1) == make_map(SQUARE, 6, seed=1)
    assert make_map(SQUARE, 6, seed=1) != make_map(SQUARE, 6, seed=2)
