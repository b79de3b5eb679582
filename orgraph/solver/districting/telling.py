"""From rules that allow no plan together to :class:`~orgraph.findings.Reason` objects with the units and numbers that people need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orgraph.findings import Json, Reason
from orgraph.solver.districting.contradictions import Telling
from orgraph.solver.districting.pieces import pieces, span
from orgraph.solver.districting.problem import Problem
from orgraph.solver.districting.rules import Rule, keeping

_BOUND_NAMES = {"balance.upper": "upper", "balance.lower": "lower", "minimum": "minimum"}


def tell(problem: Problem, core: Mapping[Rule, bool], told: Mapping[Rule, Telling]) -> tuple[Reason, ...]:
    """Return one reason per rule of ``core``, what needs most telling first.

    Parameters
    ----------
    problem
        The problem as stated.
    core
        The rules, each with whether it is proven that the others allow a plan.
    told
        What a contradiction says about some of them.
    """
    reduced = keeping(problem, core)
    order = sorted(core, key=lambda rule: (rule not in told, rule.kind, rule.weight, rule.index, rule.units))
    return tuple(_reason(problem, reduced, rule, told.get(rule, Telling()), core[rule]) for rule in order)


def too_few_units(problem: Problem) -> Reason:
    """Return the reason of a problem that has fewer units than districts, whatever its rules."""
    return Reason("units", numbers={"num_units": problem.num_units, "k": problem.k})


def _reason(problem: Problem, reduced: Problem, rule: Rule, telling: Telling, is_proven: bool) -> Reason:
    subject = _names(problem, telling.units or _units(problem, rule))
    parts = pieces(reduced) if rule.kind == "connected" else ()
    if len(parts) > 1:
        return Reason("connected.pieces", subject, _pieces(reduced, parts), is_proven, telling.variant)
    numbers = {**_numbers(problem, reduced, rule), **telling.numbers}
    return Reason(rule.kind, subject, numbers, is_proven, telling.variant)


def _units(problem: Problem, rule: Rule) -> Iterable[int]:
    return sorted(problem.seats or ()) if rule.kind == "seats" else rule.units


def _numbers(problem: Problem, reduced: Problem, rule: Rule) -> dict[str, Json]:
    if rule.kind == "difference":
        return {"plan": rule.index + 1, "wanted": problem.differences[rule.index].num_units}
    if rule.kind not in _BOUND_NAMES:
        return {"k": problem.k}
    bound = _bound(reduced, rule)
    return {
        "weight": rule.weight,
        _BOUND_NAMES[rule.kind]: _amount(reduced, rule.weight, bound),
        "total": _amount(reduced, rule.weight, reduced.total(rule.weight)),
        "room": _amount(reduced, rule.weight, bound * reduced.k),
        "k": reduced.k,
    }


def _bound(reduced: Problem, rule: Rule) -> int:
    if rule.kind == "minimum":
        return reduced.minimums[rule.weight]
    refusals = (Rule("refused", (unit,)) for unit in reduced.refused)
    lower, upper = keeping(reduced, {rule, *refusals}).bounds(rule.weight)
    return upper if rule.kind == "balance.upper" else lower


def _pieces(reduced: Problem, parts: tuple[tuple[int, ...], ...]) -> dict[str, Json]:
    """Return the pieces as lists of unit ids, with their totals and the least and greatest number of districts that fit into each."""
    spans = [span(reduced, part) for part in parts]
    amounts: dict[str, Json] = {
        name: [_amount(reduced, name, sum(values[i] for i in part)) for part in parts]
        for name, values in reduced.weights.items()
    }
    return {
        **amounts,
        "pieces": [list(_names(reduced, part)) for part in parts],
        "num_pieces": len(parts),
        "least": [low for low, _ in spans],
        "most": [high for _, high in spans],
        "ranges": [f"{low}-{high}" if low <= high else "0" for low, high in spans],
        "k": reduced.k,
    }


def _amount(problem: Problem, name: str, value: int) -> int | float:
    scale = problem.scale.get(name, 1)
    return value if scale == 1 else value / scale


def _names(problem: Problem, units: Iterable[int]) -> tuple[str, ...]:
    return tuple(problem.unit_ids[i] for i in units)
