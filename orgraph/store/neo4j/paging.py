"""Pages by keyset, and counts.

A page is read in one of two ways. Along the index of its first sort term, or of a condition that narrows to one value, which ends early when many
rows fit; inside a part of a scope (a town of a county) along an index that begins with the part. Or from a unit further below, sorting what
fits. A day has no index: its states are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from orgraph.errors import NotFound
from orgraph.graph import Node, Value
from orgraph.store.collation import sort_key
from orgraph.store.neo4j.conditions import Bindings, conditions, equal_field
from orgraph.store.neo4j.connections import Cell, Reader, gather
from orgraph.store.neo4j.keyset import Keyset, Step
from orgraph.store.neo4j.layout import LABELS, MAX_DEPTH, NUMEROUS
from orgraph.store.neo4j.lens import Lens
from orgraph.store.neo4j.ordering import in_order
from orgraph.store.neo4j.places import Place, place_of
from orgraph.store.neo4j.states import by_code, node_of
from orgraph.store.paged import Request as Request
from orgraph.store.port import Cursor, Order, Page


@dataclass(frozen=True)
class _Row:
    node: Node
    cursor: Cursor


async def require_unit(reader: Reader, lens: Lens, code: str) -> None:
    """Raise when there is no such unit.

    Raises
    ------
    NotFound
        When there is none (on the day).
    """
    query = f"WITH $code AS code {by_code(lens, 'Unit', 'code')} RETURN 1"
    if not code.isprintable() or not await reader.rows(query, code=code, **lens.bindings):
        raise NotFound("not_found", kind="Unit", code=code)


@dataclass
class _Query:
    """The parts of a page's statements that do not depend on where it starts."""

    reader: Reader
    lens: Lens
    request: Request
    place: Place | None
    """The unit that a page of the present lies in."""
    bindings: Bindings = field(init=False)
    filters: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.bindings = {**self.lens.bindings}
        self.filters = conditions(self.lens, self.request.kind, self.request.where, self.bindings)
        if self.place is not None:
            self.bindings |= self.place.bindings
        elif self.request.within is not None:
            self.bindings["within"] = self.request.within

    @cached_property
    def _has_keys(self) -> bool:
        """Whether the order is one of sort keys, which past states do not have."""
        label = LABELS[self.request.kind]
        return any(label.sort_property(o.field) != o.field for o in self.request.order)

    @cached_property
    def listed(self) -> str:
        """Return the clause that returns of every row its state, then its cursor."""
        columns = (*(LABELS[self.request.kind].sort_property(o.field) for o in self.request.order), "code")
        return gather("properties(n)", f"[{', '.join(f'n.{column}' for column in columns)}]")

    async def rows(self, keyset: Keyset, cursor: Cursor | None, limit: int) -> list[_Row]:
        """Return up to ``limit`` rows beyond the cursor, in reading direction."""
        bindings: Bindings = {**self.bindings}
        steps = keyset.steps(cursor, bindings) if self.lens.day is None else None
        if steps is None or not all(map(self._has_index, steps)):
            return await self._sorted(keyset, cursor, limit)
        found: list[_Row] = []
        for step in steps:
            if len(found) < limit:
                found += await self._run(self._along(step), {**bindings, "limit": limit - len(found)})
        return found

    @property
    def _is_in_part(self) -> bool:
        return self.place is not None and self.place.is_part

    def _has_index(self, step: Step) -> bool:
        """Return whether an index leads through a step without many rows that lie elsewhere."""
        if self.place is None or self.place.scopes:
            return True
        return self._is_in_part and (step.column == "code" or self.request.kind in NUMEROUS)

    @property
    def _equal(self) -> str | None:
        """The property with a condition that narrows to one value, if there is an index of it."""
        if self._is_in_part and self.request.kind not in NUMEROUS:
            return None
        return equal_field(self.request.kind, self.request.where)

    def _along(self, step: Step) -> str:
        """Return the query that reads one stretch of an index."""
        columns = ["code"] if step.column == "code" else [step.column, "code"]
        sought, filters, terms = [*step.sought], [*step.filters, *self.filters], step.terms
        equal, direction = self._equal, terms.partition(",")[0].split()[-1]
        if equal is not None and terms in ("n.code ASC", "n.code DESC") and step.column == "code":
            columns, terms = [equal, "code"], f"n.{equal} {direction}, {terms}"
            sought += [f for f in filters if f.startswith(f"n.{equal} = ")]
        if self._is_in_part:
            columns, terms = ["_part", *columns], f"n._part {direction}, {terms}"
        return f"{self._indexed(columns, [*sought, *filters])} WITH n ORDER BY {terms} LIMIT $limit {self.listed}"

    def _indexed(self, columns: Sequence[str], filters: Sequence[str]) -> str:
        """Return the clause that reads an index for what fits."""
        kind = self.request.kind
        every = dict.fromkeys((*([self.place.holds("n")] if self.place else []), *filters))
        return f"MATCH (n:{kind}) USING INDEX n:{kind}({', '.join(columns)}) WHERE {' AND '.join(every)}"

    async def _sorted(self, keyset: Keyset, cursor: Cursor | None, limit: int) -> list[_Row]:
        """Return the rows beyond the cursor by sorting all that fit."""
        if self.lens.day is not None and self._has_keys:
            return await self._sorted_here(keyset, cursor, limit)
        bindings: Bindings = {**self.bindings, "limit": limit}
        filters = [*self.filters]
        if cursor is not None:
            filters.append(keyset.beyond(cursor, bindings))
        query = f"{self._source(filters)} WITH n ORDER BY {keyset.terms()} LIMIT $limit {self.listed}"
        return await self._run(query, bindings)

    async def _sorted_here(self, keyset: Keyset, cursor: Cursor | None, limit: int) -> list[_Row]:
        """Return the rows of a day in an order that needs sort keys."""
        nodes = await self._run(f"{self._source(self.filters)} {self.listed}", self.bindings)
        rows = [_Row(row.node, _cursor_of(row.node, self.request)) for row in nodes]
        return [rows[i] for i in in_order(keyset, [row.cursor for row in rows], cursor)[:limit]]

    def _source(self, filters: Sequence[str]) -> str:
        """Return the clauses that bind ``n`` to every state that fits (and, for a day, ``i`` to its identity)."""
        kind, within, lens = self.request.kind, self.request.within, self.lens
        where = f" WHERE {' AND '.join(filters)}" if filters else ""
        if lens.day is None:
            if self._is_in_part:
                equal = [self._equal] if self._equal else []
                return self._indexed(["_part", *equal, "code"], ["n.code IS NOT NULL", *filters])
            if within is None:
                # an index of two properties is only used when something is asked about both
                return f"MATCH (n:{kind}){where}{' AND n.code IS NOT NULL' if where else ''}"
            return f"MATCH (:Unit {{code: $within}})<-[:{lens.inside}*0..{MAX_DEPTH}]-(n:{kind}){where}"
        past = LABELS[kind].past
        if within is None:
            return (
                f"CALL () {{ MATCH (n:{kind}){lens.held('n')} RETURN n, n AS i UNION ALL MATCH (n:{past}){lens.held('n')}"
                f" RETURN n, coalesce(head([(n)-[:_STATE_OF]->(x) | x]), n) AS i }} WITH n, i{where}"
            )
        return (
            f"WITH $within AS code {by_code(lens, 'Unit', 'code', 's', 'u')}"
            f" MATCH {lens.downward('u', 'i')} WHERE i:{lens.labels((kind,))}"
            f" {lens.state(kind, 'i', 'n')} WITH n, i WHERE n IS NOT NULL{''.join(f' AND {f}' for f in filters)}"
        )

    async def _run(self, query: str, bindings: Bindings) -> list[_Row]:
        rows = await self.reader.gathered(query, **bindings)
        return [_Row(node_of(self.request.kind, state), _cursor(values)) for state, values in rows]

    async def count(self) -> int:
        """Return how many rows fit."""
        source = self._source(self.filters)
        if self.place is not None and self.place.scopes:
            source = (
                f"MATCH (n:{self.request.kind}) WHERE {' AND '.join((*self.filters, self.place.holds('n')))}"
            )
        query = f"{source} RETURN count(*)"
        number = await self.reader.value(query, **self.bindings)
        assert isinstance(number, int)
        return number


