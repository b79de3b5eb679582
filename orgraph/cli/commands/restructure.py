"""`orgraph plan restructure`: villages into new villages, straight from files, no store."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orgraph.cli.answer import Answer
from orgraph.cli.files import Target, reserved
from orgraph.cli.help import Command
from orgraph.cli.json_text import json_text
from orgraph.cli.options import path_option, planning_flags, planning_options, solver_options
from orgraph.cli.screen import Screen
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words
from orgraph.settings import read_settings

if TYPE_CHECKING:
    from orgraph.graph import OrgGraph
    from orgraph.planning.restructuring import Outcome


def command(words: Words) -> click.Command:
    """Build the command."""
    files = [path_option(words, f"--{name}", "FILE") for name in ("units", "edges", "geometry", "config")]
    results = [path_option(words, "--out", "plan.json"), path_option(words, "--report", "plan.html")]
    params = [*files, *planning_options(words), *solver_options(words), *results]
    return Command(words, "restructure", partial(run, words), params)


def run(
    words: Words,
    *,
    units: Path | None,
    edges: Path | None,
    geometry: Path | None,
    config: Path | None,
    k: int | None,
    balance: tuple[str, ...],
    objective: tuple[str, ...],
    date: str | None,
    alternatives: int | None,
    differ: str | None,
    time_limit: float | None,
    seed: int,
    workers: int | None,
    out: Path | None,
    report: Path | None,
) -> Answer:
    """Read, plan, write what was asked for, answer."""
    inputs = {"units": units, "edges": edges, "geometry": geometry}
    given = {kind: path for kind, path in inputs.items() if path is not None}
    _check_paths(given, config, out, report)
    flags = planning_flags(k, balance, objective, date, alternatives, differ)
    settings = read_settings()
    with reserved(out) as out_target, reserved(report) as report_target:
        from orgraph.cli.plan_input import read_input
        from orgraph.cli.solving import exit_code, limits_of, solve_interruptibly
        from orgraph.cli.views.plan import show_plan
        from orgraph.service.restructuring import plan_graph

        asked = read_input(given, config, flags)
        limits = limits_of(settings, time_limit, workers)
        planned = solve_interruptibly(
            words,
            limits,
            lambda on_progress: plan_graph(
                asked.graph, asked.options, limits=limits, seed=seed, on_progress=on_progress, name=asked.name
            ),
        )
        outcome = asked.with_warnings(planned.outcome)
        written = _write(words, outcome, asked.graph, out_target, report_target)

    def show(screen: Screen) -> None:
        show_plan(screen, outcome)
        for path in written:
            screen.line(words("plan.written", path=path))

    return Answer(outcome.to_json(), show, exit_code(outcome.status, has_plan=bool(outcome.districts)))


def _write(
    words: Words, outcome: Outcome, graph: OrgGraph, out: Target | None, report: Target | None
) -> list[Path]:
    if out is not None:
        out.write(json_text(outcome.to_json()))
    if report is not None:
        from orgraph.report import render

        report.write(render(outcome, graph, words.lang))
    return [target.path for target in (out, report) if target is not None]


def _check_paths(
    given: Mapping[str, Path], config: Path | None, out: Path | None, report: Path | None
) -> None:
    """Refuse a command without units, and outputs that would overwrite an input or each other."""
    if "units" not in given and "geometry" not in given:
        raise UsageFault("no_units")
    inputs = {path.resolve() for path in (*given.values(), config) if path is not None}
    outputs = [path.resolve() for path in (out, report) if path is not None]
    for path in outputs:
        if path in inputs:
            raise UsageFault("overwrites_input", path=path)
    if len(set(outputs)) < len(outputs):
        raise UsageFault("same_output", path=outputs[0])
