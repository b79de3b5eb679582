"""Does one node, or one relationship, conform to the schema? The same code judges files, snapshots and every single change of a store.

Nothing here looks at the rest of the graph: missing ends, cardinality, containers and cycles are the business of
:func:`orgraph.graph.validate`, and of a store, which knows them from its indexes. Every kind is compiled once, at its first use; a
good household costs about 3 microseconds, a good relationship about 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from orgraph.findings import Finding, Json, Place
from orgraph.graph.orgraph import Node, NodeKey, Properties, Value
from orgraph.graph.personal_data import shown_code
from orgraph.graph.values import Problem, ValueCheck, number_check, personal_data, value_check
from orgraph.schema import LEVEL_RANK, NODE_KINDS, RELATIONSHIP_KINDS, Field

_NOTHING: Properties = {}

_NOT_ABOVE = (
    ("full_members", "members"),
    ("votes_for", "attended"),
    ("attended", "entitled"),
    ("term_start", "term_end"),
    ("start_date", "end_date"),
    ("from_date", "to_date"),
    ("available_from", "available_to"),
    ("notice_date", "meeting_date"),
)
"""Pairs of fields of one kind: the first is never above the second."""


@dataclass(frozen=True)
class _Checker:
    """The compiled checks of one kind."""

    checks: Mapping[str, ValueCheck]
    required: tuple[str, ...]
    not_above: tuple[tuple[str, str], ...]
    has_open_weights: bool = False

    def problems(self, properties: Properties) -> Iterator[tuple[str, Problem]]:
        """Yield (field, problem) for everything wrong."""
        checks = self.checks
        for name, value in properties.items():
            if value is not None and (problem := checks.get(name, self._further)(value)):
                yield name, problem
        for name in self.required:
            if properties.get(name) is None:
                yield name, ("field_missing", {})
        for low, high in self.not_above:
            if low in properties and high in properties and _is_above(properties[low], properties[high]):
                numbers: dict[str, Json] = {"other_field": high}
                yield low, ("exceeds", numbers)

    def _further(self, value: Value) -> Problem | None:
        if self.has_open_weights and isinstance(value, int | float) and not isinstance(value, bool):
            return number_check(value)
        return personal_data(str(value)) or ("field_unknown", {})


def node_findings(
    kind: str, code: str, properties: Properties, *, place: Place | None = None
) -> tuple[Finding, ...]:
    """Return everything wrong with one node by itself; empty when it conforms.

    Checked: the kind, the code, unknown fields (further numeric ones are weights where the kind allows them), type, range, pattern and
    choice of every value, missing required fields, counts and dates in the wrong order, and numbers that identify a person. A value ``None``
    is a missing value.

    Parameters
    ----------
    kind
        Name of the node kind, such as ``Unit``.
    code
        The node's code.
    properties
        The whole node as it would be stored: a partial change is merged before it is judged.
    place
        Where it stands in a file; handed on to the findings.
    """
    checker = _node_checker(kind)
    if checker is None:
        return (Finding("graph.kind_unknown", subject=(kind,), place=place, numbers={"kind": kind}),)
    code_check = _code_check(kind)
    problems = list(checker.problems(properties))
    if problem := code_check(code):
        problems.insert(0, ("code", problem))
    if not problems:
        return ()
    shown = shown_code(code)
    return tuple(
        _finding(problem, (shown,), {"kind": kind, "field": name, "code": shown}, place)
        for name, problem in problems
    )


def relationship_findings(
    kind: str,
    source: NodeKey,
    target: NodeKey,
    properties: Properties = _NOTHING,
    *,
    place: Place | None = None,
) -> tuple[Finding, ...]:
    """Return everything wrong with one relationship by itself; empty when it conforms.

    Checked: the kind, the kinds of its ends, a loop, the order of the ends of a symmetric kind (smaller key first), and its fields
    like those of a node. Whether the ends exist is not known here.
    """
    relationship = RELATIONSHIP_KINDS.get(kind)
    if relationship is None:
        return (Finding("graph.relationship_unknown", subject=(kind,), place=place, numbers={"name": kind}),)
    if (
        not properties
        and source != target
        and (source.kind, target.kind) in _ends(kind)
        and not (relationship.is_symmetric and source > target)
    ):
        return ()
    return tuple(_relationship_findings(kind, source, target, properties, place))


def containment_findings(child: Node, container: Node, *, place: Place | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with one unit lying inside another: its level must be below the container's.

    Units without a level, and other kinds, are not judged.
    """
    if child.kind != "Unit" or container.kind != "Unit":
        return ()
    level, parent_level = child.properties.get("level"), container.properties.get("level")
    rank, parent_rank = LEVEL_RANK.get(str(level)), LEVEL_RANK.get(str(parent_level))
    if rank is None or parent_rank is None or rank > parent_rank:
        return ()
    subject = (shown_code(child.code), shown_code(container.code))
    numbers: dict[str, Json] = {
        "code": subject[0],
        "level": str(level),
        "parent_code": subject[1],
        "parent_level": str(parent_level),
    }
    return (Finding("graph.levels_out_of_order", subject=subject, place=place, numbers=numbers),)


def _relationship_findings(
    kind: str, source: NodeKey, target: NodeKey, properties: Properties, place: Place | None
) -> Iterator[Finding]:
    subject = (shown_code(source.code), shown_code(target.code))
    numbers: dict[str, Json] = {
        "relationship": kind,
        "source_kind": source.kind,
        "source": subject[0],
        "target_kind": target.kind,
        "target": subject[1],
    }
    if (source.kind, target.kind) not in _ends(kind):
        yield Finding("graph.ends_forbidden", subject=subject, place=place, numbers=numbers)
    if source == target:
        yield Finding("graph.loop", subject=subject, place=place, numbers=numbers)
    if RELATIONSHIP_KINDS[kind].is_symmetric and source > target:
        yield Finding("graph.wrong_way_round", subject=subject, place=place, numbers=numbers)
    for name, problem in _relationship_checker(kind).problems(properties):
        about: dict[str, Json] = {
            "kind": kind,
            "relationship": kind,
            "field": name,
            "code": " → ".join(subject),
        }
        yield _finding(problem, subject, about, place)


def _finding(
    problem: Problem, subject: tuple[str, ...], about: Mapping[str, Json], place: Place | None
) -> Finding:
    name, numbers = problem
    return Finding(f"graph.{name}", subject=subject, place=place, numbers={**about, **numbers})


@cache
def _node_checker(kind: str) -> _Checker | None:
    declared = NODE_KINDS.get(kind)
    return _compiled(declared.properties, declared.has_open_weights) if declared else None


@cache
def _relationship_checker(kind: str) -> _Checker:
    return _compiled(RELATIONSHIP_KINDS[kind].fields)


@cache
def _code_check(kind: str) -> ValueCheck:
    return value_check(NODE_KINDS[kind].field_by_name["code"])


@cache
def _ends(kind: str) -> frozenset[tuple[str, str]]:
    return frozenset(RELATIONSHIP_KINDS[kind].ends)


def _compiled(fields: Iterable[Field], has_open_weights: bool = False) -> _Checker:
    by_name = {f.name: f for f in fields}
    return _Checker(
        {name: value_check(f) for name, f in by_name.items()},
        tuple(name for name, f in by_name.items() if f.is_required),
        tuple((low, high) for low, high in _NOT_ABOVE if low in by_name and high in by_name),
        has_open_weights,
    )


def _is_above(low: Value, high: Value) -> bool:
    if isinstance(low, str) and isinstance(high, str):
        return low > high
    return isinstance(low, int | float) and isinstance(high, int | float) and low > high
