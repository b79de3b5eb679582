"""Contradictions that arithmetic finds without a solver, each with the rules that make it.

Every one is sound: the rules it names allow no plan. They need not be irreducible; :mod:`.explain` sees to that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

import networkx as nx

from orgraph.findings import Json
from orgraph.solver.districting.pieces import groups, lightest_chains, pieces, placed, span
from orgraph.solver.districting.problem import Problem
from orgraph.solver.districting.rules import Kind, Rule, keeping

_MOST_CLIQUES = 10_000


@dataclass(frozen=True, slots=True)
class Telling:
    """How to tell a rule's part: the variant of its text, the units it is about, and numbers beyond the rule's own."""

    variant: str = ""
    units: tuple[int, ...] = ()
    numbers: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Rules that allow no plan together, and what makes them do so."""

    rules: frozenset[Rule]
    told: Mapping[Rule, Telling] = field(default_factory=dict)


def find_contradiction(problem: Problem, kept: Collection[Rule]) -> Contradiction | None:
    """Return a contradiction among the ``kept`` rules of ``problem``, ``None`` when arithmetic sees none.

    Notes
    -----
    O(n + m) per rule, but for cliques of ``apart`` pairs, of which at most 10,000 are looked at.
    """
    view = _View(keeping(problem, kept), frozenset(kept))
    finders = (
        _too_few_units,
        _lock_on_refused,
        _lock_against_apart,
        _heavy_unit,
        _sums,
        _window,
        _heavy_group,
        _too_few_groups,
        _too_few_seats,
        _lock_across_pieces,
        _light_piece,
        _far_lock,
        _pieces_without_split,
        _apart_clique,
    )
    return next((found for finder in finders for found in finder(view)), None)


@dataclass(frozen=True)
class _View:
    """A problem reduced to ``kept``, with these rules as the original problem counts them."""

    problem: Problem
    kept: frozenset[Rule]

    def of(self, *kinds: Kind, weight: str | None = None) -> frozenset[Rule]:
        return frozenset(r for r in self.kept if r.kind in kinds and weight in (None, r.weight))

    def locks_on(self, units: Iterable[int]) -> frozenset[Rule]:
        wanted = set(units)
        return frozenset(r for r in self.of("together", "fixed") if not wanted.isdisjoint(r.units))


def _too_few_units(view: _View) -> Iterator[Contradiction]:
    missing = view.problem.k - len(placed(view.problem))
    refused = sorted(view.of("refused"), key=lambda rule: rule.units)
    if 0 < missing <= len(refused):
        yield Contradiction(frozenset(refused))


def _lock_on_refused(view: _View) -> Iterator[Contradiction]:
    for lock in _in_order(view.of("together", "fixed")):
        for unit in sorted(view.problem.refused.intersection(lock.units)):
            if len(set(lock.units)) > 1:
                yield Contradiction(frozenset({lock, Rule("refused", (unit,))}))


def _lock_against_apart(view: _View) -> Iterator[Contradiction]:
    locks = _in_order(view.of("together", "fixed"))
    found: list[frozenset[Rule]] = []
    for rule in _in_order(view.of("apart")):
        first, second = rule.units
        if first not in view.problem.refused and (path := _path(locks, first, second)) is not None:
            found.append(frozenset({rule, *path}))
    if found:
        yield Contradiction(min(found, key=len))


def _path(locks: list[Rule], start: int, end: int) -> list[Rule] | None:
    """Return the fewest locks that tie two units to each other, ``None`` when they are free of each other."""
    on_unit: dict[int, list[Rule]] = {}
    for lock in locks:
        for unit in set(lock.units):
            on_unit.setdefault(unit, []).append(lock)
    used: dict[int, list[Rule]] = {start: []}
    queue = deque([start])
    while queue:
        unit = queue.popleft()
        for lock in on_unit.get(unit, []):
            for other in lock.units:
                if other not in used:
                    used[other] = [*used[unit], lock]
                    queue.append(other)
    return used.get(end)


def _heavy_unit(view: _View) -> Iterator[Contradiction]:
    for name, (_, upper) in _bounds(view):
        weight = view.problem.weights[name]
        heavy = sorted((i for i in placed(view.problem) if weight[i] > upper), key=lambda i: -weight[i])
        if heavy:
            others: list[Json] = [view.problem.unit_ids[i] for i in heavy[1:]]
            numbers = {**_amount(view.problem, name, weight[heavy[0]]), "others": others}
            telling = Telling("units" if others else "unit", (heavy[0],), numbers)
            yield _on_upper(view, name, telling)


def _heavy_group(view: _View) -> Iterator[Contradiction]:
    for name, (_, upper) in _bounds(view):
        weight = view.problem.weights[name]
        for group in groups(view.problem):
            if (total := sum(weight[i] for i in group)) > upper:
                telling = Telling("group", group, _amount(view.problem, name, total))
                yield _on_upper(view, name, telling, view.locks_on(group))


def _on_upper(
    view: _View, name: str, telling: Telling, others: frozenset[Rule] = frozenset()
) -> Contradiction:
    upper = Rule("balance.upper", weight=name)
    return Contradiction(frozenset({upper}) | others | view.of("refused"), {upper: telling})


_LOWER: tuple[Kind, ...] = ("balance.lower", "minimum")
_UPPER: tuple[Kind, ...] = ("balance.upper",)


