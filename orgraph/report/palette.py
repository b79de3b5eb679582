"""Colours that stay apart for colour-blind readers and on grey paper with dark letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LIGHT = (
    "#77AADD",
    "#EE8866",
    "#EEDD88",
    "#99DDFF",
    "#44BB99",
    "#FFAABB",
    "#BBCC33",
    "#AAAA00",
    "#CCBBDD",
)
"""The "light" qualitative scheme of Paul Tol (SRON technical note, 2021), its grey replaced by a mauve: grey stands for units that stay out."""


def colours(num: int, touching: Iterable[tuple[int, int]]) -> Sequence[str]:
    """Return a colour for each of ``num`` districts: all different as long as there are enough, else different where districts touch.

    ``touching``: pairs of districts with a common border. Greedy, the least used colour first; O(num^2).
    """
    if num <= len(LIGHT):
        return LIGHT[:num]
    beside: dict[int, set[int]] = {d: set() for d in range(num)}
    for a, b in touching:
        beside[a].add(b)
        beside[b].add(a)
    chosen: list[int] = []
    for d in range(num):
        taken = {chosen[b] for b in beside[d] if b < d}
        free = [c for c in range(len(LIGHT)) if c not in taken] or list(range(len(LIGHT)))
        chosen.append(min(free, key=lambda c: (chosen.count(c), c)))
    return [LIGHT[c] for c in chosen]
