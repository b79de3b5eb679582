"""What stands in the way of stating a problem: every finding on an area under options, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orgraph.findings import Finding, Json, Place, Severity, has_errors
from orgraph.planning.restructuring.area import Area
from orgraph.planning.restructuring.names import joined
from orgraph.planning.restructuring.options import CENTER_OBJECTIVES, Options
from orgraph.planning.restructuring.statement import MOST_NAMED, Statement, weights_named
from orgraph.solver.districting.findings import findings as malformed
from orgraph.solver.districting.problem import Problem


def state(area: Area, options: Options) -> tuple[Statement, Problem | None]:
    """Return the statement with every finding, and the problem when no finding is an error."""
    statement = Statement(area, options)
    for checks in (_codes, _weights, _coordinates, _borders, _reference, _pieces, _units):
        statement.findings.extend(checks(statement))
    if has_errors(statement.findings):
        return statement, None
    problem = statement.problem()
    statement.findings.extend(malformed(problem))
    return statement, None if has_errors(statement.findings) else problem


def _finding(
    name: str,
    numbers: Mapping[str, Json] | None = None,
    subject: Iterable[str] = (),
    at: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    place = Place(column=at) if at else None
    return Finding(f"planning.{name}", severity, tuple(subject), place, {**(numbers or {}), "at": at})


def _named(area: Area, units: Sequence[int]) -> dict[str, Json]:
    """Return the count and the first names of some units, for the text of a finding."""
    names = [area.units[i].name for i in units]
    return {"num_units": len(units), "names": joined(names, MOST_NAMED)}


def _units(statement: Statement) -> Iterator[Finding]:
    if not statement.area.units:
        yield _finding("no_units")


def _codes(statement: Statement) -> Iterator[Finding]:
    for at, code in _codes_asked(statement.options):
        if code not in statement.area.index:
            yield _finding("unit_unknown", {"code": code}, [code], at)


def _codes_asked(options: Options) -> Iterator[tuple[str, str]]:
    lists: Mapping[str, Iterable[Iterable[str]]] = {
        "units.seats": [options.seats or ()],
        "units.refuse": [options.refuse],
        "units.together": options.together,
        "units.apart": options.apart,
        "units.extra_edges": options.extra_edges,
        "units.fixed": options.fixed.items(),
    }
    for at, groups in lists.items():
        yield from ((at, code) for group in groups for code in group)


def _weights(statement: Statement) -> Iterator[Finding]:
    area = statement.area
    for name in weights_named(statement.options) if statement.taking_part else ():
        column = area.column(name)
        missing = [i for i in statement.taking_part if column[i] is None]
        negative = [i for i, v in enumerate(column) if v is not None and v < 0]
        if missing and len(missing) == len(statement.taking_part):
            known = joined(area.full_columns) or "-"
            yield _finding("weight_unknown", {"weight": name, "known": known})
        elif missing:
            yield _finding(
                "weight_missing", {"weight": name, **_named(area, missing)}, area.codes_at(missing)
            )
        elif not any(column[i] for i in statement.taking_part):
            yield _finding("weight_zero", {"weight": name})
        if negative:
            yield _finding(
                "weight_negative", {"weight": name, **_named(area, negative)}, area.codes_at(negative)
            )


def _coordinates(statement: Statement) -> Iterator[Finding]:
    area = statement.area
    missing = [i for i in statement.taking_part if area.points[i] is None]
    if missing and CENTER_OBJECTIVES & {*statement.options.objectives}:
        yield _finding("point_missing", _named(area, missing), area.codes_at(missing))


def _borders(statement: Statement) -> Iterator[Finding]:
    area = statement.area
    unknown = [pair for pair, metres in area.edges.items() if metres is None]
    if "border" not in statement.options.objectives or not unknown:
        return
    numbers: dict[str, Json] = {"num_edges": len(unknown)}
    if len(unknown) == len(area.edges):
        yield _finding("border_counted", numbers, severity=Severity.WARNING)
    else:
        pairs = [f"{area.units[i].name}-{area.units[j].name}" for i, j in unknown]
        yield _finding("border_missing", numbers | {"pairs": joined(pairs, MOST_NAMED)})


def _reference(statement: Statement) -> Iterator[Finding]:
    options, area = statement.options, statement.area
    asks = "change" in options.objectives or "reference" in options.balance.values()
    missing = [i for i in statement.taking_part if statement.reference[i] is None]
    numbers: dict[str, Json] = {"column": options.reference, **_named(area, missing)}
    if not asks or not missing:
        return
    if len(missing) == len(statement.taking_part):
        yield _finding("reference_missing", numbers, at="reference.column")
    else:
        yield _finding("reference_partial", numbers, area.codes_at(missing), severity=Severity.WARNING)


def _pieces(statement: Statement) -> Iterator[Finding]:
    area = statement.area
    pieces = area.pieces(statement.edges, statement.refused)
    if len(pieces) > 1:
        shown = "; ".join(_piece(area, piece) for piece in pieces[:MOST_NAMED])
        numbers: dict[str, Json] = {"num_pieces": len(pieces), "pieces": shown}
        cut_off = area.codes_at(i for piece in pieces[1:] for i in piece)
        yield _finding("map_in_pieces", numbers, cut_off, severity=Severity.WARNING)


def _piece(area: Area, piece: Sequence[int]) -> str:
    return f"{len(piece)}: {joined([area.units[i].name for i in piece], MOST_NAMED)}"
