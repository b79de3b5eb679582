"""Peers of districting at city size on the same generated city: GerryChain's ReCom and two balanced k-means.

1. ``python bench/peers/districting_peers.py write city_10000_300 FILE`` in the project's environment writes the input;
2. ``python bench/peers/districting_peers.py run FILE [SECONDS] [PEER...]`` in one with requirements-districting.txt prints one line per peer.

Every partition is judged here, by the same few lines: person-km to the best member of each district, balance, connectedness.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic

import numpy as np

Labels = Sequence[int]
NEAREST = 24
"""Centres that a building may go to in the flow of balanced k-means."""
PEOPLE_PER_UNIT_OF_COST = 1e4


class Town:
    """The input: points in km, edges, people, k, bounds of a district."""

    def __init__(self, path: Path) -> None:
        data = json.loads(path.read_text(encoding="utf-8"))
        self.points = np.array(data["points"])
        self.edges: list[tuple[int, int]] = [tuple(e) for e in data["edges"]]
        self.people = np.array(data["people"], dtype=np.int64)
        self.k: int = data["k"]
        self.low, self.high = data["bounds"]

    def cost(self, members: np.ndarray) -> float:
        """Return person-km of one district to its best member."""
        points, people = self.points[members], self.people[members]
        km = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
        return float((people[:, None] * km).sum(axis=0).min())

    def judge(self, labels: Labels) -> dict[str, float | int]:
        """Return person-km, districts out of bounds, the worst deviation from the mean, and districts in more than one piece."""
        label = np.array(labels)
        groups = [np.flatnonzero(label == d) for d in range(self.k)]
        loads = np.array([self.people[g].sum() for g in groups])
        mean = self.people.sum() / self.k
        return {
            "person_km": round(sum(self.cost(g) for g in groups), 1),
            "outside": int(((loads < self.low) | (loads > self.high)).sum()),
            "worst": round(float(np.abs(loads / mean - 1).max()), 3),
            "split": sum(self._num_pieces(label, d, g) > 1 for d, g in enumerate(groups)),
        }

    def _num_pieces(self, label: np.ndarray, d: int, members: np.ndarray) -> int:
        """Return in how many connected pieces the members of district ``d`` lie."""
        if not hasattr(self, "_links"):
            self._links = defaultdict(list)
            for i, j in self.edges:
                self._links[i].append(j)
                self._links[j].append(i)
        rest, pieces = set(members.tolist()), 0
        while rest:
            pieces += 1
            stack = [rest.pop()]
            while stack:
                near = [v for v in self._links[stack.pop()] if v in rest]
                rest.difference_update(near)
                stack.extend(near)
        return pieces


def recom(town: Town, seconds: float) -> dict[str, Labels]:
    """Return GerryChain's first partition and, after so many seconds, the one that ReCom steps led to, taken when they are cheaper."""
    import networkx as nx
    from gerrychain import Graph, MarkovChain, Partition
    from gerrychain.partition import recursive_tree_part
    from gerrychain.proposals import recom as propose
    from gerrychain.tree import bipartition_tree
    from gerrychain.updaters import Tally

    random.seed(1)
    graph = nx.Graph()  # In the order of the buildings: GerryChain numbers nodes anew, by position.
    graph.add_nodes_from((i, {"people": int(p)}) for i, p in enumerate(town.people))
    graph.add_edges_from(town.edges)
    mean = float(town.people.sum() / town.k)
    once = partial(bipartition_tree, max_attempts=100_000)
    begin = monotonic()
    first = recursive_tree_part(
        Graph.from_networkx(graph), range(town.k), mean, "people", 0.1, bipartition_tree_fn=once
    )
    print(f"  first partition after {monotonic() - begin:.1f} s", flush=True)
    part = Partition(Graph.from_networkx(graph), first, updaters={"people": Tally("people")})
    costs: dict[frozenset[int], float] = {}

    def cost(members: frozenset[int]) -> float:
        """Return person-km of a district, kept for districts that come again."""
        if members not in costs:
            costs[members] = town.cost(np.array(sorted(members)))
        return costs[members]

    def is_cheaper(new: Partition, *, rng: random.Random) -> bool:
        """Accept a step when the districts it changed cost no more than before."""
        changed = set(new.flips.values()) if new.flips else set()
        old = new.parent
        if old is None:
            return True
        changed |= {old.assignment[i] for i in new.flips}
        return sum(cost(new.parts[d]) for d in changed) <= sum(cost(old.parts[d]) for d in changed)

    chain = MarkovChain(
        proposal_fn=partial(propose, pop_col="people", pop_target=mean, epsilon=0.1, node_repeats=0, bipartition_tree_fn=once),
        constraints=[], acceptance_fn=is_cheaper, initial_partition=part, total_steps=10**9,
    )  # fmt: skip
    begin, steps = monotonic(), 0
    for state in chain:
        steps, part = steps + 1, state
        if monotonic() - begin > seconds:
            break
    print(f"  {steps} ReCom steps", flush=True)
    return {
        "recom_first": [first[i] for i in range(len(town.people))],
        "recom_descent": [part.assignment[i] for i in range(len(town.people))],
    }


