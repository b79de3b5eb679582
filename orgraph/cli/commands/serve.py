"""`orgraph serve`: answer questions about the store over HTTP, until stopped."""

from __future__ import annotations

from functools import partial

import click

from orgraph.cli.answer import Answer
from orgraph.cli.help import Command
from orgraph.cli.options import port_option, store_option
from orgraph.cli.usage import UsageFault
from orgraph.cli.words import Words


def command(words: Words) -> click.Command:
    """Build the command."""
    params = [
        store_option(words),
        click.Option(["--host"], metavar="ADDRESS", default="127.0.0.1", help=words("option.host")),
        port_option(words),
        click.Option(["--without-authentication"], is_flag=True, help=words("option.without_authentication")),
    ]
    return Command(words, "serve", partial(run, words), params)


def run(words: Words, *, store: str | None, host: str, port: int, without_authentication: bool) -> Answer:
    """Serve until Ctrl-C or SIGTERM; both end it in good order."""
    from orgraph.cli.serving import is_loopback, serve
    from orgraph.cli.stores import run_async

    if not (is_loopback(host) or without_authentication):
        raise UsageFault("open_host", host=host)
    url = run_async(serve(words, store, host, port))
    return Answer({"url": url}, lambda screen: screen.line(words("serve.stopped")))