def _sums(view: _View) -> Iterator[Contradiction]:
    for rule in _in_order(view.of(*_LOWER, *_UPPER)):
        lower, upper = keeping(view.problem, {rule, *view.of("refused")}).bounds(rule.weight)
        total = view.problem.total(rule.weight)
        if view.problem.k * lower > total or view.problem.k * upper < total:
            yield Contradiction(frozenset({rule}) | view.of("refused"), {rule: Telling("sum")})


def _window(view: _View) -> Iterator[Contradiction]:
    for name, (lower, upper) in _bounds(view):
        if lower > upper:
            yield Contradiction(view.of(*_LOWER, *_UPPER, weight=name) | view.of("refused"))


def _too_few_groups(view: _View) -> Iterator[Contradiction]:
    tied = groups(view.problem)
    if len(tied) < view.problem.k:
        yield Contradiction(view.of("together", "fixed", "refused"))


def _too_few_seats(view: _View) -> Iterator[Contradiction]:
    seats = view.problem.seats
    if seats is None:
        return
    candidates = [group for group in groups(view.problem) if not seats.isdisjoint(group)]
    if len(candidates) < view.problem.k:
        telling = Telling("few", numbers={"found": len(candidates), "k": view.problem.k})
        yield Contradiction(view.of("together", "fixed", "refused", "seats"), {Rule("seats"): telling})


def _lock_across_pieces(view: _View) -> Iterator[Contradiction]:
    if not view.problem.is_contiguous:
        return
    piece_of = {unit: number for number, piece in enumerate(pieces(view.problem)) for unit in piece}
    for lock in _in_order(view.of("together", "fixed")):
        if len({piece_of[unit] for unit in lock.units if unit in piece_of}) > 1:
            yield Contradiction(frozenset({lock, Rule("connected")}) | view.of("refused"))


def _light_piece(view: _View) -> Iterator[Contradiction]:
    """Look for a piece of the map that is too light to be a district."""
    parts = pieces(view.problem) if view.problem.is_contiguous else ()
    for rule in _in_order(view.of(*_LOWER)) if len(parts) > 1 else []:
        weight = view.problem.weights[rule.weight]
        lower, _ = keeping(view.problem, {rule, *view.of("refused")}).bounds(rule.weight)
        for part in parts:
            if (total := sum(weight[i] for i in part)) < lower:
                telling = Telling("light", part, _amount(view.problem, rule.weight, total))
                rules = frozenset({rule, Rule("connected")}) | view.of("refused")
                yield Contradiction(rules, {rule: telling})


def _far_lock(view: _View) -> Iterator[Contradiction]:
    """Look for locked units that only a chain above the upper bound connects."""
    stated = _in_order(view.of("together", "fixed")) if view.problem.is_contiguous else []
    locks = [lock for lock in stated if lock.units]
    for name, (_, upper) in _bounds(view) if locks else []:
        for lock in locks:
            start, *others = lock.units
            chain = lightest_chains(view.problem, name, start)
            for other in others:
                if chain.get(other, 0) > upper:
                    telling = Telling("far", (start, other), _amount(view.problem, name, chain[other]))
                    yield _on_upper(view, name, telling, frozenset({lock, Rule("connected")}))


def _pieces_without_split(view: _View) -> Iterator[Contradiction]:
    if not view.problem.is_contiguous:
        return
    spans = [span(view.problem, piece) for piece in pieces(view.problem)]
    if len(spans) == 1:
        return
    least, most = sum(low for low, _ in spans), sum(high for _, high in spans)
    if least <= view.problem.k <= most and all(low <= high for low, high in spans):
        return
    kinds: tuple[Kind, ...] = ("connected", "seats", "refused", *_LOWER, *_UPPER)
    yield Contradiction(view.of(*kinds), {Rule("connected"): Telling("split")})


def _apart_clique(view: _View) -> Iterator[Contradiction]:
    group_of = {unit: number for number, group in enumerate(groups(view.problem)) for unit in group}
    apart: nx.Graph[int] = nx.Graph()
    pairs: dict[frozenset[int], Rule] = {}
    for rule in _in_order(view.of("apart")):
        if view.problem.refused.isdisjoint(rule.units):
            ends = [group_of[unit] for unit in rule.units]
            apart.add_edge(*ends)
            pairs.setdefault(frozenset(ends), rule)
    for clique, _ in zip(nx.find_cliques(apart), range(_MOST_CLIQUES), strict=False):
        if len(clique) > view.problem.k:
            chosen = sorted(clique)[: view.problem.k + 1]
            yield _clique(view, [pairs[frozenset(pair)] for pair in combinations(chosen, 2)])


def _clique(view: _View, apart: list[Rule]) -> Contradiction:
    units = sorted({unit for rule in apart for unit in rule.units})
    numbers: dict[str, Json] = {"units": [view.problem.unit_ids[i] for i in units], "k": view.problem.k}
    told = {rule: Telling("clique", rule.units, numbers) for rule in apart}
    return Contradiction(frozenset(apart) | view.of("together", "fixed"), told)


def _bounds(view: _View) -> Iterator[tuple[str, tuple[int, int]]]:
    for name in sorted({*view.problem.bands, *view.problem.minimums}):
        yield name, view.problem.bounds(name)


def _amount(problem: Problem, name: str, value: int) -> dict[str, Json]:
    scale = problem.scale.get(name, 1)
    shown = value if scale == 1 else value / scale
    return {name: shown, "value": shown}


def _in_order(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: (rule.kind, rule.weight, rule.index, rule.units))
