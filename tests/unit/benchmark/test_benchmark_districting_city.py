"""Counties and cities by name: what the benchmark promises about their sizes."""

import pytest

from orgraph.benchmark.families.districting_city import SIZES, city_case
from orgraph.solver.districting import findings


@pytest.mark.parametrize(
    ("name", "num_units", "k", "is_large"),
    [("county_500_60", 500, 60, False), ("city_10000_300", 10_000, 300, True)],
)
def test_a_case_is_what_its_name_says(name, num_units, k, is_large):
    case = city_case(name, seed=2)
    problem = case.problem
    assert (problem.num_units, problem.k, problem.is_large) == (num_units, k, is_large)
    assert findings(problem) == ()
    assert case.units == problem.unit_ids
    assert case.is_synthetic
    low, high = problem.bounds("population")
    assert 0 < max(problem.weights["population"]) < low < high


def test_every_city_has_a_name():
    assert sorted(SIZES) == ["city_100000_400", "city_10000_300", "county_500_60"]
