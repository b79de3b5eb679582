"""`orgraph bench FAMILY [PATH...]`: solve published or generated instances, check them, and show objective, bound and the published best."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orgraph.cli.answer import Answer, ExitCode
from orgraph.cli.files import Target, reserved
from orgraph.cli.help import Command
from orgraph.cli.json_text import json_text
from orgraph.cli.options import path_option, solver_options
from orgraph.cli.screen import Screen
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words
from orgraph.findings import Json
from orgraph.settings import read_settings

if TYPE_CHECKING:
    from orgraph.benchmark import Measured
    from orgraph.benchmark.collecting import AnyCase, AnyFamily
    from orgraph.solver import Limits, OnProgress


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [
        click.Argument(["family"], metavar="FAMILY"),
        click.Argument(["paths"], metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path)),
        path_option(words, "--config", "FILE"),
        click.Option(["--case", "names"], metavar="NAME", multiple=True, help=words("option.case")),
        *solver_options(words),
        path_option(words, "--out", "bench.json"),
    ]
    return Command(words, "bench", partial(run, words), params)


def run(
    words: Words,
    *,
    family: str,
    paths: tuple[Path, ...],
    config: Path | None,
    names: tuple[str, ...],
    time_limit: float | None,
    seed: int,
    workers: int | None,
    out: Path | None,
) -> Answer:
    """Read all instances, then solve one after the other; write and show what was measured, also after an interrupt."""
    from orgraph.benchmark import draw
    from orgraph.cli.solving import limits_of
    from orgraph.cli.views.bench import show_bench

    solver = _family(family)
    _check_arguments(paths, names, config, out)
    picture = None if out is None else out.with_suffix(".svg")
    with reserved(out) as out_target, reserved(picture) as chart_target:
        cases = _cases(solver, paths, config, names, seed)
        measured = _measure_all(words, solver, cases, limits_of(read_settings(), time_limit, workers), seed)
        answers: list[Json] = [each.to_json() for each in measured]
        _write(out_target, lambda: json_text(answers))
        _write(chart_target, lambda: draw(measured, words.lang))

    def show(screen: Screen) -> None:
        show_bench(screen, measured)
        for path in (out, picture):
            if path is not None:
                screen.line(words("plan.written", path=path))

    return Answer(answers, show, _exit_code(measured))


def _family(name: str) -> AnyFamily:
    from orgraph.benchmark import FAMILIES, family

    if name not in FAMILIES:
        raise UsageFault("no_family", name=name, known=", ".join(FAMILIES))
    return family(name)


def _check_arguments(
    paths: tuple[Path, ...], names: tuple[str, ...], config: Path | None, out: Path | None
) -> None:
    if paths and names:
        raise UsageFault("paths_and_cases")
    inputs = {path.resolve() for path in (*paths, config) if path is not None}
    if out is not None and inputs & {out.resolve(), out.with_suffix(".svg").resolve()}:
        raise UsageFault("overwrites_input", path=out)
    if out is not None and out.suffix == ".svg":
        raise UsageFault("out_is_picture", path=out)


def _cases(
    solver: AnyFamily, paths: tuple[Path, ...], config: Path | None, names: tuple[str, ...], seed: int
) -> list[AnyCase]:
    from orgraph.benchmark import cases_of_files, generated_cases

    if paths:
        return cases_of_files(solver, paths, config)
    return generated_cases(solver, names, seed)


def _measure_all(
    words: Words, solver: AnyFamily, cases: list[AnyCase], limits: Limits, seed: int
) -> list[Measured]:
    """Return what was measured, up to an interrupt; every instance has the whole time limit."""
    from orgraph.benchmark import measure
    from orgraph.cli.solving import solve_interruptibly
    from orgraph.cli.views.bench import finished_line

    solver.warm_up()
    measured: list[Measured] = []
    for number, case in enumerate(cases, start=1):
        if limits.stop.is_set():
            break

        async def work(on_progress: OnProgress | None, case: AnyCase = case) -> Measured:
            return await asyncio.to_thread(measure, solver, case, replace(limits), seed, on_progress)

        measured.append(solve_interruptibly(words, limits, work))
        click.echo(finished_line(words, measured[-1], number, len(cases)), err=True)
    return measured


def _write(target: Target | None, content: Callable[[], str]) -> None:
    if target is not None:
        target.write(content())


def _exit_code(measured: list[Measured]) -> ExitCode:
    """Return the worst of the instances: a checker that disagrees, no plan, proven that there is none."""
    from orgraph.cli.solving import exit_code

    codes = [exit_code(each.solution.status, has_plan=each.solution.plan is not None) for each in measured]
    if any(each.solution.plan is not None and not each.is_checked for each in measured):
        return ExitCode.FAILED
    return max(codes, default=ExitCode.NO_PLAN)
