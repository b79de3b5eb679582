"""Tiny covering problems by enumeration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import networkx as nx
from hypothesis import strategies as st

from orgraph.findings import Reason
from orgraph.solver.covering import Group, Joining, Opening, Prices

Sets = list[list[int]]


def partitions(units: list[int]) -> Iterator[Sets]:
    if not units:
        yield []
        return
    first, *rest = units
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            left = [u for u in rest if u not in others]
            yield from ([[first, *others], *more] for more in partitions(left))


def is_set(problem: Joining, units: list[int]) -> bool:
    graph: nx.Graph[int] = nx.Graph(problem.edges)
    graph.add_nodes_from(units)
    return (
        1 < len(units) <= problem.most_units
        and sum(problem.members[u] for u in units) >= problem.least
        and nx.is_connected(graph.subgraph(units))
    )


def cheapest_partition(problem: Joining, must: set[int] | None = None) -> int | None:
    """Return the least cost; with ``must``, units that may not stay alone, all others staying alone for nothing."""
    small = [u for u, m in enumerate(problem.members) if m < problem.least]
    costs = []
    for sets in partitions(small):
        joined, alone = [s for s in sets if len(s) > 1], [s[0] for s in sets if len(s) == 1]
        if not all(is_set(problem, s) for s in joined):
            continue
        if must is not None:
            costs += [0] if not must & set(alone) else []
        elif problem.prices.alone is not None or not alone:
            mixed = sum(len({problem.sectors[u] for u in s}) - 1 for s in joined)
            prices = problem.prices
            costs.append(
                prices.joined * len(joined) + prices.mixed * mixed + (prices.alone or 0) * len(alone)
            )
    return min(costs, default=None)


def can_serve(problem: Opening, groups: set[int]) -> int:
    """Return the most services, by augmenting one unit's need after another."""
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_nodes_from(["from", "to"])
    for u, need in enumerate(problem.needs):
        graph.add_edge("from", u, capacity=need)
    for g, group in enumerate(problem.groups):
        if g in groups or group.is_existing:
            graph.add_edge(
                f"g{g}", "to", capacity=len(group.units) if group.capacity is None else group.capacity
            )
            for u in group.units:
                graph.add_edge(u, f"g{g}", capacity=1)
    return int(nx.maximum_flow_value(graph, "from", "to"))


def cheapest_groups(problem: Opening) -> int | None:
    new = [g for g, group in enumerate(problem.groups) if not group.is_existing]
    costs = []
    for chosen in product((False, True), repeat=len(new)):
        groups = {g for g, is_open in zip(new, chosen, strict=True) if is_open}
        missing = sum(problem.needs) - can_serve(problem, groups)
        if not missing or problem.uncovered is not None:
            costs.append(sum(problem.groups[g].price for g in groups) + missing * (problem.uncovered or 0))
    return min(costs, default=None)


def only(problem: Opening, reasons: list[Reason]) -> Opening:
    needs = {r.subject[0] for r in reasons if r.rule == "covering.need"}
    limits = {r.subject[0] for r in reasons if r.rule == "covering.capacity"}
    return replace(
        problem,
        needs=tuple(
            n if name in needs else 0 for n, name in zip(problem.needs, problem.unit_ids, strict=True)
        ),
        groups=tuple(g if g.id in limits else replace(g, capacity=None) for g in problem.groups),
    )


@st.composite
def joinings(draw: st.DrawFn) -> Joining:
    n = draw(st.integers(1, 7))
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=10)) if pairs else []
    members = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    sectors = draw(st.lists(st.sampled_from(["a", "b"]), min_size=n, max_size=n))
    alone = draw(st.sampled_from([None, 0, 4, 30]))
    prices = Prices(draw(st.sampled_from([0, 10])), draw(st.sampled_from([0, 2, 20])), alone)
    names = tuple(f"u{i}" for i in range(n))
    return Joining(names, tuple(edges), tuple(members), tuple(sectors), 3, draw(st.integers(1, 4)), prices)


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    n, k = draw(st.integers(1, 5)), draw(st.integers(0, 5))
    units = st.lists(st.integers(0, n - 1), unique=True, max_size=n)
    groups = tuple(
        Group(
            f"g{g}",
            tuple(sorted(draw(units))),
            draw(st.sampled_from([None, None, 0, 1, 2])),
            draw(st.integers(0, 3)),
            draw(st.sampled_from([False, False, False, True])),
        )
        for g in range(k)
    )
    needs = tuple(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    return Opening(tuple(f"u{i}" for i in range(n)), needs, groups, draw(st.sampled_from([None, None, 0, 2])))
