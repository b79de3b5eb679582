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

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

from orgraph.benchmark.case import Case, Family
from orgraph.benchmark.reading import Entry, read_entry
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

MANY = 10**9
SECTORS = ("trade", "crafts", "transport")


def read(path: Path, config: Path | None) -> Sequence[Case[Problem]]:
    """Read a file: one case, or two when it asks for generated ones."""
    top = read_entry(path)
    if asked := top.get("generate"):
        units, seed = asked.need("units").whole(1, 10**5), asked.need("seed").whole(0, 2**31)
        top.refuse()
        return tuple(_case(name, problem, path, True) for name, problem in _pair(units, seed))
    kind = top.need("kind").one_of(("joining", "opening"))
    problem = _joining(top) if kind == "joining" else _opening(top)
    name = top.optional("name", Entry.text, path.stem)
    top.refuse()
    return (_case(name, problem, path, False),)


def generated(seed: int) -> Sequence[Case[Problem]]:
    """Return one instance of each problem on a map of 60 units."""
    return tuple(_case(name, problem, None, True) for name, problem in _pair(60, seed))


def larger(seed: int) -> Mapping[str, Callable[[], Case[Problem]]]:
    """Return both problems on a map of 400 units."""
    return {
        "joining_400": lambda: _case("joining_400", generate_joining(400, seed), None, True),
        "opening_400": lambda: _case("opening_400", generate_opening(400, seed), None, True),
    }


def solve_either(
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> Solution[Plan]:
    """Call the family's public ``solve``, whose type depends on the problem."""
    if isinstance(problem, Joining):
        return _wide(solve(problem, limits=limits, seed=seed, on_progress=on_progress))
    return _wide(solve(problem, limits=limits, seed=seed, on_progress=on_progress))


def answer(case: Case[Problem], plan: Plan) -> Mapping[str, Json]:
    """Return ``plan``: the set of every unit, or the groups that serve it; and the counts."""
    if isinstance(plan, Joined):
        placed = {s for s in plan.set_of if s is not None}
        return {"plan": list(plan.set_of), "sets": len(placed)}
    served: list[Json] = [list(by) for by in plan.served_by]
    return {"plan": served, "new_groups": list(plan.groups)}


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


def _joining(top: Entry) -> Joining:
    prices, units = Prices(alone=None), top.need("ids").texts()
    if given := top.get("prices"):
        given.known("joined", "mixed", "alone")
        joined, mixed = (given.optional(key, _amount, none) for key, none in (("joined", 10), ("mixed", 1)))
        prices = Prices(joined, mixed, given.optional("alone", _amount, None))
    return Joining(
        units,
        tuple(top.need("edges").pairs(len(units))),
        tuple(top.need("members").wholes()),
        top.need("sectors").texts(),
        top.optional("least", _number, 3),
        top.optional("most_units", _number, 5),
        prices,
    )


def _opening(top: Entry) -> Opening:
    groups = top.list_of("groups", _group)
    needs = tuple(top.need("needs").wholes())
    return Opening(top.need("ids").texts(), needs, groups, top.optional("uncovered", _amount, None))


def _group(entry: Entry) -> Group:
    entry.known("id", "units", "capacity", "price", "existing")
    return Group(
        entry.need("id").text(),
        tuple(entry.need("units").wholes()),
        entry.optional("capacity", _amount, None),
        entry.optional("price", _amount, 1),
        entry.optional("existing", Entry.flag, False),
    )


def _amount(entry: Entry) -> int:
    return entry.whole(0, MANY)


def _number(entry: Entry) -> int:
    return entry.whole(1, MANY)


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


FAMILY: Family[Problem, Plan] = Family(
    name="covering",
    read=read,
    generated=generated,
    findings=findings,
    solve=solve_either,
    violations=violations,
    objective=lambda problem, plan: sum(evaluate(problem, plan).values()),
    answer=answer,
    larger=larger,
)
