"""The tables of a page as rows of words: what stands where, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orgraph.findings import Finding
from orgraph.messages import Lang, text
from orgraph.planning.restructuring import (
    Alternative,
    District,
    Move,
    Outcome,
    citation,
    objective_label,
    objective_unit,
    weight_label,
)
from orgraph.report.figures import amount, change, percent
from orgraph.schema import NODE_KINDS, RULES, Sensitivity

KNOWN_WEIGHTS = ("population", "households", "members", "full_members", "arable_mu", "area_km2")
MOST_WEIGHTS = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """Words in a table. ``style``: ``num`` for numbers, ``name`` for names, ``note`` for grey words. ``swatch``: a colour before the words."""

    words: str
    style: str = ""
    swatch: str = ""
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Headers and rows; ``foot`` is set off below."""

    headers: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[tuple[Cell, ...], ...] = ()


SMALLEST_COUNT = 5
"""Counts of people below this, nought excepted, are not shown for single units where the schema calls them internal."""


def is_suppressed(weight: str, value: float) -> bool:
    """Whether a number is too small to leave the department: a small count of an internal field."""
    field = NODE_KINDS["Unit"].field_by_name.get(weight)
    is_internal = field is not None and field.sensitivity is not Sensitivity.PUBLIC
    return is_internal and 0 < value < SMALLEST_COUNT


def shown(weight: str, value: float) -> str:
    """Return a number of a unit, or that it is small."""
    return f"<{SMALLEST_COUNT}" if is_suppressed(weight, value) else amount(value)


def num(words: str) -> Cell:
    """Return a cell with a number."""
    return Cell(words, "num")


def head(name: str, lang: Lang, style: str = "", /, **values: object) -> Cell:
    """Return a header of ``report.column``."""
    return Cell(text(f"report.column.{name}", **values).in_(lang), style)


def weights_shown(outcome: Outcome) -> tuple[str, ...]:
    """Return the weights that tables show: balanced ones first, then known ones, then the rest, up to six."""
    totals = outcome.districts[0].totals if outcome.districts else {}
    order = (*outcome.options.balance, *outcome.options.minimum, *KNOWN_WEIGHTS, *totals)
    return tuple(w for w in dict.fromkeys(order) if w in totals)[:MOST_WEIGHTS]


def district_table(outcome: Outcome, shades: Sequence[str], lang: Lang) -> Table:
    """Return one row per new village, with sums below."""
    weights = weights_shown(outcome)
    balanced = [w for w in outcome.options.balance if w in outcome.districts[0].deviation]
    has_forms = any(d.organization for d in outcome.districts)
    headers = [head("number", lang), head("seat", lang), head("units", lang, "num")]
    headers += [Cell(weight_label(w).in_(lang), "num") for w in weights]
    headers += [head("deviation", lang, "num", weight=weight_label(w).in_(lang)) for w in balanced]
    headers += [head("organization", lang)] if has_forms else []
    rows = []
    for d, shade in zip(outcome.districts, shades, strict=True):
        row = [Cell(str(d.number), "swatched", shade), Cell(outcome.units[d.seat].name, "name")]
        row += [num(str(len(d.members))), *(num(shown(w, d.totals[w])) for w in weights)]
        row += [num(percent(d.deviation[w])) for w in balanced]
        row += [Cell(_form(d, lang))] if has_forms else []
        rows.append(tuple(row))
    sums = [sum(d.totals[w] for d in outcome.districts) for w in weights]
    blank = [Cell("")] * (len(balanced) + has_forms)
    total = (Cell(text("report.row.total").in_(lang)), Cell(""), num(str(len(outcome.district_by_unit))))
    mean = (
        Cell(text("report.row.mean").in_(lang)),
        Cell(""),
        num(amount(len(outcome.district_by_unit) / len(rows))),
    )
    return Table(
        tuple(headers),
        tuple(rows),
        (
            (*total, *(num(amount(s)) for s in sums), *blank),
            (*mean, *(num(amount(s / len(rows))) for s in sums), *blank),
        ),
    )


def _form(district: District, lang: Lang) -> str:
    return text(f"planning.organization.{district.organization}").in_(lang) if district.organization else ""


def unit_table(outcome: Outcome, shades: Sequence[str], lang: Lang) -> Table:
    """Return one row per unit of today, by district, the seat first; refused units last."""
    weights = weights_shown(outcome)
    has_reference = any(u.reference_part for u in outcome.units.values())
    headers = [head("new", lang), head("code", lang), head("name", lang)]
    headers += [Cell(weight_label(w).in_(lang), "num") for w in weights]
    headers += [head("km", lang, "num")] if outcome.km_to_seat else []
    headers += [head("reference", lang)] if has_reference else []
    rows = []
    for code, where in _in_order(outcome, shades, lang):
        unit = outcome.units[code]
        is_seat = any(d.seat == code for d in outcome.districts)
        name = f"{unit.name} ★" if is_seat else unit.name
        row = [where, Cell(code, "code"), Cell(name, "name")]
        row += [num(shown(w, unit.values[w]) if w in unit.values else "") for w in weights]
        km = outcome.km_to_seat.get(code)
        row += [num("" if km is None else f"{km:.2f}")] if outcome.km_to_seat else []
        row += [Cell(unit.reference_part)] if has_reference else []
        rows.append(tuple(row))
    return Table(tuple(headers), tuple(rows))


def _in_order(outcome: Outcome, shades: Sequence[str], lang: Lang) -> Iterable[tuple[str, Cell]]:
    for d, shade in zip(outcome.districts, shades, strict=True):
        for code in sorted(d.members, key=lambda c: (c != d.seat, c)):
            yield code, Cell(str(d.number), "swatched", shade)
    out = Cell(text("report.row.refused").in_(lang), "note")
    yield from ((code, out) for code in outcome.refused)


