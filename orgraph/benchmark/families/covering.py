"""Covering for the benchmark. No published instances of joint branches or of gaps in coverage are known, so files are in a form of our own.

A file is one JSON object of the kind ``joining`` or ``opening``::

    {"kind": "joining", "name": "town", "ids": ["a", "b"], "edges": [[0, 1]], "members": [2, 1], "sectors": ["trade", "trade"],
     "least": 3, "most_units": 5, "prices": {"joined": 10, "mixed": 1, "alone": 100}}
    {"kind": "opening", "name": "town", "ids": ["a", "b"], "needs": [1, 1], "uncovered": 50,
     "groups": [{"id": "g", "units": [0, 1], "capacity": 2, "price": 1, "existing": false}]}

``least``, ``most_units``, ``prices``, ``alone``, ``uncovered``, ``capacity``, ``price`` and ``existing`` may be missing (nobody stays alone, nothing stays uncovered, no
limit, price 1, a candidate). Or a file asks for generated instances of a size: ``{"generate": {"units": 400, "seed": 1}}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from orgraph.benchmark.case import Case
from orgraph.benchmark.families.json_file import Fields, read_object
from orgraph.findings import Json
from orgraph.solver import Limits, OnProgress, Solution
from orgraph.solver.covering import (
    Group,
    Joined,
    Joining,
    Opened,
    Opening,
    Plan,
    Prices,
    Problem,
    findings,
    solve,
)
from orgraph.solver.covering.check import evaluate, violations
from orgraph.solver.violation import Violation

MANY = 10**9
SECTORS = ("trade", "crafts", "transport")


class Covering:
    """The covering family: both of its problems."""

    name = "covering"

    def read(self, path: Path, config: Path | None) -> Sequence[Case[Problem]]:
        """Read a file: one case, or two when it asks for generated ones."""
        fields = read_object(path, "covering")
        if fields.has("generate"):
            asked = fields.inner("generate")
            units, seed = asked.whole("units", 1, 10**5), asked.whole("seed", 0, 2**31)
            fields.refuse()
            return tuple(_case(name, problem, path, True) for name, problem in _pair(units, seed))
        kind = fields.choice("kind", ("joining", "opening"))
        fields.refuse()
        problem = _joining(fields) if kind == "joining" else _opening(fields)
        name = fields.text("name", path.stem)
        fields.refuse()
        fields.found.extend(findings(problem))
        fields.refuse()
        return (_case(name, problem, path, False),)

    def generated(self, seed: int) -> Sequence[Case[Problem]]:
        """Return one instance of each problem on a map of 60 units."""
        return tuple(_case(name, problem, None, True) for name, problem in _pair(60, seed))

    def warm_up(self) -> None:
        """Load the engines."""
        for _, problem in _pair(9, 1):
            self.solve(problem, limits=Limits(), seed=1)

    def solve(
        self, problem: Problem, *, limits: Limits, seed: int, on_progress: OnProgress | None = None
    ) -> Solution[Plan]:
        """Call the family's public ``solve``."""
        if isinstance(problem, Joining):
            return _wide(solve(problem, limits=limits, seed=seed, on_progress=on_progress))
        return _wide(solve(problem, limits=limits, seed=seed, on_progress=on_progress))

    def violations(self, problem: Problem, plan: Plan) -> Sequence[Violation]:
        """Judge a plan by the independent checker."""
        return violations(problem, plan)

    def objective(self, problem: Problem, plan: Plan) -> float:
        """Return the objective as the checker computes it."""
        return sum(evaluate(problem, plan).values())

    def answer(self, case: Case[Problem], solution: Solution[Plan]) -> Mapping[str, Json]:
        """Return ``plan``: the set of every unit, or the groups that serve it; and the counts."""
        match solution.plan:
            case Joined() as joined:
                placed = {s for s in joined.set_of if s is not None}
                return {"plan": list(joined.set_of), "sets": len(placed)}
            case Opened() as opened:
                served: list[Json] = [list(by) for by in opened.served_by]
                return {"plan": served, "new_groups": list(opened.groups)}
        return {"plan": None}


