"""Runs on the screen and as JSON: how one ended, with its plan, and a list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orgraph.cli.screen import Column, Screen
from orgraph.cli.views.scenario import minute, scenario_json
from orgraph.cli.views.scenario_plan import plan_json, show_districts, show_prices, show_proof
from orgraph.cli.words import Words
from orgraph.findings import Json
from orgraph.messages import Text
from orgraph.service.runs.records import RunRecord, RunStatus
from orgraph.service.scenarios.plans import PlanRecord
from orgraph.service.scenarios.records import Scenario


@dataclass(frozen=True)
class RunAnswer:
    """A run, its scenario, the plan that it found, and the names of the units in it."""

    run: RunRecord
    scenario: Scenario
    plan: PlanRecord | None
    names: Mapping[str, str]


def run_json(run: RunRecord) -> dict[str, Json]:
    """Return a run as JSON. ``remark`` tells why its plan did not become the plan of the scenario."""
    return {
        "code": run.code,
        "scenario": run.scenario_code,
        "status": run.status.value,
        "solution": run.solution_status or None,
        "attempt": run.attempt,
        "seed": run.seed,
        "time_limit_s": run.limits.time_s,
        "workers": run.limits.workers,
        "memory_limit_mib": run.limits.memory_mib,
        "queued_at": run.queued_at,
        "queued_by": run.queued_by,
        "started_at": run.started_at or None,
        "ended_at": run.ended_at or None,
        "seconds": run.seconds,
        "objective": run.objective,
        "bound": run.bound,
        "gap": run.gap,
        "plan": run.plan_code or None,
        "is_current": run.is_current,
        "remark": _both(run.remark),
        "prices": [dict(price) for price in run.prices],
        "error": {"code": run.error_code, "text": _both(run.error)} if run.error_code else None,
    }


def run_answer_json(answer: RunAnswer) -> dict[str, Json]:
    """Return a run with its scenario and its plan."""
    return {
        "run": run_json(answer.run),
        "scenario": scenario_json(answer.scenario),
        "plan": plan_json(answer.plan) if answer.plan else None,
    }


def show_run_answer(screen: Screen, answer: RunAnswer) -> None:
    """Write how a run ended, and the plan that it found."""
    words, run = screen.words, answer.run
    show_run(screen, run)
    if answer.plan is None:
        return
    screen.line()
    show_proof(screen, answer.plan, answer.scenario)
    if answer.plan.districts:
        screen.heading(words("scenario.plan_title", code=answer.plan.code))
        show_districts(screen, answer.plan, answer.names)
    show_prices(screen, run.prices)
    if run.is_current:
        screen.line()
        screen.line(words("run.is_plan", scenario=answer.scenario.code, revision=answer.scenario.revision))


def show_run(screen: Screen, run: RunRecord) -> None:
    """Write one run."""
    words = screen.words
    screen.line(
        words(
            "run.ended" if run.status.is_ended else "run.goes_on",
            code=run.code,
            scenario=run.scenario_code,
            status=words(f"run.status.{run.status.value}"),
            seconds=words.seconds(run.seconds),
            attempt=run.attempt,
        )
    )
    if run.remark is not None:
        screen.line(words.pick(run.remark))
    if run.error is not None:
        screen.line(words.pick(run.error))
    if run.status is RunStatus.QUEUED:
        screen.line(words("run.queued_next", code=run.code))


def show_runs(screen: Screen, runs: Sequence[RunRecord]) -> None:
    """Write one row per run."""
    words = screen.words
    if not runs:
        screen.line(words("run.none"))
        return
    columns = [
        *(Column(words(f"run.{key}")) for key in ("code", "scenario", "state", "solution")),
        *(Column(words(f"run.{key}"), is_number=True) for key in ("objective", "bound", "gap", "time")),
        Column(words("run.queued")),
    ]
    screen.table(columns, [_row(words, run) for run in runs])


def _row(words: Words, run: RunRecord) -> list[str]:
    solution = run.solution_status
    return [
        run.code,
        run.scenario_code,
        words(f"run.status.{run.status.value}"),
        words(f"plan.short.{solution}") if solution else "-",
        words.number(run.objective, 1),
        words.number(run.bound, 1),
        words.share(run.gap, 2),
        words.seconds(run.seconds),
        words("in_brackets", text=minute(run.queued_at), more=run.queued_by or "-"),
    ]


def _both(both: Text | None) -> Json:
    return dict(both.to_json()) if both else None
