"""Judge changes against what a store holds: what is new, what differs, what is refused. The same on every store.

A store reads the present states, asks here, and writes what it is told. What is only known when all changes are in is in
:mod:`orgraph.store.final_findings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, NamedTuple, Protocol, TypeGuard, TypeVar

from orgraph.findings import Finding, Json
from orgraph.graph import NodeKey, Properties, Value, node_findings, relationship_findings
from orgraph.schema import NODE_KINDS, RELATIONSHIP_KINDS
from orgraph.store.intake import Batch, Ends, is_to_one
from orgraph.store.port import DeleteNode
from orgraph.store.storable import storage_findings

_UNDATED = frozenset(
    {kind.name for kind in NODE_KINDS.values() if not kind.is_dated}
    | {kind.name for kind in RELATIONSHIP_KINDS.values() if not kind.is_dated}
)
SCOPE_LEVEL = "county"
"""Units of this level are scopes of their own."""
_MAX_FINDINGS = 10_000


@dataclass(frozen=True, slots=True)
class Days:
    """From which day changes are true, as ordinals: the day that was asked for, and for kinds without dates of their own the day of writing."""

    effective: int
    written: int

    def of(self, kind: str) -> int:
        """Return the day for changes of a kind."""
        return self.written if kind in _UNDATED else self.effective


@dataclass
class Report:
    """By which days one set of changes is judged, and what it has wrong. ``latest_day``: the latest effective day of any commit before."""

    days: Days
    latest_day: int
    findings: list[Finding] = field(default_factory=list)
    excused: set[NodeKey] = field(default_factory=set)
    """Nodes that came, but were faulty: that they are missing is no second finding."""

    def __post_init__(self) -> None:
        self.day = self.days.effective
        """The day, as an ordinal, from which what is judged now is true."""

    def date(self, kind: str | None) -> None:
        """Let what follows be true from the day for changes of a kind; ``None``: from the day that was asked for."""
        self.day = self.days.effective if kind is None else self.days.of(kind)

    @property
    def is_backdated(self) -> bool:
        """Whether a later day has been written already, so that dates must be compared."""
        return self.day < self.latest_day

    def find(self, code: str, /, *subject: str, **numbers: Json) -> None:
        """Note something wrong."""
        self.note((Finding(code, subject=subject, numbers=numbers),))

    def note(self, findings: Iterable[Finding]) -> None:
        """Note findings up to a generous limit."""
        for finding in findings:
            if len(self.findings) < _MAX_FINDINGS:
                self.findings.append(finding)

    def note_intake(self, batch: Batch) -> None:
        """Note what collecting a batch found."""
        self.note(batch.findings)
        self.excused |= batch.excused

    def is_too_early(self, subject: tuple[str, ...], last: int) -> bool:
        """Return whether a change is dated before the last change of the same thing, and note it."""
        if last <= self.day:
            return False
        self.find(
            "store.date_before_last",
            *subject,
            day=date.fromordinal(self.day).isoformat(),
            last=date.fromordinal(last).isoformat(),
        )
        return True

    def find_nothing_to_delete(self, change: DeleteNode) -> None:
        """Note that the node to delete does not exist."""
        self.find("store.nothing_to_delete", change.code, kind=change.kind, code=change.code)

    def is_kept(self, change: DeleteNode, num_contained: int) -> bool:
        """Return whether a node must stay since it contains others that nobody asked to delete, and note it."""
        if not num_contained or change.subtree:
            return False
        self.find(
            "store.container_not_empty",
            change.code,
            kind=change.kind,
            code=change.code,
            num_contained=num_contained,
        )
        return True


class NodeState(NamedTuple):
    """The present state of a node as it is stored."""

    id: int
    code: str
    valid_from: int
    begun: int
    properties: dict[str, Value]


@dataclass(frozen=True)
class NodePlan:
    """What putting nodes comes to: properties of new ones by code, and the states that change, with what they change to."""

    new: dict[str, Properties] = field(default_factory=dict)
    changed: list[tuple[NodeState, dict[str, Value]]] = field(default_factory=list)


def plan_nodes(
    report: Report,
    kind: str,
    changes: Mapping[str, Properties],
    stored: Mapping[str, NodeState],
    last_end: Callable[[str], int] | None,
) -> NodePlan:
    """Judge the puts of one kind. ``last_end``: the day on which a node of this code last ended, given where dates must be compared."""
    plan = NodePlan()
    for code, given in changes.items():
        if code in stored:
            _plan_change(report, kind, stored[code], given, plan)
        elif (properties := _new_properties(report, kind, code, given, last_end)) is not None:
            plan.new[code] = properties
    return plan


def _plan_change(report: Report, kind: str, old: NodeState, given: Properties, plan: NodePlan) -> None:
    merged = _merged(old.properties, given)
    if merged == old.properties or not _is_sound_node(report, kind, old.code, merged):
        return
    if not report.is_too_early((old.code,), old.valid_from):
        plan.changed.append((old, merged))


def _new_properties(
    report: Report, kind: str, code: str, properties: Properties, last_end: Callable[[str], int] | None
) -> Properties | None:
    """Return the properties of a node to create, ``None`` when something is wrong with it."""
    if None in properties.values():
        properties = _merged({}, properties)
    if not _is_sound_node(report, kind, code, properties):
        return None
    if last_end is not None and report.is_too_early((code,), last_end(code)):
        return None
    return properties


def _merged(old: Mapping[str, Value], given: Properties) -> dict[str, Value]:
    return {name: v for name, v in {**old, **given}.items() if v is not None}


def _is_sound_node(report: Report, kind: str, code: str, properties: Properties) -> bool:
    findings = node_findings(kind, code, properties) or storage_findings(kind, code, properties)
    if not findings:
        return True
    report.note(findings)
    report.excused.add(NodeKey(kind, code))
    return False


def is_scope_changed(old: Mapping[str, Value], new: Mapping[str, Value]) -> bool:
    """Return whether a node became a scope of its own, or ceased to be one."""
    return (new.get("level") == SCOPE_LEVEL) != (old.get("level") == SCOPE_LEVEL)


class Held(Protocol):
    """A present relationship as a store holds it; ``kind`` as the store names kinds."""

    @property
    def kind(self) -> int | str: ...  # noqa: D102
    @property
    def target(self) -> int: ...  # noqa: D102
    @property
    def valid_from(self) -> int: ...  # noqa: D102
    @property
    def stored(self) -> Mapping[str, Value]:
        """Its properties."""
        ...


H = TypeVar("H", bound=Held)


@dataclass(frozen=True)
class RelationshipPlan(Generic[H]):
    """What putting relationships comes to: (source, target, properties) of new ones, changes, and what ends to make room."""

    new: list[tuple[int, int, Properties]] = field(default_factory=list)
    changed: list[tuple[H, dict[str, Value]]] = field(default_factory=list)
    ended: list[H] = field(default_factory=list)


@dataclass(frozen=True)
class Present(Generic[H]):
    """What a store knows about the relationships of one kind to put.

    Parameters
    ----------
    mark
        The kind, as the store names it.
    ids
        Identifiers of the ends by kind and code.
    by_source
        What the sources have of this kind; for containment, of every kind of containment.
    last_end
        The day on which the past of a relationship between two nodes ended, or one of its ends began, whichever is later; given
        where dates must be compared.
    """

    mark: int | str
    ids: Mapping[str, Mapping[str, int]]
    by_source: Mapping[int, Sequence[H]]
    last_end: Callable[[int, int], int] | None


def plan_relationships(
    report: Report, kind: str, changes: Mapping[Ends, Properties], present: Present[H]
) -> RelationshipPlan[H]:
    """Judge the puts of one kind. With at most one per source, a source stands at most once among the changes."""
    plan: RelationshipPlan[H] = RelationshipPlan()
    ids, mark, may_begin_any_day = present.ids, present.mark, present.last_end is None
    for ends, given in changes.items():
        source, target = ends
        a, b = ids[source.kind][source.code], ids[target.kind][target.code]
        others = present.by_source.get(a, ())
        old = next((r for r in others if r.target == b and r.kind == mark), None) if others else None
        before = old.stored if old is not None and given else {}
        properties = _merged(before, given) if given and (before or None in given.values()) else given
        if not _is_sound_relationship(report, kind, ends, properties):
            continue
        if old is not None:
            if given and properties != before:
                _plan_relationship_change(report, ends, old, _merged({}, properties), plan)
        elif (not others and may_begin_any_day) or _is_free(report, kind, ends, (a, b), present, plan):
            plan.new.append((a, b, properties))
    return plan


def _is_sound_relationship(report: Report, kind: str, ends: Ends, properties: Properties) -> bool:
    findings = relationship_findings(kind, *ends, properties)
    if not findings and properties:
        findings = storage_findings(kind, ends[0].code, properties)
    if findings:
        report.note(findings)
    return not findings


def _plan_relationship_change(
    report: Report, ends: Ends, old: H, properties: dict[str, Value], plan: RelationshipPlan[H]
) -> None:
    if not report.is_too_early((ends[0].code, ends[1].code), old.valid_from):
        plan.changed.append((old, properties))


def may_end(old: H | None, report: Report, kind: str, ends: Ends) -> TypeGuard[H]:
    """Return whether there is a relationship to end that nothing forbids to end; note what does."""
    source, target = ends
    if old is None:
        report.find(
            "store.no_relationship_to_delete",
            source.code,
            target.code,
            relationship=kind,
            source=source.code,
            target=target.code,
        )
        return False
    return not report.is_too_early((source.code, target.code), old.valid_from)


def _is_free(
    report: Report,
    kind: str,
    ends: Ends,
    ids: tuple[int, int],
    present: Present[H],
    plan: RelationshipPlan[H],
) -> bool:
    """Make room for a new relationship: the one that a source with at most one has must end. False when a date forbids it."""
    subject = (ends[0].code, ends[1].code)
    if present.last_end is not None and report.is_too_early(subject, present.last_end(*ids)):
        return False
    others = present.by_source.get(ids[0], ()) if is_to_one(kind) else ()
    if any(report.is_too_early(subject, other.valid_from) for other in others):
        return False
    plan.ended.extend(others)
    return True
