"""Looking things up: coverage of a unit and of what lies below it, with the gaps by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from orgraph.errors import InputError, NotFound
from orgraph.findings import Json
from orgraph.graph import Node
from orgraph.schema import COVERAGE_MEASURES, LEVEL_RANK, LEVELS, CoverageMeasure
from orgraph.store.port import Condition, Direction, Operator, RollupRow, Store

COUNTED = ("Unit", "Grid", "PartyOrganization", "CenterHousehold", "GridWorker")
"""Kinds that a coverage answer counts."""

LOWEST_SHOWN = "village"
"""Without a level, the tree goes down to villages and communities."""


@dataclass(frozen=True, slots=True)
class Share:
    """One coverage measure in one unit: ``covered`` of ``total``."""

    measure: CoverageMeasure
    covered: int
    total: int

    @property
    def rate(self) -> float | None:
        """Return the share, ``None`` where there is nothing to cover."""
        return self.covered / self.total if self.total else None

    @property
    def num_gaps(self) -> int:
        """Return how many are not covered."""
        return self.total - self.covered

    def to_json(self) -> Json:
        """Return numerator, denominator, rate and the number of gaps."""
        return {
            "measure": self.measure.name,
            "label": dict(self.measure.label.to_json()),
            "covered": self.covered,
            "total": self.total,
            "rate": self.rate,
            "num_gaps": self.num_gaps,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of the tree. ``depth`` 0 is the unit asked for; ``parent_code`` is ``None`` there. ``is_synthetic``: its numbers count generated data."""

    unit: Node
    parent_code: str | None
    depth: int
    counts: Mapping[str, int]
    shares: tuple[Share, ...]
    is_synthetic: bool

    def to_json(self) -> Json:
        """Return the unit, its counts and its shares."""
        return {
            "code": self.unit.code,
            "name": self.unit.name,
            "level": str(self.unit.properties.get("level") or ""),
            "parent_code": self.parent_code,
            "depth": self.depth,
            "counts": dict(self.counts),
            "is_synthetic": self.is_synthetic,
            "coverage": [share.to_json() for share in self.shares],
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """What one measure misses below the unit asked for: how many, and the first of them by code."""

    share: Share
    nodes: tuple[Node, ...]

    def to_json(self) -> Json:
        """Return the measure, the number, and the nodes that are named."""
        return {
            "measure": self.share.measure.name,
            "num_gaps": self.share.num_gaps,
            "kind": self.share.measure.kind,
            "nodes": [{"code": node.code, "name": node.name} for node in self.nodes],
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer: rows by depth-first order of the tree, the first is the unit asked for. ``is_synthetic``: its numbers count generated data, or it shows some."""

    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    is_synthetic: bool

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "code": self.rows[0].unit.code,
            "name": self.rows[0].unit.name,
            "is_synthetic": self.is_synthetic,
            "rows": [row.to_json() for row in self.rows],
            "gaps": [gap.to_json() for gap in self.gaps],
        }


async def coverage(
    store: Store, code: str, level: str | None = None, *, max_named: int = 20, as_of: date | None = None
) -> Coverage:
    """Return the coverage of a unit and of the units below it.

    Parameters
    ----------
    code
        Division code of the unit.
    level
        Units of this level only, below the unit asked for; ``None`` for the whole tree down to villages and communities.
    max_named
        How many gaps of each measure are named; 0: none is looked up.
    as_of
        The day that is asked about; now by default.

    Raises
    ------
    NotFound
        When the store holds no such unit.
    InputError
        For an unknown level.
    """
    if level is not None and level not in LEVELS:
        raise InputError("level_unknown", level=level, levels=", ".join(LEVELS))
    unit = await store.get("Unit", code, as_of=as_of)
    if unit is None:
        raise NotFound("unit_unknown", code=code)
    found = [row for wanted in _levels(unit, level) for row in await _rollup(store, code, wanted, as_of)]
    parents = await _parents(store, [row.unit for row in found], as_of)
    rows = _tree(unit, found, parents)
    missing = [share for share in rows[0].shares if share.num_gaps and max_named]
    gaps = [await _gap(store, code, share, max_named, as_of) for share in missing]
    return Coverage(rows, tuple(gaps), any(row.is_synthetic for row in rows))


def _levels(unit: Node, level: str | None) -> tuple[str | None, ...]:
    """Return the levels to roll up to; ``None`` stands for the unit itself."""
    if level is not None:
        return (None, level)
    own = LEVEL_RANK.get(str(unit.properties.get("level")), -1)
    below = (name for name in LEVELS if own < LEVEL_RANK[name] <= LEVEL_RANK[LOWEST_SHOWN])
    return (None, *below)


def gap_conditions(measure: CoverageMeasure) -> tuple[Condition, ...]:
    """Return the conditions under which a node is one that a measure misses."""
    missing = Condition(measure.path, Operator.HAS, False)
    if measure.where is None:
        return (missing,)
    return missing, Condition(measure.where[0], Operator.IN, measure.where[1])


async def _rollup(store: Store, code: str, level: str | None, as_of: date | None) -> tuple[RollupRow, ...]:
    rows = await store.rollup(code, level, kinds=COUNTED, measures=tuple(COVERAGE_MEASURES), as_of=as_of)
    return tuple(row for row in rows if level is None or row.unit.code != code)


async def _parents(store: Store, units: Sequence[Node], as_of: date | None) -> Mapping[str, str]:
    above = await store.neighbours([u.key for u in units], "PART_OF", direction=Direction.OUT, as_of=as_of)
    return {unit.code: found[0].node.code for unit, found in zip(units, above, strict=True) if found}


def _tree(unit: Node, found: Iterable[RollupRow], parents: Mapping[str, str]) -> tuple[Row, ...]:
    """Put rows below their parents, where those are among them, else below the unit asked for; depth first, by code."""
    row_by_code = {row.unit.code: row for row in found}
    below: dict[str, list[str]] = {}
    for code in sorted(row_by_code.keys() - {unit.code}):
        parent = parents.get(code, "")
        below.setdefault(parent if parent in row_by_code else unit.code, []).append(code)
    rows: list[Row] = []
    todo: list[tuple[str, str | None, int]] = [(unit.code, None, 0)]
    while todo:
        code, parent_code, depth = todo.pop()
        rows.append(_row(row_by_code[code], parent_code, depth))
        todo += [(child, code, depth + 1) for child in reversed(below.get(code, []))]
    return tuple(rows)


def _row(row: RollupRow, parent_code: str | None, depth: int) -> Row:
    shares = [Share(m, *row.coverage.get(m.name, (0, 0))) for m in COVERAGE_MEASURES.values()]
    return Row(
        row.unit, parent_code, depth, row.counts, tuple(s for s in shares if s.total), row.is_synthetic
    )


async def _gap(store: Store, code: str, share: Share, max_named: int, as_of: date | None) -> Gap:
    measure = share.measure
    page = await store.page(
        measure.kind, where=gap_conditions(measure), within=code, limit=max_named, as_of=as_of
    )
    return Gap(share, page.nodes)