def _cursor_of(node: Node, request: Request) -> Cursor:
    """Return the sort values of a node, computed here."""
    keyed = {f.name for f in LABELS[request.kind].keyed}
    given = {**node.properties, "code": node.code}
    names = [term.field for term in (*request.order, Order("code"))]
    return tuple(
        sort_key(str(given[name])) if name in keyed and name in given else _cursor_value(given.get(name))
        for name in names
    )


def _cursor(values: Cell) -> Cursor:
    assert isinstance(values, list)
    return tuple(map(_cursor_value, values))


def _cursor_value(cell: Cell | Value) -> str | int | float | None:
    assert cell is None or isinstance(cell, str | int | float)
    return cell


async def _place(reader: Reader, day: int | None, request: Request) -> Place | None:
    """Return the unit of a request, which a page of the present must find; one of a day looks for it where it finds nothing in it."""
    if request.within is None or day is not None:
        return None
    return await place_of(reader, request.within)


async def page(reader: Reader, day: int | None, request: Request) -> Page:
    """Return one page; always in the order asked for, also when read backward."""
    query = _Query(reader, Lens(day), request, await _place(reader, day, request))
    is_backward = request.before is not None
    keyset = Keyset.of(request.kind, request.order, is_backward)
    cursor = request.before if is_backward else request.after
    rows = await query.rows(keyset, cursor, request.limit + 1)
    if not rows and request.within is not None and day is not None:
        await require_unit(reader, query.lens, request.within)
    has_more, rows = len(rows) > request.limit, rows[: request.limit]
    has_behind = cursor is not None and await _has_behind(query, keyset, rows)
    if is_backward:
        rows.reverse()
    return Page(
        tuple(row.node for row in rows),
        tuple(row.cursor for row in rows),
        has_next=has_behind if is_backward else has_more,
        has_previous=has_more if is_backward else has_behind,
    )


async def _has_behind(query: _Query, keyset: Keyset, rows: Sequence[_Row]) -> bool:
    """Return whether any row lies on the other side of the page's first row, in reading direction."""
    back = replace(keyset, is_reversed=not keyset.is_reversed)
    return bool(await query.rows(back, rows[0].cursor if rows else None, 1))


async def count(reader: Reader, day: int | None, request: Request) -> int:
    """Return how many nodes the pages of a request hold."""
    query = _Query(reader, Lens(day), request, await _place(reader, day, request))
    number = await query.count()
    if not number and request.within is not None and day is not None:
        await require_unit(reader, query.lens, request.within)
    return number
