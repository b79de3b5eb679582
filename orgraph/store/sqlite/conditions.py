"""Turn the closed set of conditions into SQL: columns from the schema, values always parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orgraph.graph import Value
from orgraph.store.port import Condition, Operator
from orgraph.store.sqlite.layout import KIND_MASK, Layout, Stored, Table

Bindings = dict[str, Stored]

_COMPARISONS = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}


def conditions_sql(layout: Layout, table: Table, where: Sequence[Condition]) -> tuple[list[str], Bindings]:
    """Return one expression over ``n`` per condition, and what they bind."""
    expressions: list[str] = []
    bindings: Bindings = {}
    for number, condition in enumerate(where):
        expressions.append(_expression(layout, table, condition, f"w{number}", bindings))
    return expressions, bindings


def _expression(layout: Layout, table: Table, condition: Condition, name: str, bindings: Bindings) -> str:
    operator, value = condition.operator, condition.value
    if operator is Operator.HAS:
        return _has(layout, condition)
    column = f"n.{table.column(condition.field)}"
    if operator is Operator.IS_MISSING:
        return f"{column} IS {'' if value else 'NOT '}NULL"
    if operator is Operator.IN:
        assert isinstance(value, tuple)
        # None is equal to nothing; an empty list is refused beside the index of an order
        return f"{column} IN ({', '.join(_bind_all(name, value or (None,), bindings))})"
    bindings[name] = _bound(value)
    return f"{column} {_COMPARISONS[operator]} :{name}"


def _has(layout: Layout, condition: Condition) -> str:
    direction, kind, *other = condition.field.split(":")
    exists = exists_sql(layout, "n.id", direction, kind, other[0] if other else "")
    return exists if condition.value else f"NOT {exists}"


def exists_sql(layout: Layout, node: str, direction: str, relationship: str, other_kind: str = "") -> str:
    """Return whether a node has a relationship; ``other_kind`` narrows its other end, ``node`` is an SQL expression for the id."""
    end, other = ("source", "target") if direction == "out" else ("target", "source")
    number = layout.relationship_numbers[relationship]
    narrowed = f" AND r.{other} & {KIND_MASK} = {layout.tables[other_kind].number}" if other_kind else ""
    return f"EXISTS (SELECT 1 FROM relationship r WHERE r.{end} = {node} AND r.kind = {number}{narrowed})"


def _bind_all(name: str, values: Iterable[Value], bindings: Bindings) -> Iterable[str]:
    for number, value in enumerate(values):
        bindings[f"{name}_{number}"] = _bound(value)
        yield f":{name}_{number}"


def _bound(value: Value) -> Stored:
    assert not isinstance(value, tuple)
    return int(value) if isinstance(value, bool) else value


def uses_relationships(where: Sequence[Condition]) -> bool:
    """Return whether any condition asks for relationships."""
    return any(c.operator is Operator.HAS for c in where)
