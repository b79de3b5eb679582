"""The demonstration on the screen: what it is, what was published, the plan, and what to try next."""

from __future__ import annotations

from dataclasses import dataclass

from orgraph.cli.screen import Column, Screen
from orgraph.cli.views.plan import show_plan
from orgraph.cli.words import Words
from orgraph.datasets import Figure
from orgraph.findings import Json
from orgraph.planning.restructuring import objective_label, objective_unit
from orgraph.service.demo import Demo
from orgraph.service.published import CONTRADICTED


@dataclass(frozen=True, slots=True)
class Shown:
    """A demonstration, where its store is kept (empty when it is gone), and how long all of it took."""

    demo: Demo
    kept: str
    seconds: float

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {**self.demo.to_json(), "store": self.kept or None, "seconds": round(self.seconds, 3)}


def show_demo(screen: Screen, shown: Shown) -> None:
    """Write everything."""
    words, demo = screen.words, shown.demo
    screen.line(words.pick(demo.dataset.title))
    for note in demo.dataset.notes:
        screen.line(words.pick(note), indent=1)
    screen.line(words("demo.source", attribution=words.pick(demo.dataset.attribution)))
    screen.line(_steps(words, shown))
    screen.line()
    show_plan(screen, demo.outcome, all_findings=False)
    _show_optima(screen, demo)
    _show_published(screen, demo)
    _show_end(screen, shown)


def _steps(words: Words, shown: Shown) -> str:
    done = shown.demo.imported
    num_nodes = sum(done.num_new.values()) + sum(done.num_existing.values())
    return words(
        "demo.steps",
        num_nodes=words.number(num_nodes),
        num_relationships=words.number(done.num_relationships),
        store=shown.kept or words("demo.temporary"),
    )


def _show_optima(screen: Screen, demo: Demo) -> None:
    """Write the optimum of each compared objective beside the value of the reference partition."""
    words, outcome = screen.words, demo.outcome
    if not demo.optima or outcome.reference is None:
        return
    screen.heading(words("demo.optima"))
    columns = [
        Column(words("demo.measure")),
        Column(words("demo.reference"), is_number=True),
        Column(words("demo.optimum"), is_number=True),
        Column(words("demo.status")),
    ]
    rows = []
    for name, solution in demo.optima.items():
        unit = objective_unit(
            name, outcome.options.distance_weight, has_metres=outcome.certificate.has_metres
        )
        label = f"{words.label(objective_label(name))} ({words.pick(unit)})"
        values = (outcome.reference.measures.get(name), solution.objective)
        status = words(f"plan.short.{solution.status.value}")
        rows.append([label, *(words.number(value, 1) for value in values), status])
    screen.table(columns, rows)


def _show_published(screen: Screen, demo: Demo) -> None:
    """Write the figures that can be counted here, and those that contradict others; the rest is in the JSON."""
    words, own = screen.words, demo.own_figures
    told = {name: f for name, f in demo.dataset.published.items() if name in own or name in CONTRADICTED}
    if not told:
        return
    screen.heading(words("demo.published"))
    columns = [
        Column(words("demo.figure")),
        Column(words("demo.published_value"), is_number=True),
        Column(words("demo.own_value"), is_number=True),
    ]
    screen.table(columns, [_figure(words, figure, own.get(name)) for name, figure in told.items()])
    screen.items([_remark(words, figure) for figure in told.values() if figure.note is not None])
    num_rest = len(demo.dataset.published) - len(told)
    if num_rest:
        screen.line(words("demo.rest", num=num_rest), indent=1)


def _figure(words: Words, figure: Figure, own: float | None) -> list[str]:
    is_share = figure.unit == "share"
    values = (_value(words, value, is_share=is_share) for value in (figure.value, own))
    return [words.label(figure.text), *values]


def _remark(words: Words, figure: Figure) -> str:
    assert figure.note is not None
    return f"{words.label(figure.text)}{words('colon')}{words.pick(figure.note)}"


def _value(words: Words, value: Json, *, is_share: bool = False) -> str:
    if value is None:
        return ""
    if is_share and isinstance(value, float):
        return words.share(value)
    if isinstance(value, list):
        return " / ".join(_value(words, item) for item in value)
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _show_end(screen: Screen, shown: Shown) -> None:
    words, demo = screen.words, shown.demo
    screen.line()
    plan_seconds = f"{demo.outcome.certificate.seconds:.1f}"
    screen.line(words("demo.total_seconds", seconds=f"{shown.seconds:.1f}", plan_seconds=plan_seconds))
    if shown.kept:
        screen.line(words("demo.kept", url=shown.kept))
    screen.heading(words("demo.next"))
    name = demo.dataset.name
    if shown.kept:
        looked_up = words("demo.next_coverage", code=demo.scope, url=shown.kept)
    else:
        looked_up = words("demo.next_keep", name=name)
    screen.items([looked_up, words("demo.next_own"), words("demo.next_help")])


def queries(scope: str) -> tuple[tuple[str, str], ...]:
    """Return three queries on a unit to start with: catalogue key of what each asks, and its text."""
    return (
        (
            "query_coverage",
            f'{{ coverage(unitCode: "{scope}") {{ rows {{ unit {{ code name }} depth '
            "shares { measure covered total rate } } } }",
        ),
        (
            "query_villages",
            f'{{ units(within: "{scope}", first: 5, where: {{ level: {{ eq: village }} }}, '
            "orderBy: [{ field: POPULATION, direction: DESC }]) "
            "{ totalCount nodes { code name population households members } } }",
        ),
        (
            "query_neighbours",
            f'{{ units(within: "{scope}", first: 3, where: {{ level: {{ eq: village }} }}) '
            "{ nodes { name adjacent(first: 10) { nodes { name population } } "
            "organizations { nodes { name kind members } } } } }",
        ),
    )


def show_queries(screen: Screen, scope: str) -> None:
    """Write queries to paste into GraphiQL."""
    words = screen.words
    screen.heading(words("demo.paste"))
    for key, query in queries(scope):
        screen.line(f"# {words(f'demo.{key}')}", indent=1)
        screen.line(query, indent=1)
