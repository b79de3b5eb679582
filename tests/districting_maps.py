"""Hypothesis strategies: tiny maps, and every rule that a districting problem can state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from orgraph.solver.districting.problem import (
    Band,
    BorderLength,
    CenterCost,
    Change,
    Difference,
    Objective,
    Problem,
)

OBJECTIVES = ("center", "border", "change", "change then center", "border then change", "center then center")
RULES = (
    "band",
    "wide band",
    "two bands",
    "minimum",
    "seats",
    "together",
    "fixed",
    "apart",
    "refused",
    "difference",
    "islands",
    "not contiguous",
)


@st.composite
def maps(draw: st.DrawFn, objective: str = "center", *, most_units: int = 7) -> Problem:
    """Draw a connected map with weights and objectives and no rule but contiguity."""
    n = draw(st.integers(4, most_units))
    tree = [(draw(st.integers(max(0, i - 3), i - 1)), i) for i in range(1, n)]
    near = [(i, j) for i in range(n) for j in range(i + 1, min(n, i + 3)) if (i, j) not in tree]
    extra = draw(st.lists(st.sampled_from(near), unique=True, max_size=4)) if near else []
    edges = tuple(sorted([*tree, *extra]))
    weights = {
        name: draw(st.tuples(*[st.integers(0, most)] * n))
        for name, most in (("population", 20), ("members", 6))
    }
    named = [
        _objective(draw, word, f"{word} {place}", n, len(edges))
        for place, word in enumerate(objective.split(" then "))
    ]
    return Problem(
        unit_ids=tuple(f"u{i}" for i in range(n)),
        edges=edges,
        k=draw(st.integers(1, min(4, n))),
        weights=weights,
        objectives=tuple(named),
    )


@st.composite
def ruled(draw: st.DrawFn, problem: Problem, rule: str) -> Problem:
    """Draw ``problem`` with a rule added."""
    return _RULES[rule](draw, problem)


def _objective(draw: st.DrawFn, word: str, name: str, n: int, num_edges: int) -> Objective:
    if word == "center":
        cost = draw(st.lists(st.integers(0, 30), min_size=n * n, max_size=n * n))
        return CenterCost(name, np.array(cost, dtype=np.float64).reshape(n, n) / 4)
    if word == "border":
        return BorderLength(name, tuple(v / 4 for v in draw(st.tuples(*[st.integers(0, 40)] * num_edges))))
    parts = st.one_of(st.none(), st.integers(0, 3), st.integers(0, 3))
    return Change(name, draw(st.tuples(*[parts] * n)), draw(st.tuples(*[st.integers(0, 20)] * n)))


def _band(draw: st.DrawFn, problem: Problem, name: str, least: int) -> Problem:
    low, high = draw(st.integers(least, 99)), draw(st.integers(least, 150))
    return replace(problem, bands={**problem.bands, name: Band(Fraction(-low, 100), Fraction(high, 100))})


def _pair(draw: st.DrawFn, problem: Problem) -> tuple[int, int]:
    first, second = draw(st.lists(st.integers(0, problem.num_units - 1), min_size=2, max_size=2, unique=True))
    return first, second


def _pairs(draw: st.DrawFn, problem: Problem) -> tuple[tuple[int, int], ...]:
    return tuple(_pair(draw, problem) for _ in range(draw(st.integers(1, 2))))


def _units(draw: st.DrawFn, problem: Problem, least: int, most: int) -> tuple[int, ...]:
    units = st.integers(0, problem.num_units - 1)
    return tuple(draw(st.lists(units, min_size=least, max_size=most, unique=True)))


def _difference(draw: st.DrawFn, problem: Problem) -> Problem:
    n = problem.num_units
    other = draw(st.tuples(*[st.integers(0, problem.k - 1)] * n))
    plan = tuple(None if i in problem.refused else d for i, d in enumerate(other))
    difference = Difference(plan, draw(st.integers(1, max(1, n // 2))))
    return replace(problem, differences=(*problem.differences, difference))


def _refused(draw: st.DrawFn, problem: Problem) -> Problem:
    return replace(problem, refused=frozenset(_units(draw, problem, 1, 2)))


def _islands(draw: st.DrawFn, problem: Problem) -> Problem:
    """Take edges away; border lengths go with their edges."""
    gone = draw(st.integers(1, problem.num_units - 2))
    kept = [e for e, (_, j) in enumerate(problem.edges) if j != gone]
    objectives = tuple(
        replace(o, length=tuple(o.length[e] for e in kept)) if isinstance(o, BorderLength) else o
        for o in problem.objectives
    )
    return replace(problem, edges=tuple(problem.edges[e] for e in kept), objectives=objectives)


_RULES: dict[str, Callable[[st.DrawFn, Problem], Problem]] = {
    "band": lambda draw, p: _band(draw, p, "population", 20),
    "wide band": lambda draw, p: _band(draw, p, "population", 60),
    "two bands": lambda draw, p: _band(draw, _band(draw, p, "population", 40), "members", 60),
    "minimum": lambda draw, p: replace(p, minimums={"members": draw(st.integers(0, 5))}),
    "seats": lambda draw, p: replace(p, seats=frozenset(_units(draw, p, 1, p.num_units))),
    "together": lambda draw, p: replace(p, together=(*p.together, _units(draw, p, 2, 3))),
    "fixed": lambda draw, p: replace(p, fixed=(*p.fixed, *_pairs(draw, p))),
    "apart": lambda draw, p: replace(p, apart=(*p.apart, *_pairs(draw, p))),
    "refused": _refused,
    "difference": _difference,
    "islands": _islands,
    "not contiguous": lambda draw, p: replace(p, is_contiguous=False),
}
