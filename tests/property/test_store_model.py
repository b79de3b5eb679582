"""A store against a model made of dictionaries: random changes on random days, and every read compared, for today and for days gone by."""

import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from neo4j_server import Login, empty

from orgraph.errors import InvalidGraph
from orgraph.graph import NodeKey
from orgraph.store import (
    Change,
    Condition,
    DeleteNode,
    DeleteRelationship,
    Direction,
    Operator,
    Order,
    PutNode,
    PutRelationship,
    open_store_sync,
    url_of,
)
from orgraph.store.port import READABLE, WRITING

FIRST_DAY = date(2020, 1, 1)
CODES = st.sampled_from("abcd")
POPULATIONS = st.none() | st.integers(0, 4)
EDGE = "ADJACENT"


@dataclass
class State:
    """What is true on one day: populations, containers and borders by code."""

    population: dict[str, int | None] = field(default_factory=dict)
    container: dict[str, str] = field(default_factory=dict)
    borders: dict[tuple[str, str], float | None] = field(default_factory=dict)

    def copy(self) -> "State":
        return State(dict(self.population), dict(self.container), dict(self.borders))

    def ancestors(self, code: str) -> list[str]:
        found: list[str] = []
        while (code := self.container.get(code, "")) and code not in found:
            found.append(code)
        return found

    def inside(self, top: str) -> set[str]:
        return {code for code in self.population if code == top or top in self.ancestors(code)}

    def end(self, code: str) -> None:
        del self.population[code]
        self.container.pop(code, None)
        self.borders = {ends: length for ends, length in self.borders.items() if code not in ends}


