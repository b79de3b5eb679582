"""Judge what a read asks for, the same for every store: kinds, fields, operators, values, cursors. All findings at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import isnan

from orgraph.errors import InputError
from orgraph.findings import Finding, Json
from orgraph.graph import Value
from orgraph.schema import COVERAGE_MEASURES, LEVELS, NODE_KINDS, RELATIONSHIP_KINDS, Field, ValueType
from orgraph.store.bigrams import SEPARATOR
from orgraph.store.collation import fold
from orgraph.store.port import Condition, Cursor, Operator, Order
from orgraph.store.storable import MAX_INTEGER

MAX_LIMIT = 10_000
_RANGES = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_TEXTS = (ValueType.TEXT, ValueType.CODE, ValueType.ENUM, ValueType.DATE)
_NUMBERS = (ValueType.INTEGER, ValueType.DECIMAL)


def require(findings: Iterable[Finding]) -> None:
    """Raise when there is any finding.

    Raises
    ------
    InputError
        With all of them.
    """
    found = tuple(findings)
    if found:
        raise InputError("invalid_query", findings=found, num_errors=len(found))


def kind_findings(*kinds: str) -> Iterator[Finding]:
    """Yield one finding per unknown node kind."""
    for kind in kinds:
        if kind not in NODE_KINDS:
            yield _finding("kind_unknown", kind, kind=kind)


def relationship_kind_findings(name: str) -> Iterator[Finding]:
    """Yield a finding when there is no such relationship kind."""
    if name not in RELATIONSHIP_KINDS:
        yield _finding("relationship_kind_unknown", name, kind=name)


def page_findings(
    kind: str,
    where: Sequence[Condition],
    order: Sequence[Order],
    cursors: Sequence[Cursor | None],
    limit: int,
) -> Iterator[Finding]:
    """Yield everything wrong with what a page was asked for."""
    if kind not in NODE_KINDS:
        yield from kind_findings(kind)
        return
    for condition in where:
        yield from _condition_findings(kind, condition)
    for wanted in order:
        if not _may(kind, wanted.field, "is_sortable"):
            yield _finding("not_sortable", wanted.field, kind=kind, field=wanted.field)
    if not 1 <= limit <= MAX_LIMIT:
        yield _finding("limit_out_of_range", limit=limit, maximum=MAX_LIMIT)
    given = [cursor for cursor in cursors if cursor is not None]
    if len(given) > 1:
        yield _finding("two_cursors")
    for cursor in given:
        if not _is_cursor(cursor, order):
            yield _finding("cursor_broken", num_values=len(cursor), num_expected=len(order) + 1)


def rollup_findings(
    level: str | None, kinds: Sequence[str], sums: Sequence[tuple[str, str]], measures: Sequence[str]
) -> Iterator[Finding]:
    """Yield everything wrong with what a roll-up was asked for."""
    if level is not None and level not in LEVELS:
        yield _finding("level_unknown", level, level=level)
    yield from kind_findings(*kinds, *(kind for kind, _ in sums))
    for kind, name in sums:
        field = _field(kind, name)
        if kind in NODE_KINDS and (field is None or field.type not in _NUMBERS):
            yield _finding("not_summable", name, kind=kind, field=name)
    for measure in measures:
        if measure not in COVERAGE_MEASURES:
            yield _finding("measure_unknown", measure, measure=measure)


def search_findings(text: str, kinds: Sequence[str], limit: int) -> Iterator[Finding]:
    """Yield everything wrong with a search: fewer than two characters, unknown kinds, limit."""
    if len(searched(text)) < 2:
        yield _finding("search_too_short", length=len(searched(text)))
    yield from kind_findings(*kinds)
    if not 1 <= limit <= MAX_LIMIT:
        yield _finding("limit_out_of_range", limit=limit, maximum=MAX_LIMIT)


def searched(text: str) -> str:
    """Return what is looked for: the folded text."""
    readable = text.encode(errors="replace").decode()
    return fold(readable).replace(SEPARATOR, " ")


def _field(kind: str, name: str) -> Field | None:
    declared = NODE_KINDS.get(kind)
    return declared.field_by_name.get(name) if declared else None


def _may(kind: str, name: str, flag: str) -> bool:
    field = _field(kind, name)
    return field is not None and (field.is_property or field.is_key) and bool(getattr(field, flag))


def _condition_findings(kind: str, condition: Condition) -> Iterator[Finding]:
    name = condition.field
    if condition.operator is Operator.HAS:
        yield from _has_findings(condition)
    elif not _may(kind, name, "is_filterable"):
        yield _finding("not_filterable", name, kind=kind, field=name)
    elif not _fits(NODE_KINDS[kind].field_by_name[name], condition):
        yield _finding("value_unfit", name, kind=kind, field=name, operator=condition.operator.value)


def _has_findings(condition: Condition) -> Iterator[Finding]:
    direction, relationship, other, *rest = (*condition.field.split(":"), "", "")
    is_known = relationship in RELATIONSHIP_KINDS and other in ("", *NODE_KINDS) and not any(rest)
    if direction not in ("out", "in") or not is_known:
        yield _finding("relationship_kind_unknown", condition.field, kind=condition.field)
    if not isinstance(condition.value, bool):
        yield _finding("value_unfit", condition.field, kind="", field=condition.field, operator="has")


def _fits(field: Field, condition: Condition) -> bool:
    """Return whether the value can be compared with the field in this way."""
    value = condition.value
    if condition.operator is Operator.IS_MISSING:
        return isinstance(value, bool)
    if condition.operator is Operator.IN:
        return isinstance(value, tuple) and all(_is_like(field, v) for v in value)
    if condition.operator in _RANGES and field.type is ValueType.BOOLEAN:
        return False
    return _is_like(field, value)


def _is_like(field: Field, value: Value) -> bool:
    if field.type in _TEXTS:
        return isinstance(value, str) and _is_text(value)
    if field.type in _NUMBERS:
        return _is_number(value)
    return field.type is ValueType.BOOLEAN and isinstance(value, bool)


def _is_number(value: Value) -> bool:
    if isinstance(value, float):
        return not isnan(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_INTEGER


def _is_text(value: str) -> bool:
    return value.encode(errors="replace").decode() == value


def _is_cursor(cursor: Cursor, order: Sequence[Order]) -> bool:
    return (
        len(cursor) == len(order) + 1
        and isinstance(cursor[-1], str)
        and all(value is None or isinstance(value, str | int | float) for value in cursor)
        and all(_is_text(value) for value in cursor if isinstance(value, str))
    )


def _finding(name: str, *subject: str, **numbers: Json) -> Finding:
    return Finding(f"store.{name}", subject=subject, numbers=numbers)


def today() -> date:
    """Return today: the effective day of changes that name none."""
    return date.today()
