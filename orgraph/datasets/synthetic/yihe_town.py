"""What is generated about the villages of ``yihe``, before it becomes files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orgraph.datasets.synthetic.planar_map import PlanarMap
from orgraph.datasets.synthetic.yihe_counts import Counts


@dataclass(frozen=True)
class Town:
    """Everything generated about the villages, index by index; borders as (i, j) -> metres with i < j."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    map: PlanarMap
    counts: Counts
    border_m: Mapping[tuple[int, int], float]
    part: tuple[int, ...]

    @property
    def neighbours(self) -> list[list[int]]:
        """Return the neighbours of every village, ascending."""
        return neighbours_of(len(self.codes), self.border_m)


def neighbours_of(count: int, borders: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the neighbours of ``count`` villages, ascending."""
    around: list[list[int]] = [[] for _ in range(count)]
    for i, j in borders:
        around[i].append(j)
        around[j].append(i)
    return [sorted(a) for a in around]
