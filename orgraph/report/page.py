"""The page: one self-contained HTML document of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import version

from jinja2 import Environment, PackageLoader, StrictUndefined

from orgraph.findings import Finding, Reason
from orgraph.graph import OrgGraph
from orgraph.messages import Lang, keys, text
from orgraph.planning.restructuring import Outcome, joined, objective_label, objective_unit, weight_label
from orgraph.report.drawing import Drawing, drawing_of
from orgraph.report.figures import amount
from orgraph.report.maps import Map, district_colours, map_of_districts, map_of_today
from orgraph.report.tables import (
    compare_table,
    district_table,
    finding_table,
    gap_words,
    is_suppressed,
    mean_km,
    move_table,
    span,
    unit_table,
)
from orgraph.schema import rule_in_force

CHECKLIST = (
    "application",
    "facts",
    "risk",
    "experts",
    "public",
    "maps",
    "consents",
    "party",
    "assets",
    "files",
)
MOST_NAMES = 30
"""So many units of one reason are named."""

IN_PAGE = frozenset({"facts", "maps"})


def render(outcome: Outcome, graph: OrgGraph, lang: Lang) -> str:
    """Return the page: HTML with its styles and maps inside, and no outside address; the caller writes it as UTF-8.

    ``graph`` is the graph that was planned with: its provenance names the area where the outcome has no name.
    """
    drawing = drawing_of(outcome.units.values())
    shades = district_colours(outcome, outcome.districts)
    found = bool(outcome.districts)

    def t(key: str, **values: object) -> str:
        return text(f"report.{key}", **values).in_(lang)

    return (
        _environment()
        .get_template("page.html")
        .render(
            lang=lang,
            t=t,
            outcome=outcome,
            name=outcome.name or str(graph.provenance.get("scope") or ""),
            version=version("orgraph"),
            has_plan=found,
            reasons=[(reason, _names(outcome, reason)) for reason in outcome.reasons],
            tiles=_tiles(outcome, lang),
            maps=_maps(outcome, drawing, lang),
            small_maps=_small_maps(outcome, drawing, lang),
            has_shapes=bool(drawing and drawing.has_shapes),
            legend=[
                (d, shade, outcome.units[d.seat].name)
                for d, shade in zip(outcome.districts, shades, strict=True)
            ],
            weight=weight_label(outcome.options.distance_weight).in_(lang),
            districts=district_table(outcome, shades, lang) if found else None,
            comparison=compare_table(outcome, lang)
            if found and (outcome.alternatives or outcome.reference)
            else None,
            ended=[a for a in outcome.alternatives if not a.districts],
            certificate=_certificate(outcome, lang),
            stages=_stages(outcome, lang),
            rule_findings=finding_table(_on_plan(outcome.findings), lang),
            input_findings=[f for f in outcome.findings if f.code not in _codes(_on_plan(outcome.findings))],
            checklist=_checklist(lang),
            checklist_note=_checklist_note(outcome, lang),
            units=unit_table(outcome, shades, lang) if found else None,
            has_small=any(is_suppressed(w, v) for u in outcome.units.values() for w, v in u.values.items()),
            moves=move_table(outcome, lang) if found else None,
            seat_objective=_seat_objective(outcome, lang),
            no_better_move=_has_no_better_move(outcome),
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("orgraph.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _names(outcome: Outcome, reason: Reason) -> str:
    """Return the names of the units that a reason tells by code."""
    units = (outcome.units[code] for code in reason.subject if code in outcome.units)
    return joined([f"{u.code} = {u.name}" for u in units if u.name != u.code], MOST_NAMES)


def _tiles(outcome: Outcome, lang: Lang) -> list[tuple[str, str]]:
    """Return the key figures as (figure, what it is)."""
    options = outcome.options
    tiles = [(f"{len(outcome.units)} → {options.k}", text("report.tile.units").in_(lang))]
    if not outcome.districts:
        return tiles
    for name, value in outcome.terms.items():
        unit = objective_unit(name, options.distance_weight, has_metres=outcome.certificate.has_metres)
        label = text("report.tile.objective", name=objective_label(name)).in_(lang)
        tiles.append((amount(value), f"{label} ({unit.in_(lang)})"))
    gaps = [stage.gap for stage in outcome.stages] or [outcome.solution.gap]
    known = [gap for gap in gaps if gap is not None]
    if len(known) == len(gaps):
        tiles.append((gap_words(max(known)), text("report.tile.gap").in_(lang)))
    if "distance" in outcome.measures:
        is_people = options.distance_weight == "population"
        key = "report.tile.mean_km" if is_people else "report.tile.mean_km_weighted"
        label = text(key, weight=weight_label(options.distance_weight)).in_(lang)
        tiles.append((mean_km(outcome, outcome.measures, outcome.districts), label))
    for weight in outcome.districts[0].deviation:
        shares = [d.deviation[weight] for d in outcome.districts]
        label = text("report.tile.band", weight=weight_label(weight)).in_(lang)
        tiles.append((span(shares, lang), label))
    return tiles


def _maps(outcome: Outcome, drawing: Drawing | None, lang: Lang) -> list[Map]:
    if drawing is None:
        return []
    marked = {code for reason in outcome.reasons for code in reason.subject}
    maps = [map_of_today(outcome, drawing, lang, marked)]
    if outcome.districts:
        title = text("report.map.plan")
        maps.append(map_of_districts(outcome, drawing, outcome.districts, title, lang))
    return maps


def _small_maps(outcome: Outcome, drawing: Drawing | None, lang: Lang) -> list[Map]:
    """Return maps of what stands beside the plan: alternatives and the reference partition."""
    if drawing is None or not outcome.districts:
        return []
    found = [a for a in outcome.alternatives if a.districts]
    small = [
        map_of_districts(
            outcome, drawing, a.districts, text("report.map.alternative", number=n), lang, has_seats=False
        )
        for n, a in enumerate(found, start=1)
    ]
    if reference := outcome.reference:
        title = text("report.map.reference", column=outcome.options.reference)
        small.append(map_of_districts(outcome, drawing, reference.districts, title, lang, has_seats=False))
    return small


def _certificate(outcome: Outcome, lang: Lang) -> list[tuple[str, str]]:
    """Return the certificate as (what, words), what is unknown left out."""
    found = outcome.certificate

    def t(key: str, **values: object) -> str:
        return text(f"report.{key}", **values).in_(lang)

    used = t(
        "certificate.limits_value", seconds=found.time_limit_s, workers=found.workers, used=found.seconds
    )
    scales = [t("certificate.scale_value", weight=weight_label(w), factor=f) for w, f in found.scale.items()]
    rows = {
        "status": f"{found.status.value} · {t(f'status.{found.status.value}')}",
        "objective": "" if found.objective is None else f"{found.objective:,.3f}",
        "bound": "" if found.bound is None else f"{found.bound:,.3f}",
        "gap": gap_words(found.gap),
        "check": t("row.checked" if found.is_checked else "row.not_checked"),
        "scale": ", ".join(scales),
        "engine": found.engine,
        "proof": _proof(found.proof, lang),
        "seed": str(found.seed),
        "limits": used,
        "digest": found.digest,
        "asked": ("；" if lang == "zh" else "; ").join(_asked(outcome, lang)),
    }
    return [(t(f"certificate.{name}"), words) for name, words in rows.items() if words]


def _stages(outcome: Outcome, lang: Lang) -> list[str]:
    """Return one line per objective of a lexicographic plan: value, proven bound, gap."""
    lines = []
    for stage in outcome.stages:
        bound = "" if stage.bound is None else f" ≥ {stage.bound:,.3f}"
        gap = f" · {text('report.certificate.gap').in_(lang)} {gap_words(stage.gap)}"
        name = f"{objective_label(stage.name).in_(lang)}: {stage.objective:,.3f}"
        lines.append(name + bound + (gap if stage.gap is not None else ""))
    return lines


def _proof(words: str, lang: Lang) -> str:
    key = f"report.proof.{words.replace(' ', '_')}"
    return text(key).in_(lang) if key in keys("en") else words


def _asked(outcome: Outcome, lang: Lang) -> Iterable[str]:
    options = outcome.options

    def t(key: str, **values: object) -> str:
        return text(f"report.certificate.{key}", **values).in_(lang)

    yield t("k", k=options.k)
    for weight, band in options.balance.items():
        if band == "reference":
            yield t("band_reference", weight=weight_label(weight))
        else:
            yield t("band", weight=weight_label(weight), low=float(band.low), high=float(band.high))
    for weight, least in options.minimum.items():
        yield t("minimum", weight=weight_label(weight), amount=float(least))
    names = (objective_label(name).in_(lang) for name in options.objectives)
    yield t("objectives", names=("、" if lang == "zh" else ", ").join(names))
    counts = {
        "seats": options.seats or (),
        "together": options.together,
        "apart": options.apart,
        "fixed": options.fixed,
        "refuse": options.refuse,
        "extra_edges": options.extra_edges,
    }
    yield from (t(name, num=len(of)) for name, of in counts.items() if of)


def _on_plan(findings: Iterable[Finding]) -> list[Finding]:
    return [f for f in findings if f.code.startswith("planning.rule_")]


def _codes(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset(f.code for f in findings)


def _checklist(lang: Lang) -> list[tuple[str, str]]:
    """Return the papers of a submission, and where this page already gives one."""
    here = text("report.checklist.in_page").in_(lang)
    return [(text(f"report.check_item.{i}").in_(lang), here if i in IN_PAGE else "") for i in CHECKLIST]


def _checklist_note(outcome: Outcome, lang: Lang) -> str:
    rule = rule_in_force("R36", outcome.options.date)
    if rule is None:
        return ""
    return text("report.checklist.note", document=rule.document, article=rule.article).in_(lang)


def _seat_objective(outcome: Outcome, lang: Lang) -> str:
    named = [n for n in outcome.options.objectives if n in ("distance", "moment")]
    return objective_label(named[0] if named else "distance").in_(lang)


def _has_no_better_move(outcome: Outcome) -> bool:
    first = [next(iter(m.delta.values())) for m in outcome.explanations.moves if m.is_allowed and m.delta]
    return bool(outcome.explanations.moves) and all(delta > -1e-6 for delta in first)
