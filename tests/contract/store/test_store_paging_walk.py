"""Walks over pages while rows come and go: every row that was there all the time is met exactly once, in order, both ways."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgraph.graph import NodeKey, Value
from orgraph.store import (
    Change,
    Condition,
    Cursor,
    DeleteNode,
    Operator,
    Order,
    Page,
    PutNode,
    PutRelationship,
    SyncStore,
)

NAMES = st.sampled_from(["薄家村", "嘉和村", "佳和村", "嘉和", "a", "A", "第2组", "第10组", "𠮷村", "zz"])
POPULATIONS = st.none() | st.integers(0, 3)
ROWS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2), st.tuples(NAMES, POPULATIONS), max_size=25
)
ORDERS = st.lists(
    st.builds(Order, st.sampled_from(["name", "population", "code", "level"]), st.booleans()),
    max_size=3,
    unique_by=lambda order: order.field,
)
CHANGES = st.lists(st.tuples(st.text("abcdefgh", min_size=1, max_size=2), NAMES, POPULATIONS), max_size=4)


def unit(code: str, row: tuple[str, int | None]) -> Change:
    return PutNode("Unit", code, {"name": row[0], "population": row[1]})


class Walk:
    """Reads page after page, and changes rows between them."""

    def __init__(self, store: SyncStore, order: list[Order], limit: int, asked: dict[str, object]) -> None:
        self.store, self.order, self.limit, self.asked = store, order, limit, asked
        self.changed: set[str] = set()

    def page(self, after: Cursor | None = None, before: Cursor | None = None) -> Page:
        return self.store.page(
            "Unit",
            order=self.order,
            limit=self.limit,
            after=after,
            before=before,
            **self.asked,  # type: ignore[arg-type]
        )

    def change(self, code: str, row: tuple[str, int | None]) -> None:
        if self.store.get("Unit", code) is None:
            self.store.apply(
                [unit(code, row), PutRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", "top"))]
            )
        else:
            self.store.apply([DeleteNode("Unit", code)])
        self.changed.add(code)

    def forward(self, changes: list[tuple[str, str, int | None]]) -> list[str]:
        met: list[str] = []
        cursor: Cursor | None = None
        while True:
            page = self.page(after=cursor)
            met += [n.code for n in page.nodes]
            if not page.has_next:
                return met
            cursor = page.cursors[-1]
            if changes:
                code, name, population = changes.pop()
                self.change(code, (name, population))

    def backward(self, changes: list[tuple[str, str, int | None]]) -> list[str]:
        whole = self.store.page("Unit", order=self.order, limit=1000, **self.asked)  # type: ignore[arg-type]
        if not whole.nodes:
            return []
        met, cursor = [whole.nodes[-1].code], whole.cursors[-1]
        while True:
            page = self.page(before=cursor)
            met = [n.code for n in page.nodes] + met
            if not page.has_previous:
                return met
            cursor = page.cursors[0]
            if changes:
                code, name, population = changes.pop()
                self.change(code, (name, population))


@pytest.mark.parametrize("is_backward", [False, True])
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=ROWS, order=ORDERS, limit=st.integers(1, 6), changes=CHANGES, within=st.booleans(), few=st.booleans()
)
def test_stable_rows_are_met_once_and_in_order(
    waiting_store: SyncStore,
    is_backward: bool,
    rows: dict[str, tuple[str, int | None]],
    order: list[Order],
    limit: int,
    changes: list[tuple[str, str, int | None]],
    within: bool,
    few: bool,
) -> None:
    store = waiting_store
    if store.get("Unit", "top") is not None:
        store.apply([DeleteNode("Unit", "top", subtree=True)])
    inside = [PutRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", "top")) for code in rows]
    store.apply(
        [PutNode("Unit", "top", {"name": "top"}), *(unit(c, row) for c, row in rows.items()), *inside]
    )
    asked: dict[str, object] = {"within": "top"} if within else {}
    if few:
        asked["where"] = [Condition("population", Operator.LT, 3)]
    walk = Walk(store, order, limit, asked)
    met = walk.backward(list(changes)) if is_backward else walk.forward(list(changes))
    assert len(met) == len(set(met)) or walk.changed & {code for code in met if met.count(code) > 1}
    stable = [code for code in met if code not in walk.changed]
    assert stable == [code for code in _expected(store, rows, order, few) if code not in walk.changed]


def _expected(
    store: SyncStore, rows: dict[str, tuple[str, int | None]], order: list[Order], few: bool
) -> list[str]:
    """The stable rows in order, sorted in Python from what single reads say."""
    from orgraph.store.collation import sort_key

    values: dict[str, dict[str, Value]] = {}
    for code in ("top", *rows):
        node = store.get("Unit", code)
        if node is not None and not (few and not _is_below(node.properties.get("population"), 3)):
            values[code] = {**node.properties, "code": code}
    listed = sorted(values)
    for term in reversed(order):
        present = [c for c in listed if values[c].get(term.field) is not None]
        missing = [c for c in listed if values[c].get(term.field) is None]

        def key(code: str, field: str = term.field) -> object:
            value = values[code][field]
            return sort_key(value) if field == "name" and isinstance(value, str) else value

        present.sort(key=key, reverse=term.is_descending)  # type: ignore[arg-type]
        listed = present + missing
    return listed


def _is_below(value: Value, limit: int) -> bool:
    return isinstance(value, int) and value < limit
