"""Judge a dump while it is loaded, the same for every store: order, numbers, ends, counts, and what this program's schema does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orgraph.errors import InputError
from orgraph.findings import Finding, Json
from orgraph.graph import Properties
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.store.dump import (
    COUNTED,
    DUMP_FORMAT,
    MAX_IDENTITY,
    DumpedCommit,
    DumpEnd,
    DumpHead,
    DumpRecord,
    NodeState,
    RelationshipState,
    Touched,
)
from orgraph.store.storable import storage_findings

_ORDER = (DumpHead, DumpedCommit, NodeState, RelationshipState, Touched, DumpEnd)
_RANK = {kind: rank for rank, kind in enumerate(_ORDER)}
_KINDS = tuple(NODE_KINDS)
_NUMBERS = {name: number for number, name in enumerate(_KINDS, start=1)}
_KNOWN = {
    kind.name: None if kind.has_open_weights else {f.name for f in kind.properties}
    for kind in NODE_KINDS.values()
}
"""The properties that a kind may have; ``None``: any."""
_PAGE_BITS = 16
_MAX_FINDINGS = 1000


class Identities:
    """The kind of every identity that came: one byte each, however they are numbered."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}
        self.highest = 0

    def add(self, identity: int, kind: str) -> None:
        """Note the kind of an identity."""
        page = self._pages.get(identity >> _PAGE_BITS)
        if page is None:
            page = self._pages[identity >> _PAGE_BITS] = bytearray(1 << _PAGE_BITS)
        page[identity & (1 << _PAGE_BITS) - 1] = _NUMBERS[kind]
        self.highest = max(self.highest, identity)

    def kind(self, identity: int) -> str:
        """Return the kind of an identity, an empty text when it did not come."""
        page = self._pages.get(identity >> _PAGE_BITS)
        number = page[identity & (1 << _PAGE_BITS) - 1] if page is not None else 0
        return _KINDS[number - 1] if number else ""


