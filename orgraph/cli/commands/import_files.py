"""`orgraph import FILE...`: files into the store, all or nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from orgraph.cli.answer import Answer
from orgraph.cli.help import Command, OneOf
from orgraph.cli.options import Day, store_option
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words
from orgraph.errors import InputError


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [
        click.Argument(
            ["files"], metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
        ),
        store_option(words),
        click.Option(["--dry-run"], is_flag=True, help=words("option.dry_run")),
        click.Option(["--kind"], metavar="KIND", type=OneOf(kinds()), help=words("option.kind")),
        click.Option(["--effective"], metavar="DATE", type=Day(), help=words("option.effective")),
    ]
    return Command(words, "import", run, params)


def kinds() -> tuple[str, ...]:
    """Return the kinds of files that may be named."""
    from orgraph.schema import NODE_KIND_BY_PLURAL

    return (*NODE_KIND_BY_PLURAL, "edges", "geometry")


def run(
    files: tuple[Path, ...], store: str | None, dry_run: bool, kind: str | None, effective: date | None
) -> Answer:
    """Read all files, judge them together with the store, and put them into it in one commit."""
    from orgraph.cli.stores import opened_to_try, opened_to_write, run_async
    from orgraph.cli.views.imports import show_import
    from orgraph.exchange import read
    from orgraph.exchange.bundle_reading import is_bundle
    from orgraph.service.imports import Import, import_graph

    bundle = next((path for path in files if is_bundle(path)), None)
    if bundle is not None:
        if len(files) > 1 or kind is not None or effective is not None:
            raise UsageFault("bundle_alone", file=bundle)
        return run_bundle(bundle, store, dry_run)
    result = read(files, kind=kind, is_partial=True)
    graph = result.graph
    if graph is None:
        num_errors = sum(f.is_error for f in result.findings)
        raise InputError("invalid_input", findings=result.findings, num_errors=num_errors)
    open_target = opened_to_try if dry_run else opened_to_write
    reason = f"import {' '.join(path.name for path in files)}"

    async def put() -> Import:
        async with open_target(store) as found:
            return await import_graph(
                found,
                graph,
                findings=result.findings,
                outside=result.outside,
                is_dry_run=dry_run,
                effective=effective,
                by="orgraph import",
                reason=reason,
            )

    answer = run_async(put())
    return Answer(answer.to_json(), lambda screen: show_import(screen, answer))


def run_bundle(bundle: Path, store: str | None, dry_run: bool) -> Answer:
    """Take back what `export` wrote, in one commit."""
    from orgraph.cli.stores import opened_to_try, opened_to_write, run_async
    from orgraph.cli.views.imports import show_import
    from orgraph.service.bundle_imports import import_bundle
    from orgraph.service.imports import Import

    open_target = opened_to_try if dry_run else opened_to_write

    async def put() -> Import:
        async with open_target(store) as found:
            reason = f"import {bundle.name}"
            return await import_bundle(found, bundle, is_dry_run=dry_run, by="orgraph import", reason=reason)

    answer = run_async(put())
    return Answer(answer.to_json(), lambda screen: show_import(screen, answer))
