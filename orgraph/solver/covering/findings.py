"""Everything that is malformed in the statement of a covering problem. What is well formed but cannot be met is no finding: it is a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from orgraph.findings import Finding, Json, repeated
from orgraph.solver.covering.problem import LARGEST_PRICE, Group, Joining, Opening, Problem


def findings(problem: Problem) -> tuple[Finding, ...]:
    """Return all that is wrong; empty for a problem that can be solved or proven to have no plan. Linear in the statement."""
    sections = (_units, _vectors, _edges, _sizes, _groups, _prices)
    return tuple(chain.from_iterable(section(problem) for section in sections))


def _units(problem: Problem) -> Iterator[Finding]:
    for name in repeated(problem.unit_ids):
        yield _finding("unit_repeated", [name])


def _vectors(problem: Problem) -> Iterator[Finding]:
    n = problem.num_units
    if isinstance(problem, Joining):
        yield from _whole(problem, "members", problem.members)
        if len(problem.sectors) != n:
            yield _finding("sectors_shape", found=len(problem.sectors), num_units=n)
    else:
        yield from _whole(problem, "needs", problem.needs)


def _whole(problem: Problem, name: str, values: Sequence[int]) -> Iterator[Finding]:
    if len(values) != problem.num_units:
        yield _finding("vector_shape", what=name, found=len(values), num_units=problem.num_units)
    for unit, value in zip(problem.unit_ids, values, strict=False):
        if not _is_count(value):
            yield _finding("vector_value", [unit], what=name, value=str(value))


def _edges(problem: Problem) -> Iterator[Finding]:
    if not isinstance(problem, Joining):
        return
    n, ids = problem.num_units, problem.unit_ids
    for number, (i, j) in enumerate(problem.edges):
        if not (0 <= i < n and 0 <= j < n):
            yield _finding("edge_range", number=number, a=i, b=j, num_units=n)
        elif i >= j:
            yield _finding("edge_order", [ids[i], ids[j]], number=number)
    for i, j in repeated(problem.edges):
        yield _finding("edge_repeated", a=i, b=j)


def _sizes(problem: Problem) -> Iterator[Finding]:
    if isinstance(problem, Joining):
        if not _is_count(problem.least) or problem.least < 1:
            yield _finding("least_value", least=str(problem.least))
        if not _is_count(problem.most_units) or problem.most_units < 1:
            yield _finding("most_units_value", most_units=str(problem.most_units))


def _groups(problem: Problem) -> Iterator[Finding]:
    if not isinstance(problem, Opening):
        return
    for name in repeated(group.id for group in problem.groups):
        yield _finding("group_repeated", [name])
    for group in problem.groups:
        yield from _group(problem, group)


def _group(problem: Opening, group: Group) -> Iterator[Finding]:
    for unit in group.units:
        if not 0 <= unit < problem.num_units:
            yield _finding("group_range", [group.id], unit=unit, num_units=problem.num_units)
    if len(set(group.units)) != len(group.units):
        yield _finding("group_unit_repeated", [group.id])
    if group.capacity is not None and not _is_count(group.capacity):
        yield _finding("capacity_value", [group.id], capacity=str(group.capacity))


def _prices(problem: Problem) -> Iterator[Finding]:
    if isinstance(problem, Joining):
        named = [
            ("joined", problem.prices.joined),
            ("mixed", problem.prices.mixed),
            ("alone", problem.prices.alone),
        ]
    else:
        named = [*((group.id, group.price) for group in problem.groups), ("uncovered", problem.uncovered)]
    for name, price in named:
        if price is not None and not (_is_count(price) and price <= LARGEST_PRICE):
            yield _finding("price_value", [name], price=str(price), most=LARGEST_PRICE)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _finding(name: str, subject: Sequence[str] = (), **numbers: Json) -> Finding:
    return Finding(f"covering.{name}", subject=tuple(subject), numbers=numbers)