class DumpChecks:
    """What every record must pass on its way into a store.

    A record out of place stops the load at once. What the schema does not know is collected, so that all of it is told together.
    """

    def __init__(self) -> None:
        self.identities = Identities()
        self._rank = -1
        self._num_records = 0
        self._num_commits = 0
        self._counts = dict.fromkeys(COUNTED.values(), 0)
        self._head: DumpHead | None = None
        self._findings: dict[tuple[str, str, str], Finding] = {}

    def is_storable(self, record: DumpRecord) -> bool:
        """Take the next record and return whether it can be stored.

        Raises
        ------
        InputError
            When the dump is broken here: wrong order, a number or an end that there is not, a newer format.
        """
        self._num_records += 1
        self._place(record)
        match record:
            case NodeState():
                return self._judge_node(record)
            case RelationshipState():
                return self._judge_relationship(record)
            case Touched():
                return self._judge_touched(record)
            case DumpedCommit():
                self._judge_commit(record)
            case DumpHead():
                self._judge_head(record)
            case DumpEnd():
                self._judge_end(record)
        return True

    def finish(self) -> None:
        """Judge the dump as a whole; call when no record is left, before the commit.

        Raises
        ------
        InputError
            When the end is missing, or with everything that the schema does not know.
        """
        if self._rank != _RANK[DumpEnd]:
            self._refuse("dump_cut", num_records=self._num_records)
        if self._findings:
            found = tuple(self._findings.values())
            raise InputError("dump_refused", findings=found, num_errors=len(found))

    def _place(self, record: DumpRecord) -> None:
        rank = _RANK[type(record)]
        is_single = rank in (_RANK[DumpHead], _RANK[DumpEnd])
        if rank < self._rank or (is_single and rank == self._rank) or (self._rank < 0 and rank):
            self._refuse("dump_out_of_order", number=self._num_records)
        self._rank = rank
        if name := COUNTED.get(type(record)):
            self._counts[name] += 1

    def _judge_head(self, head: DumpHead) -> None:
        if head.format > DUMP_FORMAT:
            self._refuse("dump_newer", found=head.format, known=DUMP_FORMAT)
        self._head = head

    def _judge_commit(self, commit: DumpedCommit) -> None:
        self._num_commits += 1
        if commit.number != self._num_commits:
            self._refuse("dump_number_wrong", number=self._num_records)

    def _judge_end(self, end: DumpEnd) -> None:
        assert self._head is not None
        if dict(end.counts) != self._counts or self._head.num_commits != self._num_commits:
            self._refuse("dump_counts_differ", found=_told(self._counts), told=_told(end.counts))

    def _judge_node(self, state: NodeState) -> bool:
        self._judge_span(state)
        if not 0 < state.identity < MAX_IDENTITY:
            self._refuse("dump_number_wrong", number=self._num_records)
        if state.kind not in NODE_KINDS:
            self._note("dump_kind_unknown", state.kind, kind=state.kind)
            return False
        if self.identities.kind(state.identity) not in ("", state.kind):
            self._refuse("dump_number_wrong", number=self._num_records)
        self.identities.add(state.identity, state.kind)
        known = _KNOWN[state.kind]
        unknown = [] if known is None else [n for n in state.properties if n not in known]
        return self._judge_properties(state.kind, state.code, unknown, state.properties)

    def _judge_relationship(self, state: RelationshipState) -> bool:
        self._judge_span(state)
        if state.kind not in RELATIONSHIP_KINDS:
            self._note("dump_kind_unknown", state.kind, kind=state.kind)
            return False
        ends = (self.identities.kind(state.source), self.identities.kind(state.target))
        if not self._has_ends(ends):
            return False
        kind = RELATIONSHIP_KINDS[state.kind]
        if ends not in kind.ends and ends[::-1] not in (kind.ends if kind.is_symmetric else ()):
            self._refuse("dump_end_missing", number=self._num_records)
        unknown = [n for n in state.properties if n not in kind.field_by_name]
        return self._judge_properties(state.kind, "", unknown, state.properties)

    def _judge_touched(self, touched: Touched) -> bool:
        if not 0 < touched.commit <= self._num_commits:
            self._refuse("dump_number_wrong", number=self._num_records)
        ends = [self.identities.kind(touched.a)]
        if touched.kind:
            ends.append(self.identities.kind(touched.b))
            if touched.kind not in RELATIONSHIP_KINDS:
                self._note("dump_kind_unknown", touched.kind, kind=touched.kind)
                return False
        return self._has_ends(ends)

    def _has_ends(self, ends: Sequence[str]) -> bool:
        """Return whether both ends came; where nodes were left out as unknown, a missing end is no second fault."""
        if "" not in ends:
            return True
        if not self._findings:
            self._refuse("dump_end_missing", number=self._num_records)
        return False

    def _judge_span(self, state: NodeState | RelationshipState) -> None:
        is_past = state.valid_to is not None and state.ended is not None
        is_present = state.valid_to is None and state.ended is None
        last = state.ended if state.ended is not None else self._num_commits + 1
        if not (is_past or is_present) or not 0 < state.begun < last <= self._num_commits + is_present:
            self._refuse("dump_number_wrong", number=self._num_records)
        if state.valid_to is not None and state.valid_to < state.valid_from:
            self._refuse("dump_number_wrong", number=self._num_records)

    def _judge_properties(self, kind: str, code: str, unknown: list[str], properties: Properties) -> bool:
        for name in unknown:
            self._note("dump_field_unknown", kind, name, kind=kind, field=name)
        for finding in storage_findings(kind, code, properties):
            self._findings.setdefault(("not_storable", kind, code), finding)
        return not unknown

    def _note(self, code: str, name: str, detail: str = "", /, **numbers: Json) -> None:
        if len(self._findings) < _MAX_FINDINGS:
            self._findings.setdefault((code, name, detail), _finding(code, name, **numbers))

    def _refuse(self, code: str, **numbers: Json) -> None:
        raise InputError("dump_refused", findings=(_finding(code, **numbers),), num_errors=1)


def _finding(code: str, *subject: str, **numbers: Json) -> Finding:
    return Finding(f"moving.{code}", subject=subject, numbers=numbers)


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "-"
