"""Small villages drawn as letters: neighbours share a side, and one step is a hundredth of a degree on the equator."""

from collections.abc import Mapping
from fractions import Fraction
from math import pi

from orgraph.graph import GraphBuilder, NodeKey, OrgGraph, Value
from orgraph.planning.restructuring import Options
from orgraph.planning.restructuring.area import area_of
from orgraph.planning.restructuring.input_checks import state
from orgraph.planning.restructuring.statement import Statement, canonical
from orgraph.solver.districting.problem import Band, Plan, Problem

STEP_KM = 6371.0088 * pi / 180 / 100
"""Kilometres between two neighbours."""

Columns = Mapping[str, Mapping[str, Value]]


def drawn(
    drawing: str,
    columns: Columns | None = None,
    *,
    level: str | None = "village",
    metres: float | None = 1000.0,
    barriers: tuple[str, ...] = (),
    provenance: Mapping[str, Value] | None = None,
) -> OrgGraph:
    """Return the graph of a drawing such as ``"AB/CD"``; a dot is empty land.

    Everybody has 100 people unless ``columns["population"]`` says otherwise; a value of ``None`` leaves the property out.
    """
    builder = GraphBuilder()
    cells = {
        letter: (column, row)
        for row, line in enumerate(drawing.split("/"))
        for column, letter in enumerate(line)
        if letter != "."
    }
    keys = {}
    for letter, (column, row) in cells.items():
        values: dict[str, Value] = {"name": f"{letter}村", "population": 100}
        values |= {"lon": column / 100, "lat": -row / 100, "level": level}
        values |= {
            name: by_letter[letter] for name, by_letter in (columns or {}).items() if letter in by_letter
        }
        keys[letter] = builder.add_node(
            "Unit", letter, {name: value for name, value in values.items() if value is not None}
        )
    for a, b in _neighbours(cells):
        _join(builder, keys, a, b, metres, f"{a}{b}" in barriers)
    return builder.freeze(provenance)


def _neighbours(cells: Mapping[str, tuple[int, int]]) -> list[tuple[str, str]]:
    at = {cell: letter for letter, cell in cells.items()}
    pairs = []
    for (column, row), letter in at.items():
        beside = (at.get((column + 1, row)), at.get((column, row + 1)))
        pairs += [tuple(sorted((letter, other))) for other in beside if other]
    return pairs


def _join(
    builder: GraphBuilder,
    keys: Mapping[str, NodeKey],
    a: str,
    b: str,
    metres: float | None,
    is_barrier: bool,
) -> None:
    properties: dict[str, Value] = {"is_barrier": True} if is_barrier else {}
    if metres is not None:
        properties["shared_border_m"] = metres
    builder.add_relationship("ADJACENT", keys[a], keys[b], properties)


def band(low: float | str, high: float | str) -> Band:
    return Band(Fraction(str(low)), Fraction(str(high)))


WIDE = {"population": band(-1, 9)}
"""A balance that allows everything."""


def stated(graph: OrgGraph, options: Options) -> tuple[Statement, Problem]:
    statement, problem = state(area_of(graph), options)
    assert problem is not None, [f.text.en for f in statement.findings]
    return statement, problem


def seated_plan(statement: Statement, parts: str, seats: str) -> Plan:
    """Return the plan that puts unit i into the part named by letter i of ``parts``; ``seats`` are unit letters, one per part in order of the parts' letters."""
    names = sorted(set(parts) - {"-"})
    labels = [None if p == "-" else names.index(p) for p in parts]
    return canonical(labels, [statement.area.index[s] for s in seats])
