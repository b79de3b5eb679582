"""Both stores are given the same random operations and asked the same questions: every answer, good or bad, is the same."""

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from neo4j_server import Login, empty
from store_operations import CODES, FIRST_DAY, UNITS, Apply, Ask, applies, pages, questions, scaffold

from orgraph.errors import InputError
from orgraph.findings import Finding
from orgraph.graph import NodeKey, OrgGraph
from orgraph.store import (
    ChangeRecord,
    DumpedCommit,
    DumpRecord,
    NodeState,
    RelationshipState,
    SyncStore,
    Touched,
    open_store_sync,
    url_of,
)


def answer(store: SyncStore, ask: Ask) -> object:
    """Return what a store answers in a form that shows every difference, types of numbers included."""
    try:
        return shown(getattr(store, ask.method)(*ask.arguments, **ask.options))
    except InputError as error:
        return type(error).__name__, error.code, shown_details(error), finding_counts(error.findings)


def shown(value: object) -> object:
    """Write a value out; the times of commits are the only thing left out."""
    if isinstance(value, OrgGraph):
        return repr([*value.nodes()]), repr([*value.relationships()]), repr(value.provenance)
    if isinstance(value, tuple) and value and isinstance(value[0], ChangeRecord):
        return repr([replace(record, at="") for record in value])
    return repr(value)


def shown_details(error: InputError) -> str:
    return repr(sorted(error.details.items()))


def finding_counts(findings: Iterable[Finding]) -> Counter[str]:
    """Findings, in any order; a circle may be told from any of its nodes."""
    return Counter(
        repr(replace(f, subject=tuple(sorted(f.subject))) if f.code == "graph.cycle" else f) for f in findings
    )


def dumped(store: SyncStore) -> list[str]:
    """Everything that a store holds, as text in one order, identities numbered by what they stand for."""
    records = list(store.dump())
    states = sorted(
        (r for r in records if isinstance(r, NodeState)),
        key=lambda r: (r.kind, r.code, r.begun, r.valid_from),
    )
    names = {identity: n for n, identity in enumerate(dict.fromkeys(s.identity for s in states), 1)}
    return sorted(repr(_renamed(record, names)) for record in records)


def _renamed(record: DumpRecord, names: dict[int, int]) -> DumpRecord:
    if isinstance(record, NodeState):
        return replace(record, identity=names[record.identity])
    if isinstance(record, RelationshipState):
        return replace(record, source=names[record.source], target=names[record.target])
    if isinstance(record, Touched):
        return replace(record, a=names[record.a], b=names.get(record.b, 0))
    return replace(record, at="") if isinstance(record, DumpedCommit) else record


class TwoStores(RuleBasedStateMachine):
    """Days go forward, and sometimes back a little."""

    login: Login

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        empty(self.login.url, self.login.user, self.login.password)
        self.stores = [open_store_sync(u) for u in (url_of(Path(self.folder.name) / "s.db"), self.login.url)]
        for store in self.stores:
            store.ensure_schema()
        self.day = 0
        self.both(Ask("apply", (scaffold(),), {"effective": FIRST_DAY}))

    def teardown(self) -> None:
        try:
            self.look_at_everything()
        finally:
            for store in self.stores:
                store.close()
            self.folder.cleanup()

    def both(self, ask: Ask) -> None:
        first, second = (answer(store, ask) for store in self.stores)
        assert first == second, ask

    @rule(asked=applies())
    def apply(self, asked: Apply) -> None:
        self.day = max(0, self.day + asked.day)
        versions = {scope: self.stores[0].version(scope) for scope in asked.expected}
        options = {
            "effective": FIRST_DAY + timedelta(self.day),
            "expected": {scope: versions[scope] + off for scope, off in asked.expected.items()},
            "by": "甲",
            "reason": "'理由'",
        }
        self.both(Ask("apply", (asked.changes,), options))

    @rule(asked=questions())
    def ask(self, asked: Ask) -> None:
        self.both(asked)

    @rule(asked=pages(), data=st.data())
    def page(self, asked: Ask, data: st.DataObject) -> None:
        """Ask for a page, how many there are, and the pages after and before one of its rows."""
        self.both(asked)
        names = ("where", "within", "as_of")
        self.both(Ask("count", asked.arguments, {name: asked.options[name] for name in names}))
        try:
            cursors = self.stores[0].page(*asked.arguments, **asked.options).cursors  # type: ignore[arg-type]
        except InputError:
            return
        if cursors:
            cursor = data.draw(st.sampled_from(cursors))
            for way in ("after", "before"):
                self.both(Ask("page", asked.arguments, {**asked.options, way: cursor}))

    @invariant()
    def all_is_the_same(self) -> None:
        if hasattr(self, "stores"):
            self.both(Ask("snapshot", ("",)))

    def look_at_everything(self) -> None:
        """Compare the log, every day, every history, and all that lies beneath."""
        for scope in ("", "nowhere", *UNITS):
            self.both(Ask("version", (scope,)))
            self.both(Ask("changes", (scope,)))
            self.both(Ask("rollup", (scope,), {"sums": [("Unit", "population"), ("Grid", "load_hours")]}))
        for kind, codes in CODES.items():
            for code in codes:
                self.both(Ask("history", (NodeKey(kind, code),)))
        for day in range(-1, self.day + 2):
            self.both(Ask("snapshot", ("",), {"as_of": FIRST_DAY + timedelta(day)}))
        first, second = map(dumped, self.stores)
        assert first == second
        for store in self.stores:
            assert not [f for f in store.diagnose() if f.is_error]


def test_two_stores_give_the_same_answers(neo4j_credentials: Login) -> None:
    class FileAndServer(TwoStores):
        login = neo4j_credentials

    run_state_machine_as_test(
        FileAndServer, settings=settings(max_examples=3, stateful_step_count=12, deadline=None)
    )