def move_table(outcome: Outcome, lang: Lang) -> Table:
    """Return one row per move of one unit into a district beside it, the cheapest for each unit first."""
    names = outcome.options.objectives
    headers = [head("name", lang), head("move_from", lang), head("move_to", lang)]
    headers += [head("delta", lang, "num", name=_objective(outcome, n, lang)) for n in names]
    headers += [head("verdict", lang)]
    by_unit: dict[str, list[Move]] = {}
    for move in outcome.explanations.moves:
        by_unit.setdefault(move.unit, []).append(move)
    rows = []
    for unit, moves in by_unit.items():
        for n, move in enumerate(sorted(moves, key=lambda m: (bool(m.breaks), *m.delta.values()))):
            first = (
                Cell(outcome.units[unit].name, "name", rows=len(moves)),
                Cell(str(move.source + 1), rows=len(moves)),
            )
            deltas = [num(change(move.delta[n])) if n in move.delta else num("") for n in names]
            rows.append(
                (*(first if n == 0 else ()), Cell(str(move.target + 1)), *deltas, _verdict(move, lang))
            )
    return Table(tuple(headers), tuple(rows))


def _verdict(move: Move, lang: Lang) -> Cell:
    if move.is_allowed:
        return Cell(text("report.row.allowed").in_(lang), "good")
    mark = "；" if lang == "zh" else "; "
    return Cell(mark.join(b.text.in_(lang) for b in move.breaks), "note")


def compare_table(outcome: Outcome, lang: Lang) -> Table:
    """Return the plan, the reference partition and the alternatives side by side, one row each."""
    names = tuple(n for n in outcome.measures if n in outcome.options.objectives or n != "moment")
    balanced = tuple(outcome.districts[0].deviation) if outcome.districts else ()
    headers = [head("plan", lang)] + [Cell(_objective(outcome, n, lang), "num") for n in names]
    headers += [head("mean_km", lang, "num")] if "distance" in names else []
    headers += [head("band", lang, "num", weight=weight_label(w).in_(lang)) for w in balanced]
    headers += [head("gap", lang, "num"), head("different", lang, "num")]

    def row(
        words: str, measures: Mapping[str, float], districts: Sequence[District], gap: str, different: str
    ) -> tuple[Cell, ...]:
        cells = [Cell(words, "name"), *(num(amount(measures[n]) if n in measures else "") for n in names)]
        cells += [num(mean_km(outcome, measures, districts))] if "distance" in names else []
        cells += [num(span([d.deviation[w] for d in districts if w in d.deviation], lang)) for w in balanced]
        return (*cells, num(gap), num(different))

    rows = [
        row(
            text("report.row.plan").in_(lang),
            outcome.measures,
            outcome.districts,
            gap_words(outcome.solution.gap),
            "",
        )
    ]
    for number, other in enumerate(_found(outcome), start=1):
        words = text("report.row.alternative", number=number).in_(lang)
        different = ", ".join(str(n) for n in other.num_different)
        rows.append(row(words, other.measures, other.districts, gap_words(other.solution.gap), different))
    if reference := outcome.reference:
        words = text("report.row.reference", num=len(reference.districts)).in_(lang)
        rows.append(row(words, reference.measures, reference.districts, "", ""))
    return Table(tuple(headers), tuple(rows))


def mean_km(outcome: Outcome, measures: Mapping[str, float], districts: Iterable[District]) -> str:
    """Return the mean way to the seat in km per person (per unit of the weight that distance counts)."""
    total = sum(d.totals.get(outcome.options.distance_weight, 0) for d in districts)
    return f"{measures['distance'] / total:.2f}" if total and "distance" in measures else ""


def gap_words(gap: float | None) -> str:
    """Return a gap as a percentage; 0 only where it is nought."""
    if not gap:
        return "" if gap is None else "0"
    return "<0.0001%" if gap < 1e-6 else f"{gap:.4%}" if gap < 1e-4 else f"{gap:.2%}"


def _found(outcome: Outcome) -> tuple[Alternative, ...]:
    return tuple(a for a in outcome.alternatives if a.districts)


def span(deviations: Sequence[float], lang: Lang) -> str:
    """Return the lowest and the highest of some deviations."""
    if not deviations:
        return ""
    return text("report.row.span", low=percent(min(deviations)), high=percent(max(deviations))).in_(lang)


def _objective(outcome: Outcome, name: str, lang: Lang) -> str:
    unit = objective_unit(name, outcome.options.distance_weight, has_metres=outcome.certificate.has_metres)
    left, right = ("（", "）") if lang == "zh" else (" (", ")")
    return f"{objective_label(name).in_(lang)}{left}{unit.in_(lang)}{right}"


def finding_table(findings: Sequence[Finding], lang: Lang) -> Table:
    """Return rule-book findings with document, article and dates."""
    headers = (head("matter", lang), head("rule", lang), head("valid", lang))
    return Table(headers, tuple(_finding_row(f, lang) for f in findings))


def _finding_row(finding: Finding, lang: Lang) -> tuple[Cell, ...]:
    source = citation(finding)
    ground = f"{source.in_(lang)} [{finding.rule}]" if source else ""
    return Cell(finding.text.in_(lang)), Cell(ground, "note"), Cell(_dates(finding, lang), "note")


def _dates(finding: Finding, lang: Lang) -> str:
    rule = RULES.get(finding.rule)
    if rule is None or rule.valid_from is None:
        return ""
    begin = rule.valid_from.isoformat()
    if rule.valid_to is None:
        return text("report.row.since", begin=begin).in_(lang)
    return text("report.row.until", begin=begin, end=rule.valid_to.isoformat()).in_(lang)
