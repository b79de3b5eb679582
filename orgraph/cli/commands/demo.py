"""`orgraph demo [NAME]`: a built-in scenario, loaded into a store, planned from there, and shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

import click

from orgraph.cli.answer import Answer
from orgraph.cli.help import Command
from orgraph.cli.options import port_option, solver_options, store_option
from orgraph.cli.screen import Screen
from orgraph.cli.usage import UsageFault, nearest
from orgraph.cli.words import Words
from orgraph.settings import file_url, read_settings

if TYPE_CHECKING:
    from orgraph.cli.views.demo import Shown
    from orgraph.solver import OnProgress

LOOPBACK = "127.0.0.1"


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [
        click.Argument(["name"], metavar="[NAME]", default="yihe"),
        store_option(words),
        click.Option(["--keep"], is_flag=True, help=words("option.keep")),
        click.Option(["--serve"], is_flag=True, help=words("option.serve")),
        port_option(words),
        *solver_options(words),
    ]
    return Command(words, "demo", partial(run, words), params)


def run(
    words: Words,
    *,
    name: str,
    store: str | None,
    keep: bool,
    serve: bool,
    port: int,
    time_limit: float | None,
    seed: int,
    workers: int | None,
) -> Answer:
    """Load, plan, show."""
    from orgraph import datasets

    if name not in datasets.names():
        known = list(datasets.names())
        raise UsageFault("no_dataset", name=name, hint=nearest(name, known), choices=known)
    started = monotonic()
    settings = read_settings()
    with _place(store, settings.data_dir / f"demo-{name}.db" if keep else None) as (url, is_temporary):
        from orgraph.cli.solving import exit_code, limits_of, solve_interruptibly
        from orgraph.cli.stores import opened_to_write, shown_url
        from orgraph.cli.views.demo import Shown, show_demo
        from orgraph.service.demo import Demo, demonstrate

        limits = limits_of(settings, time_limit, workers)

        async def work(on_progress: OnProgress | None) -> Demo:
            async with opened_to_write(url) as found:
                return await demonstrate(
                    found, datasets.load(name), limits=limits, seed=seed, on_progress=on_progress
                )

        demo = solve_interruptibly(words, limits, work)
        kept = "" if is_temporary else shown_url(url)
        shown = Shown(demo, kept, monotonic() - started)
        if serve:
            return _served(words, shown, url, port)
    status = demo.outcome.status
    return Answer(
        shown.to_json(),
        lambda screen: show_demo(screen, shown),
        exit_code(status, has_plan=bool(demo.outcome.districts)),
    )


def _served(words: Words, shown: Shown, url: str, port: int) -> Answer:
    """Show the demo and queries to paste on standard error, serve its store until told to end, then answer."""
    from orgraph.cli.serving import serve
    from orgraph.cli.stores import run_async
    from orgraph.cli.views.demo import show_demo, show_queries

    screen = Screen(words, sys.stderr)
    show_demo(screen, shown)
    show_queries(screen, shown.demo.scope)
    screen.line()
    address = run_async(serve(words, url, LOOPBACK, port))
    return Answer({**shown.to_json(), "url": address}, lambda after: after.line(words("serve.stopped")))


@contextmanager
def _place(store: str | None, kept: Path | None) -> Iterator[tuple[str, bool]]:
    """Yield the address of the store of the demo, and whether it is removed afterwards."""
    if store is not None:
        yield store, False
    elif kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        yield file_url(kept), False
    else:
        with TemporaryDirectory(prefix="orgraph-demo-") as folder:
            yield file_url(Path(folder, "demo.db")), True
