"""Proposals for what has to be named before a plan is carried out: codes and working names of new villages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from orgraph.graph import OrgGraph
from orgraph.messages import text
from orgraph.planning.restructuring.merged import NewVillage, plain_name

_DIVISION_CODE = re.compile(r"\d{12}")
_TOWN_DIGITS = 9
_FIRST, _LAST = 250, 399
"""New villages are numbered behind the old ones, within the numbers of village committees (200 to 399) of the code of divisions."""


def proposed_villages(
    graph: OrgGraph, seats: Iterable[str], taken: Collection[str]
) -> tuple[NewVillage, ...]:
    """Return one new village per seat with a code that nobody has and a working name; the villagers choose the real one.

    Parameters
    ----------
    graph
        Holds the seats.
    seats
        Codes of the old villages that the new ones are named after.
    taken
        Codes that are, or were, in use.
    """
    used = set(taken) | {node.code for node in graph.nodes("Unit")}
    villages = []
    for seat in seats:
        code = next(code for code in _codes(seat) if code not in used)
        used.add(code)
        name = text("planning.merged.village", name=plain_name(graph.node("Unit", seat).name)).zh
        villages.append(NewVillage(code, name, seat))
    return tuple(villages)


def _codes(seat: str) -> Iterator[str]:
    """Yield codes to try: numbers of the town, where codes are those of divisions, else the seat's with a number."""
    if _DIVISION_CODE.fullmatch(seat):
        yield from (f"{seat[:_TOWN_DIGITS]}{n}" for n in range(_FIRST, _LAST + 1))
    n = 1
    while True:
        yield f"{seat}-N{n}"
        n += 1
