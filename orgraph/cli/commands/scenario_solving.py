"""`orgraph scenario run`, `edit`, `choose`: getting a plan, changing it by hand, taking up an earlier one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from orgraph.cli.answer import Answer
from orgraph.cli.commands.scenario_options import asked_by, changing, code_argument
from orgraph.cli.help import Command
from orgraph.cli.options import solver_options
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words

if TYPE_CHECKING:
    from orgraph.service.scenarios.editing import Edit
    from orgraph.service.scenarios.records import Scenario


def commands(words: Words) -> list[click.Command]:
    """Build the commands."""
    edits = [
        click.Option(["--move"], metavar="UNIT=SEAT", multiple=True, help=words("option.move")),
        click.Option(["--lock"], metavar="SEAT|UNIT,UNIT", multiple=True, help=words("option.lock")),
        click.Option(["--forbid"], metavar="UNIT=SEAT", multiple=True, help=words("option.forbid")),
    ]
    solving = [*changing(words), *solver_options(words)]
    plan = click.Argument(["plan"], metavar="PLAN")
    return [
        Command(words, "run", partial(run, words), [code_argument(), *solving], "scenario.run"),
        Command(words, "edit", partial(edit, words), [code_argument(), *edits, *solving], "scenario.edit"),
        Command(words, "choose", choose, [code_argument(), plan, *changing(words)], "scenario.choose"),
    ]


def run(
    words: Words,
    *,
    code: str,
    by: str,
    reason: str,
    revision: int | None,
    store: str | None,
    time_limit: float | None,
    seed: int,
    workers: int | None,
) -> Answer:
    """Solve a scenario."""
    return _run(words, code, (), by, reason, revision, store, time_limit, seed, workers)


def edit(
    words: Words,
    *,
    code: str,
    move: tuple[str, ...],
    lock: tuple[str, ...],
    forbid: tuple[str, ...],
    by: str,
    reason: str,
    revision: int | None,
    store: str | None,
    time_limit: float | None,
    seed: int,
    workers: int | None,
) -> Answer:
    """Repair the plan around hand edits."""
    from orgraph.service.scenarios.editing import Forbid, Move

    edits: list[Edit] = [Move(*_pair("--move", text)) for text in move]
    edits += [_lock(text) for text in lock]
    edits += [Forbid(*_pair("--forbid", text)) for text in forbid]
    if not edits:
        raise UsageFault("no_edit")
    return _run(words, code, tuple(edits), by, reason, revision, store, time_limit, seed, workers)


def choose(code: str, plan: str, by: str, reason: str, revision: int | None, store: str | None) -> Answer:
    """Make an earlier plan the plan again."""
    from orgraph.cli.stores import opened_to_change, run_async
    from orgraph.cli.views.scenario import changed_json, show_changed
    from orgraph.service.scenarios.solving import choose_plan

    async def work() -> Scenario:
        async with opened_to_change(store) as opened:
            return await choose_plan(opened, code, plan, asked_by(by, reason, revision))

    scenario = run_async(work())
    return Answer(changed_json(scenario), partial(show_changed, scenario=scenario))


def _run(
    words: Words,
    code: str,
    edits: tuple[Edit, ...],
    by: str,
    reason: str,
    revision: int | None,
    store: str | None,
    time_limit: float | None,
    seed: int,
    workers: int | None,
) -> Answer:
    from orgraph.cli.running import ended_answer, limits_of_run, run_to_end

    asked, limits = asked_by(by, reason, revision), limits_of_run(time_limit, workers)
    ended = run_to_end(
        words,
        store,
        lambda runs: runs.start(code, asked, limits=limits, seed=seed, edits=edits),
        asked,
    )
    return ended_answer(ended)


def _pair(option: str, text: str) -> tuple[str, str]:
    unit, equals, seat = (part.strip() for part in text.partition("="))
    if not (unit and equals and seat):
        raise UsageFault("not_a_pair", option=option, value=text)
    return unit, seat


def _lock(text: str) -> Edit:
    codes = tuple(part.strip() for part in text.split(",") if part.strip())
    if not codes:
        raise UsageFault("no_edit")
    from orgraph.service.scenarios.editing import Lock

    return Lock(units=codes) if len(codes) > 1 else Lock(seat=codes[0])
