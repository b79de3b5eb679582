"""A partition in the planner's words: districts with totals and deviations, the way to the seat, and its value in every objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from orgraph.planning.restructuring.forms import organization_form
from orgraph.planning.restructuring.measures import exact, unscaled
from orgraph.planning.restructuring.options import ObjectiveName
from orgraph.planning.restructuring.outcome import District, UnitRow
from orgraph.planning.restructuring.statement import Statement, weights_named
from orgraph.solver.districting.check import evaluate, medoid_seats
from orgraph.solver.districting.problem import CenterCost, Plan, Problem


def seated(statement: Statement, problem: Problem, plan: Plan) -> Plan:
    """Return the plan with its seats at the medoids, where no objective of the problem decides about seats."""
    objective = statement.seat_objective
    if objective is None or any(isinstance(o, CenterCost) for o in problem.objectives):
        return plan
    return replace(plan, seats=medoid_seats(problem, plan.district, objective))


def unit_rows(statement: Statement) -> dict[str, UnitRow]:
    """Return every unit of today by code, in the order of the problem."""
    area = statement.area
    columns = {name: area.column(name) for name in _columns(statement)}
    parts = area.parts(statement.options.reference)
    return {
        unit.code: UnitRow(
            code=unit.code,
            name=unit.name,
            values={name: v for name, column in columns.items() if (v := column[i]) is not None},
            point=area.points[i],
            geometry=str(unit.properties.get("geometry") or ""),
            reference_part=parts[i] or "",
            is_synthetic=area.is_synthetic,
        )
        for i, unit in enumerate(area.units)
    }


def _columns(statement: Statement) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*statement.area.full_columns, *weights_named(statement.options))))


def districts_of(statement: Statement, problem: Problem, plan: Plan) -> tuple[District, ...]:
    """Return the districts of a plan, in its order."""
    codes = statement.area.codes
    columns = _columns(statement)
    sums = {name: _sums(statement.area.column(name), plan) for name in columns}
    deviations = {name: _deviations(problem, name, sums[name]) for name in problem.bands}
    members = _members(plan)
    return tuple(
        District(
            number=d + 1,
            seat=codes[seat],
            members=tuple(codes[i] for i in members[d]),
            totals={name: _plain(sums[name][d]) for name in columns},
            deviation={name: values[d] for name, values in deviations.items()},
            organization=organization_form(
                sums["members"][d] if "members" in sums else None,
                sums["full_members"][d] if "full_members" in sums else None,
                statement.options.date,
            ),
        )
        for d, seat in enumerate(plan.seats)
    )


def measured(
    statement: Statement, problem: Problem, plan: Plan, *, has_seats: bool = True
) -> dict[str, float]:
    """Return every objective that is asked for or that the data allow.

    Ways are measured to the plan's seats where an objective of the problem decided about them; otherwise, and for a partition that has no seats
    (``has_seats`` false), at the medoids of each objective.
    """
    has_seats = has_seats and any(isinstance(o, CenterCost) for o in problem.objectives)
    values: dict[str, float] = {}
    for name in dict.fromkeys((*statement.options.objectives, *statement.measurable)):
        objective = statement.objective(name)
        is_fixed = has_seats or not isinstance(objective, CenterCost)
        seats = plan.seats if is_fixed else medoid_seats(problem, plan.district, objective)
        asked = replace(problem, objectives=(objective,))
        values[name] = _in_data_units(statement, name, evaluate(asked, replace(plan, seats=seats))[0])
    return values


def objective_values(statement: Statement, problem: Problem, plan: Plan) -> dict[str, float]:
    """Return the value of every objective asked for, in its order."""
    names = statement.options.objectives
    values = evaluate(problem, plan)
    return {n: _in_data_units(statement, n, v) for n, v in zip(names, values, strict=True)}


def change_scale(statement: Statement, name: str) -> int:
    """Return the factor that is inside an objective's value: ``change`` and ``moved`` count a scaled weight, the others do not."""
    return statement.scale(statement.options.distance_weight) if name in ("change", "moved") else 1


def kilometres_to_seat(statement: Statement, plan: Plan) -> dict[str, float]:
    """Return by code how far each unit is from its seat; units without a point, and districts whose seat has none, are left out."""
    points, codes = statement.area.points, statement.area.codes
    pairs = [(i, plan.seats[d]) for i, d in enumerate(plan.district) if d is not None]
    return {codes[i]: float(statement.km[i, s]) for i, s in pairs if points[i] and points[s]}


def _in_data_units(statement: Statement, name: ObjectiveName, value: float) -> float:
    return unscaled(value, change_scale(statement, name))


def _members(plan: Plan) -> list[list[int]]:
    groups: list[list[int]] = [[] for _ in plan.seats]
    for i, d in enumerate(plan.district):
        if d is not None:
            groups[d].append(i)
    return groups


def _sums(column: Sequence[int | float | None], plan: Plan) -> list[Fraction]:
    sums = [Fraction(0)] * len(plan.seats)
    for value, d in zip(column, plan.district, strict=True):
        if d is not None:
            sums[d] += exact(value or 0)
    return sums


def _deviations(problem: Problem, name: str, sums: Sequence[Fraction]) -> list[float]:
    mean = sum(sums, Fraction(0)) / problem.k
    return [float(total / mean - 1) if mean else 0.0 for total in sums]


def _plain(total: Fraction) -> int | float:
    return int(total) if total.denominator == 1 else float(total)


def band_of(districts: Sequence[District]) -> Mapping[str, tuple[float, float]]:
    """Return the lowest and the highest deviation of any district, by weight."""
    names = districts[0].deviation if districts else ()
    return {
        name: (min(d.deviation[name] for d in districts), max(d.deviation[name] for d in districts))
        for name in names
    }
