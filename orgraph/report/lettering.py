"""Where words go on a map without covering each other: greedy, first come first served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Offset = tuple[float, float]

AROUND_STAR: tuple[Offset, ...] = ((0, 15), (0, -15), (0, 24))
"""Below, above, further below: for the name of a seat."""
IN_PLACE: tuple[Offset, ...] = ((0, 0), (0, 7), (0, -7), (0, 13), (0, -13))
"""On the spot, or a little beside it: for the name of a unit."""
ABOUT: tuple[Offset, ...] = (
    (0, 0),
    (0, -20),
    (0, 22),
    (24, 0),
    (-24, 0),
    (24, -22),
    (-24, -22),
    (24, 24),
    (-24, 24),
)
"""On the spot or around it: for the number of a district."""

STAR = 9.0
"""Half the room that a star needs."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the map, centred at (x, y). ``style`` is a class of the style sheet."""

    x: float
    y: float
    words: str
    style: str


@dataclass
class Lettering:
    """A sheet of ``width`` on which labels are put one after the other. O(labels^2)."""

    width: float
    height: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def block(self, x: float, y: float, half: float = STAR) -> None:
        """Keep a square free of words."""
        self.taken.append((x - half, y - half, x + half, y + half))

    def put(
        self, spot: Offset, words: str, style: str, size: float, offsets: Sequence[Offset], *, is_needed: bool
    ) -> Label | None:
        """Return the label at the first free offset; without one at the first of all when it is needed, else ``None``."""
        half = _width(words, size) / 2
        x = min(max(spot[0], half + 3), self.width - half - 3)
        offsets = (*offsets, (half + STAR + 3, 0), (-half - STAR - 3, 0)) if is_needed else offsets
        boxes = [
            (x + dx - half, spot[1] + dy - size / 2, x + dx + half, spot[1] + dy + size / 2)
            for dx, dy in offsets
        ]
        free = [n for n, box in enumerate(boxes) if self._is_free(box)]
        if not free and not is_needed:
            return None
        chosen = free[0] if free else 0
        self.taken.append(boxes[chosen])
        return Label(x + offsets[chosen][0], spot[1] + offsets[chosen][1], words, style)

    def _is_free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        if left < 0 or top < 0 or right > self.width or bottom > self.height:
            return False
        return all(right < x1 or x2 < left or bottom < y1 or y2 < top for x1, y1, x2, y2 in self.taken)


def _width(words: str, size: float) -> float:
    """Return about how wide words are: a Chinese character is as wide as high, a Latin letter about half."""
    return size * sum(1.0 if ord(c) > 0x2E7F else 0.56 for c in words)
