"""Turn the closed set of conditions into SQL: columns from the schema, values always parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orgraph.graph import Value
from orgraph.store.port import Condition, Operator
from orgraph.store.sqlite.layout import Layout, Stored, Table

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
        return f"{column} IN ({', '.join(_bind_all(name, value, bindings))})"
    bindings[name] = _bound(value)
    return f"{column} {_COMPARISONS[operator]} :{name}"


def _has(layout: Layout, condition: Condition) -> str:
    direction, _, kind = condition.field.partition(":")
    end = "source" if direction == "out" else "target"
    number = layout.relationship_numbers[kind]
    exists = f"EXISTS (SELECT 1 FROM relationship r WHERE r.{end} = n.id AND r.kind = {number})"
    return exists if condition.value else f"NOT {exists}"


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
