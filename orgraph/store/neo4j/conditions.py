"""Turn the closed set of conditions into Cypher over ``n``, the state, and ``i``, its identity: names from the schema, values always parameters.

Neo4j compares a stored text with a parameter by UTF-16 units, where a surrogate pair (U+10000 and beyond) comes before U+E000 to U+FFFF; an index
and a sort of stored texts go by code point. :func:`compared` mends the first wherever a parameter holds such a character.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from orgraph.schema import NODE_KINDS, ValueType
from orgraph.store.collation import sort_key
from orgraph.store.neo4j.layout import LABELS
from orgraph.store.neo4j.lens import Lens
from orgraph.store.port import Condition, Operator

Bindings: TypeAlias = dict[str, object]

_SIGNS = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}
_FIRST_ODD = "\ud800"
_PAIRS, _BEHIND_PAIRS = "\U00010000", "\ue000"


def conditions(lens: Lens, kind: str, where: Sequence[Condition], bindings: Bindings) -> list[str]:
    """Return one expression per condition; values are added to ``bindings``."""
    found: list[str] = []
    for number, condition in enumerate(where):
        found += _expressions(lens, kind, condition, f"w{number}", bindings)
    return found


def _expressions(lens: Lens, kind: str, condition: Condition, name: str, bindings: Bindings) -> list[str]:
    operator, value = condition.operator, condition.value
    column = f"n.{condition.field}"
    if operator is Operator.HAS:
        return [_has(lens, condition)]
    if operator is Operator.IS_MISSING:
        return [f"{column} IS {'' if value else 'NOT '}NULL"]
    if operator is Operator.IN:
        assert isinstance(value, tuple)
        bindings[name] = [plain(v) for v in value]
        return [f"{column} IN ${name}", *_keyed(lens, kind, condition, name, value, bindings)]
    equal_too = _keyed(lens, kind, condition, name, (value,), bindings) if operator is Operator.EQ else []
    return [compared(column, _SIGNS[operator], name, plain(value), bindings), *equal_too]


def plain(value: object) -> object:
    """Return 0.0 for -0.0, which an index tells from it and no store keeps where it compares."""
    return abs(value) if isinstance(value, float) and value == 0 else value


def _keyed(
    lens: Lens, kind: str, condition: Condition, name: str, values: Sequence[object], bindings: Bindings
) -> list[str]:
    """Return the same condition on the sort key of a text: that is what has an index."""
    column = LABELS[kind].sort_property(condition.field)
    if column == condition.field or lens.day is not None:
        return []
    keys = sorted({sort_key(str(value)) for value in values})
    if condition.operator is Operator.IN:
        bindings[f"{name}k"] = keys
        return [f"n.{column} IN ${name}k"]
    bindings[f"{name}k"] = keys[0]
    return [f"n.{column} = ${name}k"]


def compared(column: str, sign: str, name: str, value: object, bindings: Bindings) -> str:
    """Return the comparison of a column with a value, texts by code point."""
    bindings[name] = value
    by_unit = f"{column} {sign} ${name}"
    if (
        not isinstance(value, str)
        or sign not in ("<", "<=", ">", ">=")
        or max(value, default="") < _FIRST_ODD
    ):
        return by_unit
    too_small, too_large = _exceptions(value)
    bindings |= {f"{name}s": too_small, f"{name}l": too_large}
    smaller = f"any(x IN ${name}s WHERE {column} >= x[0] AND {column} < x[1])"
    larger = f"any(x IN ${name}l WHERE {column} STARTS WITH x[0] AND {column} >= x[1])"
    if sign in ("<", "<="):
        return f"({by_unit} AND NOT {smaller} OR {larger})"
    return f"({by_unit} AND NOT {larger} OR {smaller})"


def _exceptions(text: str) -> tuple[list[list[str]], list[list[str]]]:
    """Return the ranges that UTF-16 wrongly puts before a text, and (start, least) of the texts that it wrongly puts behind."""
    before: list[list[str]] = []
    behind: list[list[str]] = []
    for at, character in enumerate(text):
        start = text[:at]
        if character >= _PAIRS:
            behind.append([start, start + _BEHIND_PAIRS])
        elif character >= _BEHIND_PAIRS:
            before.append([start + _PAIRS, start + _BEHIND_PAIRS])
    return before, behind


def _has(lens: Lens, condition: Condition) -> str:
    direction, kind, *other = condition.field.split(":")
    left, right = ("-", "->") if direction == "out" else ("<-", "-")
    narrowed = f":{lens.labels(other)}" if other and other[0] else ""
    identity = "n" if lens.day is None else "i"
    pattern = f"({identity}){left}[e:{lens.types(kind)}]{right}({narrowed}){lens.held('e')}"
    return f"{'' if condition.value else 'NOT '}EXISTS {{ {pattern} }}"


def equal_field(kind: str, where: Sequence[Condition]) -> str | None:
    """Return the property of an index that one condition narrows to one value, if there is one."""
    for condition in where:
        field = NODE_KINDS[kind].field_by_name.get(condition.field)
        if condition.operator is Operator.EQ and field is not None:
            column = LABELS[kind].sort_property(condition.field)
            if column != "code" and (field.type is not ValueType.TEXT or column != condition.field):
                return column
    return None