def generate_map(units: int, random: Random) -> tuple[tuple[int, int], ...]:
    """Return the edges of a planar map: a grid with one diagonal, at random, in most of its cells; about six neighbours a unit."""
    width = max(1, round(units**0.5))
    edges = []
    for u in range(units):
        column, below = u % width, u + width
        if column + 1 < width and u + 1 < units:
            edges.append((u, u + 1))
        if below < units:
            edges.append((u, below))
        if column + 1 < width and below + 1 < units and random.random() < 0.9:
            edges.append((u, below + 1) if random.random() < 0.5 else (u + 1, below))
    return tuple(sorted(edges))


def generate_joining(units: int, seed: int) -> Joining:
    """Return a synthetic map of units with 0 to 2 members, one in ten with 3 to 9, and three sectors; fewest alone first, then fewest sets, then least mixed."""
    random = Random(seed)
    edges = generate_map(units, random)
    members = tuple(
        random.choice((3, 5, 9)) if random.random() < 0.1 else random.randint(0, 2) for _ in range(units)
    )
    sectors = tuple(random.choice(SECTORS) for _ in range(units))
    return Joining(_ids(units), edges, members, sectors, prices=Prices.lexicographic(units))


def generate_opening(units: int, seed: int) -> Opening:
    """Return a synthetic map where every unit could have a group for itself and its neighbours, at most five in all; one in ten has one; a fifth needs two."""
    random = Random(seed)
    around: list[set[int]] = [{u} for u in range(units)]
    for i, j in generate_map(units, random):
        around[i].add(j)
        around[j].add(i)
    groups = tuple(
        Group(f"G{u:05d}", tuple(sorted(around[u])), capacity=5, is_existing=random.random() < 0.1)
        for u in range(units)
    )
    needs = tuple(2 if random.random() < 0.2 and len(around[u]) > 2 else 1 for u in range(units))
    return Opening(_ids(units), needs, groups)


def _pair(units: int, seed: int) -> tuple[tuple[str, Problem], tuple[str, Problem]]:
    return (
        (f"joining_{units}_{seed}", generate_joining(units, seed)),
        (f"opening_{units}_{seed}", generate_opening(units, seed)),
    )


def _ids(units: int) -> tuple[str, ...]:
    return tuple(f"U{u:05d}" for u in range(units))


def _joining(fields: Fields) -> Joining:
    prices = Prices(alone=None)
    if fields.has("prices"):
        given = fields.inner("prices")
        alone = given.whole("alone", 0, MANY) if given.has("alone") else None
        prices = Prices(given.whole("joined", 0, MANY, 10), given.whole("mixed", 0, MANY, 1), alone)
    return Joining(
        fields.texts("ids"),
        tuple((row[0], row[1]) for row in fields.rows("edges", 2, 2)),
        fields.wholes("members"),
        fields.texts("sectors"),
        fields.whole("least", 1, MANY, 3),
        fields.whole("most_units", 1, MANY, 5),
        prices,
    )


def _opening(fields: Fields) -> Opening:
    uncovered = fields.whole("uncovered", 0, MANY) if fields.has("uncovered") else None
    groups = tuple(_group(group) for group in fields.objects("groups"))
    return Opening(fields.texts("ids"), fields.wholes("needs"), groups, uncovered)


def _group(fields: Fields) -> Group:
    capacity = fields.whole("capacity", 0, MANY) if fields.has("capacity") else None
    price, name = fields.whole("price", 0, MANY, 1), fields.text("id", "")
    return Group(name, fields.wholes("units"), capacity, price, fields.flag("existing"))


def _wide(solution: Solution[Joined] | Solution[Opened]) -> Solution[Plan]:
    return Solution(
        solution.status,
        solution.plan,
        solution.objective,
        solution.bound,
        solution.stages,
        solution.terms,
        solution.reasons,
        solution.stats,
    )


def _case(name: str, problem: Problem, path: Path | None, is_synthetic: bool) -> Case[Problem]:
    objective = "joined" if isinstance(problem, Joining) else "new_groups"
    return Case(name, objective, problem, problem.unit_ids, path, is_synthetic, {"units": problem.num_units})


COVERING = Covering()
