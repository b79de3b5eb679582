"""What a roll-up is asked, the same for every store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orgraph.schema import COVERAGE_MEASURES, NODE_KINDS, RELATIONSHIP_KINDS, CoverageMeasure


@dataclass(frozen=True)
class Request:
    """What ``rollup`` was asked; :func:`orgraph.store.queries.rollup_findings` has judged it."""

    scope: str
    level: str | None
    kinds: Sequence[str] = ()
    sums: Sequence[tuple[str, str]] = ()
    measures: Sequence[str] = ()

    @property
    def counted(self) -> tuple[str, ...]:
        """The kinds whose nodes are counted one by one."""
        return tuple(dict.fromkeys(self.kinds or NODE_KINDS))

    @property
    def concerned(self) -> tuple[str, ...]:
        """The kinds of nodes that any figure is about: those that are counted, summed up or measured, and those that cover them."""
        measured = (kind for name in self.measures for kind in _ends(COVERAGE_MEASURES[name]))
        return tuple(dict.fromkeys((*self.counted, *(kind for kind, _ in self.sums), *measured)))


def _ends(measure: CoverageMeasure) -> tuple[str, ...]:
    """Return the kind that a measure counts, and those that its relationship may tie to it."""
    if measure.other_kind:
        return measure.kind, measure.other_kind
    pairs = [
        p if measure.direction == "out" else p[::-1] for p in RELATIONSHIP_KINDS[measure.relationship].ends
    ]
    return (measure.kind, *(other for counted, other in pairs if counted == measure.kind))
