"""A plan on the screen: status, new units, certificate, reasons, findings, explanations, alternatives."""

from __future__ import annotations

from dataclasses import replace

from orgraph.cli.screen import Column, Screen
from orgraph.cli.views.findings import show_findings
from orgraph.cli.words import Words
from orgraph.findings import Reason
from orgraph.messages import label, text
from orgraph.planning.restructuring import Alternative, District, Outcome
from orgraph.planning.restructuring.labels import objective_label, objective_unit, weight_label
from orgraph.solver import Stage, Status

_MOST_FINDINGS = 6
_MOST_NOTES = 2


def show_plan(screen: Screen, outcome: Outcome, *, all_findings: bool = True) -> None:
    """Write everything that a planner wants to see first; ``all_findings`` false shows the first and the number of the rest."""
    words = screen.words
    if outcome.certificate.is_synthetic:
        screen.line(words("synthetic"))
    screen.line(words(f"plan.status.{outcome.status.value}"))
    if outcome.districts:
        screen.heading(words("plan.districts"))
        show_districts(screen, outcome)
    _show_refused(screen, outcome)
    screen.heading(words("plan.certificate"))
    screen.pairs(certificate_rows(words, outcome))
    _show_reasons(screen, outcome)
    if outcome.findings:
        screen.heading(words("plan.findings"))
        show_findings(screen, outcome.findings, limit=None if all_findings else _MOST_FINDINGS)
    show_explanations(screen, outcome)
    _show_alternatives(screen, outcome)
    _show_reference(screen, outcome)


def show_districts(screen: Screen, outcome: Outcome) -> None:
    """Write one row per new unit: seat, number of units, totals with deviations, form of organization."""
    words = screen.words
    weights = _weights_shown(outcome)
    balanced = outcome.districts[0].deviation
    columns = [
        Column(words("plan.number"), is_number=True),
        Column(words("plan.seat")),
        Column(words("plan.units"), is_number=True),
    ]
    for name in weights:
        columns.append(Column(words.label(weight_label(name)), is_number=True))
        if name in balanced:
            columns.append(Column(words("plan.deviation"), is_number=True))
    has_forms = any(district.organization for district in outcome.districts)
    if has_forms:
        columns.append(Column(words("plan.organization")))
    rows = [_district_row(words, outcome, d, weights, has_forms) for d in outcome.districts]
    screen.table(columns, rows)


def _weights_shown(outcome: Outcome) -> list[str]:
    """Return the weights that the plan was judged by, and the party members; the others are in the JSON and on the page."""
    options = outcome.options
    asked = {options.distance_weight, *options.balance, *options.minimum, "members"}
    return [name for name in outcome.districts[0].totals if name in asked]


def _district_row(
    words: Words, outcome: Outcome, district: District, weights: list[str], has_forms: bool
) -> list[str]:
    seat = outcome.units[district.seat].name if district.seat else "-"
    cells = [str(district.number), seat, words.number(len(district.members))]
    for name in weights:
        cells.append(words.number(district.totals[name], 1))
        if name in district.deviation:
            cells.append(words.share(district.deviation[name], signed=True))
    if has_forms:
        form = district.organization
        cells.append(words.label(text(f"planning.organization.{form}")) if form else "-")
    return cells


def certificate_rows(words: Words, outcome: Outcome) -> list[tuple[str, str]]:
    """Return what proves the plan, as names and values."""
    certificate = outcome.certificate
    stages = outcome.stages or _only_stage(outcome)
    short = words(f"plan.short.{outcome.status.value}")
    rows = [(words("plan.status_name"), words("in_brackets", text=outcome.status.value, more=short))]
    rows += [(words.label(objective_label(stage.name)), _stage(words, outcome, stage)) for stage in stages]
    rows.append(
        (words("plan.check"), words("plan.checked" if certificate.is_checked else "plan.not_checked"))
    )
    proof = words.pick(label("cli.proof", certificate.proof.replace(" ", "_")))
    rows.append((words("plan.engine"), words("plan.engine_value", engine=certificate.engine, proof=proof)))
    rows.append((words("plan.seconds"), words.seconds(certificate.seconds)))
    seed = words("plan.seed_value", seed=certificate.seed, workers=certificate.workers)
    rows.append((words("plan.seed"), seed))
    return rows


def _only_stage(outcome: Outcome) -> tuple[Stage, ...]:
    if outcome.solution.objective is None:
        return ()
    name = outcome.options.objectives[0]
    return (Stage(name, outcome.solution.objective, outcome.solution.bound),)


def _stage(words: Words, outcome: Outcome, stage: Stage) -> str:
    certificate = outcome.certificate
    unit = objective_unit(stage.name, outcome.options.distance_weight, has_metres=certificate.has_metres)
    return words(
        "plan.stage",
        objective=words.number(stage.objective, 1),
        unit=words.pick(unit),
        bound=words.number(stage.bound, 1),
        gap=words.share(stage.gap, 4) if stage.gap else words.share(stage.gap, 0),
    )