def balanced_lloyd(town: Town, seconds: float) -> dict[str, Labels]:
    """Return balanced k-means with people as sizes: buildings go to centres by min-cost flow within the bounds, centres to the median of theirs."""
    from ortools.graph.python import min_cost_flow
    from scipy.spatial import cKDTree

    rng = np.random.default_rng(1)
    n, k, people, nearest = len(town.people), town.k, town.people, min(NEAREST, town.k)
    centres = town.points[rng.choice(n, k, replace=False, p=people / people.sum())].copy()
    best: tuple[float, Labels] = (math.inf, [])
    begin = monotonic()
    while monotonic() - begin < seconds:
        km, near = cKDTree(centres).query(town.points, nearest)
        flow = min_cost_flow.SimpleMinCostFlow()
        tail, head = np.repeat(np.arange(n), nearest), n + near.ravel()
        cost = np.rint(km.ravel() * PEOPLE_PER_UNIT_OF_COST).astype(np.int64)
        arcs = flow.add_arcs_with_capacity_and_unit_cost(tail, head, np.repeat(people, nearest), cost)
        ends = n + np.arange(k)
        flow.add_arcs_with_capacity_and_unit_cost(
            ends, np.full(k, n + k), np.full(k, town.high - town.low), np.zeros(k, np.int64)
        )
        supply = np.concatenate([people, np.full(k, -town.low), [town.low * k - people.sum()]])
        flow.set_nodes_supplies(np.arange(n + k + 1), supply)
        if flow.solve() != flow.OPTIMAL:
            centres += rng.normal(0, 0.01, centres.shape)
            continue
        taken = flow.flows(arcs).reshape(n, nearest)
        label = near[np.arange(n), taken.argmax(axis=1)]
        found = town.judge(label.tolist())["person_km"]
        if found >= best[0] * (1 - 1e-5):
            break
        best = found, label.tolist()
        centres = np.array([_median(town.points[label == d], people[label == d]) for d in range(k)])
    return {"balanced_lloyd": best[1]}


def _median(points: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Return the point of least person-km (Weiszfeld)."""
    at = np.average(points, axis=0, weights=people)
    for _ in range(20):
        pull = people / np.maximum(np.hypot(*(points - at).T), 1e-6)
        at = np.average(points, axis=0, weights=pull)
    return at


def constrained(town: Town, seconds: float) -> dict[str, Labels]:
    """Return k-means-constrained, which balances the number of buildings, not of people."""
    from k_means_constrained import KMeansConstrained

    mean = len(town.people) / town.k
    model = KMeansConstrained(
        town.k, size_min=math.ceil(0.9 * mean), size_max=math.floor(1.1 * mean), n_init=1, max_iter=30, random_state=1
    )  # fmt: skip
    return {"k_means_constrained": model.fit_predict(town.points).tolist()}


PEERS: dict[str, Callable[[Town, float], dict[str, Labels]]] = {
    "recom": recom,
    "lloyd": balanced_lloyd,
    "constrained": constrained,
}


def write(name: str, path: Path) -> None:
    """Write the input of a case of the benchmark."""
    from orgraph.benchmark.families.districting_city import city_case

    problem = city_case(name).problem
    cost = problem.objectives[0]
    town = {
        "points": np.stack([cost.x, cost.y], axis=1).tolist(),  # type: ignore[union-attr]
        "edges": problem.edges,
        "people": problem.weights["population"],
        "k": problem.k,
        "bounds": problem.bounds("population"),
    }
    path.write_text(json.dumps(town), encoding="utf-8")


def run(path: Path, seconds: float, names: Sequence[str]) -> None:
    """Print what every peer gives."""
    town = Town(path)
    for name in names or list(PEERS):
        begin = monotonic()
        found = PEERS[name](town, seconds)
        spent = monotonic() - begin
        for label, labels in found.items():
            print(f"{label}: {town.judge(labels)}, {name} took {spent:.1f} s", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], Path(sys.argv[3]))
    else:
        run(Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 120.0, sys.argv[4:])
