"""Measured instances on the screen: one row each."""

from __future__ import annotations

from collections.abc import Sequence

from orgraph.benchmark import Measured
from orgraph.cli.screen import Column, Screen
from orgraph.cli.words import Words

DIGITS = 3
SIGNIFICANT = 9


def show_bench(screen: Screen, measured: Sequence[Measured]) -> None:
    """Write the table; say what is generated and what the checker did not confirm."""
    words = screen.words
    if any(each.case.is_synthetic for each in measured):
        screen.line(words("bench.synthetic"))
    columns = [
        Column(words("bench.instance")),
        Column(words("bench.status")),
        *(Column(words(f"bench.{key}"), is_number=True) for key in _NUMBERS),
        Column(words("bench.checked")),
    ]
    screen.table(columns, [_row(words, each) for each in measured])
    for each in measured:
        for reason in each.solution.reasons:
            screen.line(f"{each.case.name}{words('colon')}{words.pick(reason.text)}", indent=1)


_NUMBERS = ("objective", "bound", "gap", "published", "distance", "seconds_to_best", "seconds")


def _row(words: Words, measured: Measured) -> list[str]:
    solution = measured.solution
    checked = "-" if solution.plan is None else words("bench.yes" if measured.is_checked else "bench.no")
    return [
        measured.case.name,
        words(f"plan.short.{solution.status.value}"),
        _amount(solution.objective),
        _amount(solution.bound),
        words.share(solution.gap, DIGITS),
        _amount(measured.published_best),
        words.share(measured.distance_to_published, DIGITS, signed=True),
        words.seconds(measured.seconds_to_best),
        words.seconds(measured.seconds),
        checked,
    ]


def finished_line(words: Words, measured: Measured, number: int, total: int) -> str:
    """Return one line about an instance that has been solved."""
    solution = measured.solution
    return words(
        "bench.finished",
        number=number,
        total=total,
        instance=measured.case.name,
        status=words(f"plan.short.{solution.status.value}"),
        objective=_amount(solution.objective),
        bound=_amount(solution.bound),
        gap=words.share(solution.gap, DIGITS),
        seconds=words.seconds(measured.seconds),
    )


def _amount(value: float | None) -> str:
    """Write a value of any size: objectives reach from thousandths to billions."""
    return "-" if value is None else f"{value:,.{SIGNIFICANT}g}"