def _show_refused(screen: Screen, outcome: Outcome) -> None:
    if outcome.refused:
        names = screen.words.join([outcome.units[code].name for code in outcome.refused])
        screen.line(screen.words("plan.refused", names=names))


def _show_reasons(screen: Screen, outcome: Outcome) -> None:
    if outcome.status is not Status.INFEASIBLE:
        return
    words = screen.words
    screen.heading(words("plan.reasons"))
    screen.items([words.pick(_named(reason, outcome).text) for reason in outcome.reasons])
    if all(reason.is_proven_minimal for reason in outcome.reasons):
        screen.line(words("plan.irreducible"), indent=1)
    else:
        screen.line(words("plan.not_proven_minimal"), indent=1)


def _named(reason: Reason, outcome: Outcome) -> Reason:
    """Return the reason with the names of units beside their codes."""
    names = {code: unit.name for code, unit in outcome.units.items() if unit.name != code}
    return replace(reason, subject=tuple(f"{names[c]} ({c})" if c in names else c for c in reason.subject))


def show_explanations(screen: Screen, outcome: Outcome) -> None:
    """Write a sample: two seats, the dearest wishes not met, what is tight, the cheapest change; then how many more there are."""
    if not outcome.districts:
        return
    words = screen.words
    told = outcome.explanations
    # How far each new village is from the mean stands in the table already.
    wishes = [note for note in told.wishes if note.kind != "off_target"]
    notes = (*told.seats[:_MOST_NOTES], *wishes[:_MOST_NOTES], *told.binding)
    screen.heading(words("plan.explanations"))
    screen.items([words.pick(note.text) for note in notes])
    screen.items(_cheapest_move(words, outcome))
    num_rest = len(told.seats) + len(told.wishes) + len(told.binding) + len(told.moves) - len(notes)
    screen.line(words("findings.rest", num=words.number(num_rest)), indent=1)


def _cheapest_move(words: Words, outcome: Outcome) -> list[str]:
    """Tell what the cheapest allowed change of one unit would cost."""
    name = outcome.options.objectives[0]
    allowed = [move for move in outcome.explanations.moves if move.is_allowed and name in move.delta]
    if not allowed:
        return [words("plan.no_move")] if outcome.explanations.moves else []
    move = min(allowed, key=lambda m: m.delta[name])
    unit = objective_unit(name, outcome.options.distance_weight, has_metres=outcome.certificate.has_metres)
    delta = float(move.delta[name])
    return [
        words(
            "plan.move" if delta >= 0 else "plan.move_saves",
            unit=outcome.units[move.unit].name,
            source=outcome.districts[move.source].number,
            target=outcome.districts[move.target].number,
            delta=words.number(abs(delta), 1),
            measure=words.pick(unit),
        )
    ]


def _show_alternatives(screen: Screen, outcome: Outcome) -> None:
    if not outcome.alternatives:
        return
    words = screen.words
    screen.heading(words("plan.alternatives"))
    screen.items([_alternative(words, i, a) for i, a in enumerate(outcome.alternatives, start=1)])


def _alternative(words: Words, number: int, alternative: Alternative) -> str:
    solution = alternative.solution
    if solution.plan is None:
        return words(
            "plan.no_alternative", number=number, status=words(f"plan.short.{solution.status.value}")
        )
    return words(
        "plan.alternative",
        number=number,
        num_different=alternative.num_different[0],
        objective=words.number(solution.objective, 1),
        bound=words.number(solution.bound, 1),
        status=words(f"plan.short.{solution.status.value}"),
    )


def _show_reference(screen: Screen, outcome: Outcome) -> None:
    judged = outcome.reference
    if judged is None:
        return
    words = screen.words
    screen.heading(words("plan.reference", num=len(judged.districts)))
    terms = [
        (words.label(objective_label(name)), _measured(words, outcome, name, value))
        for name, value in judged.measures.items()
        if name != "change"  # it is what change is counted from
    ]
    bands = [
        (words("plan.band", weight=words.pick(weight_label(name))), _range(words, band))
        for name, band in judged.band.items()
    ]
    screen.pairs([*terms, *bands])


def _measured(words: Words, outcome: Outcome, name: str, value: float) -> str:
    """Return a value with its unit, and how the plan compares."""
    unit = objective_unit(name, outcome.options.distance_weight, has_metres=outcome.certificate.has_metres)
    own = outcome.measures.get(name)
    key = "plan.measured" if own is None else "plan.measured_beside"
    return words(key, value=words.number(value, 1), unit=words.pick(unit), own=words.number(own, 1))


def _range(words: Words, band: tuple[float, float]) -> str:
    return " / ".join(words.share(share, signed=True) for share in band)
