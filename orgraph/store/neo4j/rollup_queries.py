"""The queries of a roll-up: the root and its scopes, the units of a level, and one statement for everything about all of them.

The containers (units, grids, buildings) are found from below, by their scope, and led up to the units asked for: households, a hundred
times as many, are met once, where they are counted. A kind that shares its relationship type with containers alone is not even met when
it is only counted: the server knows the number of relationships of a node. For a day, containers are found from above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from orgraph.schema import COVERAGE_MEASURES, CoverageMeasure, ValueType
from orgraph.store.neo4j.connections import gather
from orgraph.store.neo4j.generated import generated_kinds, holds_generated
from orgraph.store.neo4j.layout import CONTAINERS, INSIDE_BY_KIND, LABELS
from orgraph.store.neo4j.lens import Lens, identity_query
from orgraph.store.rollup_request import Request

_SCOPED_ROOT = (
    "MATCH (root:Unit {code: $code}) CALL (root) { RETURN root._scope AS scope UNION"
    f" MATCH (county:Unit {{level: $county}}) USING INDEX county:Unit(level, code) WHERE county.code IS NOT NULL"
    f" AND EXISTS {{ {Lens(None).upward('county', 'root', least=1)} }}"
    " RETURN county.code AS scope } WITH root, collect(scope) AS scopes"
    " RETURN root._id AS identity, properties(root) AS state, scopes"
)
"""The root, and the scopes of all that it contains: its own, and those of the counties below it."""


def root_query(lens: Lens) -> str:
    """Return the query for the identity of ``$code``, its state, its scopes (none for a day), and those of ``$kinds`` that can be generated there."""
    generated = generated_kinds(lens)
    if lens.day is None:
        return f"{_SCOPED_ROOT}, {generated}"
    return f"CALL () {{ {identity_query(lens, 'Unit')} }} RETURN identity, state, [], {generated}"


def units_query(lens: Lens) -> str:
    """Return the query for the units of ``$level`` inside ``$root``."""
    if lens.day is None:
        return (
            "MATCH (root:_Identity {_id: $root}) MATCH (u:Unit) WHERE u._scope IN $scopes AND u.level = $level"
            f" AND EXISTS {{ {lens.upward('u', 'root')} }} WITH u ORDER BY u.code {gather('u._id', 'properties(u)')}"
        )
    past = LABELS["Unit"].past
    return (
        "MATCH (root:_Identity {_id: $root}) CALL () {"
        f" MATCH (s:Unit {{level: $level}}){lens.held('s')} AND s.code IS NOT NULL RETURN s AS u, s UNION ALL"
        f" MATCH (s:{past} {{level: $level}}){lens.held('s')} OPTIONAL MATCH (s)-[:_STATE_OF]->(i)"
        " RETURN coalesce(i, s) AS u, s }"
        f" WITH root, u, s WHERE EXISTS {{ {lens.upward('u', 'root')} }}"
        f" WITH u, s ORDER BY s.code {gather('u._id', 'properties(s)')}"
    )


@dataclass(frozen=True)
class Parts:
    """What is counted how: kinds that must be looked at one by one, and kinds that only need to be counted."""

    fields: Mapping[str, tuple[str, ...]]
    """Of the kinds that are looked at: the fields to sum up."""
    by_kind: Mapping[str, tuple[CoverageMeasure, ...]]
    """Of the kinds that are looked at: the measures."""
    counted: tuple[str, ...]

    @classmethod
    def of(cls, request: Request) -> Parts:
        """Return how to answer a request."""
        measures = [COVERAGE_MEASURES[name] for name in dict.fromkeys(request.measures)]
        looked_at = dict.fromkeys((*(k for k, _ in request.sums), *(m.kind for m in measures)))
        return cls(
            {k: tuple(dict.fromkeys(n for kind, n in request.sums if kind == k)) for k in looked_at},
            {k: tuple(m for m in measures if m.kind == k) for k in looked_at},
            tuple(k for k in request.counted if k not in looked_at),
        )

    @property
    def bindings(self) -> dict[str, list[str]]:
        """The values that measures allow, by the name under which the query binds them."""
        return {_allowed_name(m): list(m.where[1]) for m in self.measures if m.where is not None}

    @property
    def measures(self) -> Iterator[CoverageMeasure]:
        """Every measure."""
        for measures in self.by_kind.values():
            yield from measures

    @property
    def containers(self) -> tuple[str, ...]:
        """Containers that only need to be counted: a column each."""
        return tuple(k for k in self.counted if k in CONTAINERS)

    def by_degree(self, lens: Lens) -> tuple[str, ...]:
        """Return other kinds that need not even be met: a column each."""
        return tuple(k for k in self.counted if k not in CONTAINERS and lens.day is None and _is_alone(k))

    def grouped(self, lens: Lens) -> tuple[str, ...]:
        """Return the rest of what only needs to be counted: one column for all."""
        others = {*CONTAINERS, *self.by_degree(lens)}
        return tuple(k for k in self.counted if k not in others)


def totals_query(lens: Lens, parts: Parts, generated: Sequence[str]) -> str:
    """Return the query for everything about every unit of ``$units``.

    Identity, whether it holds generated nodes of the kinds ``generated``, then the columns of ``parts``, those looked at last.
    """
    columns = [f"size([c IN containers WHERE (c:{lens.labels([k])})])" for k in parts.containers]
    columns += map(_by_degree, parts.by_degree(lens))
    calls = []
    if grouped := parts.grouped(lens):
        calls.append(_grouped(lens, grouped))
        columns.append("grouped")
    for number, kind in enumerate(parts.fields):
        calls.append(_looked_at(lens, parts, kind, f"k{number}"))
        columns.append(f"k{number}")
    return (
        f"{_containers(lens)} {' '.join(calls)} {gather('u._id', holds_generated(lens, generated), *columns)}"
    )


def _containers(lens: Lens) -> str:
    """Return the clauses that bind each unit ``u`` and the list of its ``containers``, itself included."""
    if lens.day is not None:
        down = lens.downward("u", "c", through=lens.labels(CONTAINERS))
        return f"UNWIND $units AS unit MATCH (u:_Identity {{_id: unit}}) MATCH {down} WITH u, collect(c) AS containers"
    found = " UNION ALL ".join(f"MATCH (c:{k}) WHERE c._scope IN $scopes RETURN c" for k in CONTAINERS)
    return f"CALL () {{ {found} }} MATCH {lens.upward('c', 'u')} WHERE u._id IN $units WITH u, collect(c) AS containers"


@cache
def _is_alone(kind: str) -> bool:
    """Return whether nodes of the kind, and containers, are all that hangs on its one type of containment, and containers on no other."""
    others = [
        k
        for k, types in INSIDE_BY_KIND.items()
        if k not in CONTAINERS and set(types) & set(INSIDE_BY_KIND[kind])
    ]
    return (
        others == [kind]
        and len(INSIDE_BY_KIND[kind]) == 1
        and all(INSIDE_BY_KIND[k] in ((), INSIDE_BY_KIND[kind]) for k in CONTAINERS)
    )


def _by_degree(kind: str) -> str:
    """Return how many relationships lead to the containers less those that come from containers: from all but the unit itself."""
    (name,) = INSIDE_BY_KIND[kind]
    degrees = f"reduce(num = 0, c IN containers | num + COUNT {{ (c)<-[:{name}]-() }})"
    return f"{degrees} - size(containers) + 1"


def _grouped(lens: Lens, kinds: tuple[str, ...]) -> str:
    """Return the call that counts many kinds at once, as pairs of labels and number."""
    types = lens.types(*dict.fromkeys(t for k in kinds for t in INSIDE_BY_KIND[k]))
    labels = f":{lens.labels(kinds)}" if len(kinds) == 1 else ""
    return (
        f"CALL (containers) {{ UNWIND containers AS c MATCH (c)<-[r:{types}{lens.held('r')}]-(n{labels})"
        " WITH labels(n) AS labels, count(*) AS num RETURN collect([labels, num]) AS grouped }"
    )


def _looked_at(lens: Lens, parts: Parts, kind: str, name: str) -> str:
    """Return the call that looks at every node of one kind."""
    label = LABELS[kind]
    values = ["count(*)"]
    for field in parts.fields[kind]:
        is_whole = label.kind.field_by_name[field].type is ValueType.INTEGER
        values.append(f"{'sum' if is_whole else 'collect'}(s.{field})")
    for measure in parts.by_kind[kind]:
        values += _coverage(lens, measure)
    needs_state = bool(parts.fields[kind]) or any(m.where for m in parts.by_kind[kind])
    if kind in CONTAINERS:
        nodes = f"UNWIND containers AS n WITH n WHERE n:{lens.labels([kind])}"
    else:
        inside = f"[r:{lens.types(*INSIDE_BY_KIND[kind])}{lens.held('r')}]"
        nodes = f"UNWIND containers AS c MATCH (c)<-{inside}-(n:{lens.labels([kind])})"
    state = lens.state(kind, "n", "s") if needs_state else ""
    return f"CALL (containers) {{ {nodes} {state} RETURN [{', '.join(values)}] AS {name} }}"


def _coverage(lens: Lens, measure: CoverageMeasure) -> tuple[str, str]:
    """Return the numbers of covered and of all nodes that a measure counts."""
    to, fro = ("", ">") if measure.direction == "out" else ("<", "")
    other = f":{lens.labels([measure.other_kind])}" if measure.other_kind else ""
    way = f"[e:{lens.types(measure.relationship)}{lens.held('e')}]"
    covered = f"EXISTS {{ (n){to}-{way}-{fro}({other}) }}"
    if measure.where is None:
        return f"count(CASE WHEN {covered} THEN 1 END)", "count(*)"
    counted = f"s.{measure.where[0]} IN ${_allowed_name(measure)}"
    return f"count(CASE WHEN {counted} AND {covered} THEN 1 END)", f"count(CASE WHEN {counted} THEN 1 END)"


def _allowed_name(measure: CoverageMeasure) -> str:
    return f"allowed_{measure.name}"
