"""Synthetic cities: planar, connected, the same for the same seed, and fast to make."""

import networkx as nx
import pytest

from orgraph.datasets.synthetic import make_city


@pytest.mark.parametrize("num_buildings", [1, 2, 3, 7, 30, 500])
def test_a_city_is_connected_and_planar(num_buildings):
    city = make_city(num_buildings, seed=3)
    graph = nx.Graph(city.edges)
    graph.add_nodes_from(range(num_buildings))
    assert len(city.points) == len(city.population) == len(graph) == num_buildings
    assert nx.is_connected(graph)
    assert nx.check_planarity(graph)[0]


def test_edges_are_ascending_pairs_without_repetition():
    edges = make_city(200, seed=1).edges
    assert list(edges) == sorted(set(edges))
    assert all(i < j for i, j in edges)


def test_edges_join_places_that_are_next_to_each_other():
    city = make_city(400, seed=2, spacing_km=0.1)
    steps = [
        ((city.points[i][0] - city.points[j][0]) ** 2 + (city.points[i][1] - city.points[j][1]) ** 2) ** 0.5
        for i, j in city.edges
    ]
    assert max(steps) < 0.1 * 1.7 * 2**0.5


def test_people_gather_at_centres():
    people = make_city(2_500, seed=1).population
    assert min(people) >= 10
    assert 90 < max(people) <= 360


def test_the_seed_decides():
    assert make_city(50, seed=1) == make_city(50, seed=1)
    assert make_city(50, seed=1) != make_city(50, seed=2)