class Model(RuleBasedStateMachine):
    """Days only go forward here; changes dated before the last change have tests of their own."""

    server: Login | None = None
    """Where the store is; ``None``: in a file."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store_sync(self.new_url())
        self.store.ensure_schema()
        self.day = FIRST_DAY
        self.state = State()
        self.days: dict[date, State] = {}
        self.expected_version = 0

    def new_url(self) -> str:
        if self.server is None:
            return url_of(Path(self.folder.name) / "s.db")
        empty(self.server.url, self.server.user, self.server.password)
        return self.server.url

    def teardown(self) -> None:
        try:
            for day, state in self.days.items():
                self.check(state, day)
        finally:
            self.store.close()
            self.folder.cleanup()

    def apply(self, changes: list[Change], wanted: State | None) -> None:
        """Apply changes; ``None`` = the model says that they must be refused."""
        if wanted is None:
            with pytest.raises(InvalidGraph):
                self.store.apply(changes, effective=self.day)
            return
        self.store.apply(changes, effective=self.day)
        self.state = wanted
        self.days[self.day] = wanted.copy()

    @rule(num_days=st.integers(1, 3))
    def let_days_pass(self, num_days: int) -> None:
        self.day += timedelta(num_days)

    @rule(code=CODES, population=POPULATIONS)
    def put(self, code: str, population: int | None) -> None:
        wanted = self.state.copy()
        wanted.population[code] = population
        self.apply([PutNode("Unit", code, {"name": f"村{code}", "population": population})], wanted)

    @rule(code=CODES, container=CODES)
    def contain(self, code: str, container: str) -> None:
        wanted = self.state.copy()
        wanted.container[code] = container
        is_sound = {code, container} <= wanted.population.keys() and code not in wanted.ancestors(code)
        change = PutRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", container))
        self.apply([change], wanted if is_sound else None)

    @rule(code=CODES, first=CODES, second=CODES)
    def contain_twice_in_one_set(self, code: str, first: str, second: str) -> None:
        """Only the end counts; a circle on the way does not. A thing inside itself is refused wherever it stands."""
        wanted = self.state.copy()
        wanted.container[code] = first
        wanted.container[first] = second
        circles = {c for c in wanted.population if c in wanted.ancestors(c)}
        is_sound = {code, first, second} <= wanted.population.keys() and code != first and not circles
        pairs = ((code, first), (first, second))
        changes: list[Change] = [
            PutRelationship("PART_OF", NodeKey("Unit", a), NodeKey("Unit", b)) for a, b in pairs
        ]
        self.apply(changes, wanted if is_sound else None)

    @rule(code=CODES)
    def free(self, code: str) -> None:
        wanted = self.state.copy()
        container = wanted.container.pop(code, None)
        change = DeleteRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", container or "a"))
        self.apply([change], wanted if container else None)

    @rule(a=CODES, b=CODES, length=st.none() | st.integers(0, 3))
    def border(self, a: str, b: str, length: float | None) -> None:
        wanted = self.state.copy()
        wanted.borders[min(a, b), max(a, b)] = length
        is_sound = a != b and {a, b} <= wanted.population.keys()
        change = PutRelationship(EDGE, NodeKey("Unit", a), NodeKey("Unit", b), {"shared_border_m": length})
        self.apply([change], wanted if is_sound else None)

    @rule(code=CODES, subtree=st.booleans())
    def delete(self, code: str, subtree: bool) -> None:
        wanted = self.state.copy()
        inside = wanted.inside(code)
        for gone in inside:
            wanted.end(gone)
        is_sound = code in inside and (subtree or len(inside) == 1)
        self.apply([DeleteNode("Unit", code, subtree)], wanted if is_sound else None)

    @rule(code=CODES, population=POPULATIONS)
    def replace(self, code: str, population: int | None) -> None:
        """Delete a thing with all in it and create it again, in one set."""
        wanted = self.state.copy()
        inside = wanted.inside(code)
        for gone in inside:
            wanted.end(gone)
        wanted.population[code] = population
        put = PutNode("Unit", code, {"name": f"村{code}", "population": population})
        self.apply([DeleteNode("Unit", code, subtree=True), put], wanted if code in inside else None)

    @precondition(lambda self: self.days)
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        day = data.draw(st.dates(FIRST_DAY - timedelta(1), self.day))
        past = [d for d in self.days if d <= day]
        self.check(self.days[max(past)] if past else State(), day)

    @invariant()
    def look(self) -> None:
        if hasattr(self, "store"):
            self.check(self.state, None)

    def check(self, state: State, day: date | None) -> None:
        """Compare every read with the model."""
        store = self.store
        for code in "abcd":
            node = store.get("Unit", code, as_of=day)
            assert (node is not None) == (code in state.population)
            assert node is None or node.properties.get("population") == state.population[code]
            ancestors = store.ancestors(NodeKey("Unit", code), as_of=day)
            assert [n.code for n in ancestors] == state.ancestors(code)
            if code in state.population:
                self.check_inside(state, code, day)
        order = [Order("population", is_descending=True)]
        page = store.page("Unit", order=order, as_of=day)
        assert [n.code for n in page.nodes] == sorted(
            state.population, key=lambda c: (state.population[c] is None, -(state.population[c] or 0), c)
        )
        graph = store.snapshot("", as_of=day)
        assert {n.code for n in graph.nodes()} == state.population.keys()
        borders = {
            (r.source.code, r.target.code): r.properties.get("shared_border_m")
            for r in graph.relationships(EDGE)
        }
        assert borders == state.borders
        assert {r.source.code: r.target.code for r in graph.relationships("PART_OF")} == state.container

    def check_inside(self, state: State, top: str, day: date | None) -> None:
        store, inside = self.store, state.inside(top)
        assert {n.code for n in store.descendants(NodeKey("Unit", top), as_of=day)} == inside - {top}
        few = [Condition("population", Operator.GE, 2)]
        page = store.page("Unit", within=top, where=few, as_of=day)
        assert [n.code for n in page.nodes] == sorted(c for c in inside if (state.population[c] or 0) >= 2)
        assert store.count("Unit", within=top, as_of=day) == len(inside)
        (row,) = store.rollup(top, kinds=["Unit"], sums=[("Unit", "population")], as_of=day)
        assert row.counts == {"Unit": len(inside)}
        assert row.sums == {"Unit.population": sum(state.population[c] or 0 for c in inside)}
        assert {n.code for n in store.snapshot(top, as_of=day).nodes()} == inside
        (found,) = store.neighbours([NodeKey("Unit", top)], EDGE, direction=Direction.BOTH, as_of=day)
        assert [n.node.code for n in found] == sorted(
            {a for a, b in state.borders if b == top} | {b for a, b in state.borders if a == top}
        )

    @invariant()
    def history_is_without_gaps_or_overlaps(self) -> None:
        if not hasattr(self, "store"):
            return
        for code in "ab":
            states = self.store.history(NodeKey("Unit", code))
            assert all(s.valid_to is not None and s.valid_from < s.valid_to for s in states[:-1])
            assert all(a.valid_to is not None and a.valid_to <= b.valid_from for a, b in pairwise(states))
            assert bool(states and states[-1].valid_to is None) == (code in self.state.population)

    @invariant()
    def the_store_is_sound(self) -> None:
        if hasattr(self, "store"):
            found = {f.code for f in self.store.diagnose()}
            assert found & READABLE
            assert found <= READABLE | WRITING


def test_a_store_in_a_file_does_what_the_model_does() -> None:
    run_state_machine_as_test(
        Model, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )


def test_a_store_on_a_server_does_what_the_model_does(neo4j_credentials: Login) -> None:
    class ModelOfAServer(Model):
        server = neo4j_credentials

    run_state_machine_as_test(
        ModelOfAServer, settings=settings(max_examples=8, stateful_step_count=15, deadline=None)
    )
