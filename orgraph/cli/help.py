"""`Command` and `Group`: click's, with help pages in the planner's language and in terminal columns instead of characters."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import click

from orgraph.cli.usage import UsageFault, nearest
from orgraph.cli.width import pad, width, wrap
from orgraph.cli.words import Words
from orgraph.messages import LANGUAGES

_WIDEST = 100


class PageAsked(Exception):
    """A page was asked for instead of a command: help, or the version. It leaves click, which would print it its own way."""

    def __init__(self, page: str) -> None:
        self.page = page
        super().__init__(page)


class _Page:
    """Formatting shared by commands and groups. ``words`` is set by the builders."""

    words: Words

    def usage(self, ctx: click.Context, command: click.Command) -> str:
        """Return the line that shows how to call the command."""
        pieces = [ctx.command_path, self.words("usage.options")]
        pieces += [p.make_metavar(ctx) for p in command.params if isinstance(p, click.Argument)]
        if isinstance(command, click.Group):
            pieces.append(self.words("usage.command"))
        return f"{self.words('usage.usage')}{' '.join(pieces)}"

    def page(self, ctx: click.Context, command: click.Command) -> str:
        """Return the whole help page."""
        columns = min(_WIDEST, max(50, shutil.get_terminal_size((_WIDEST, 40)).columns - 1))
        lines = [self.usage(ctx, command), ""]
        for paragraph in (command.help or "").split("\n"):
            lines += wrap(paragraph, columns)
        if isinstance(command, click.Group):
            rows = [(name, (c.short_help or "")) for name, c in command.commands.items()]
            lines += ["", self.words("usage.commands"), *_rows(rows, columns)]
        options = [p.get_help_record(ctx) for p in command.params if isinstance(p, click.Option)]
        lines += ["", self.words("usage.all_options"), *_rows([o for o in options if o], columns)]
        return "\n".join(lines)


class Command(click.Command, _Page):
    """A command with help in one language. Surplus arguments are named in that language too.

    ``key``: where its texts lie below ``cli.command``, when not under its name.
    """

    def __init__(
        self, words: Words, name: str, run: object, params: Sequence[click.Parameter], key: str = ""
    ) -> None:
        assert callable(run)
        self.words = words
        key = key or name
        super().__init__(
            name,
            callback=run,
            params=[*params, *common_options(words)],
            help=words(f"command.{key}.help"),
            short_help=words(f"command.{key}.short"),
            add_help_option=False,
            context_settings={"allow_extra_args": True},
        )

    def get_help(self, ctx: click.Context) -> str:
        """Return the help page."""
        return self.page(ctx, self)

    def get_usage(self, ctx: click.Context) -> str:
        """Return the usage line."""
        return self.usage(ctx, self)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and refuse what is left over."""
        rest = super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            raise UsageFault("surplus", ctx, arguments=" ".join(ctx.args))
        return rest


class Group(click.Group, _Page):
    """A group of commands with help in one language."""

    def __init__(self, words: Words, name: str, commands: Sequence[click.Command]) -> None:
        self.words = words
        super().__init__(
            name,
            commands=list(commands),
            params=[*common_options(words)],
            help=words(f"command.{name}.help"),
            short_help=words(f"command.{name}.short"),
            add_help_option=False,
            no_args_is_help=False,
            invoke_without_command=True,
            callback=_need_command,
        )

    def get_help(self, ctx: click.Context) -> str:
        """Return the help page."""
        return self.page(ctx, self)

    def get_usage(self, ctx: click.Context) -> str:
        """Return the usage line."""
        return self.usage(ctx, self)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they were declared."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest one."""
        if args[0] in self.commands or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        raise UsageFault("no_command", ctx, name=args[0], hint=nearest(args[0], self.commands))


def common_options(words: Words) -> list[click.Option]:
    """Return the options that every command takes, before or after its name."""
    return [
        click.Option(
            ["--lang"],
            metavar="zh|en",
            type=OneOf(LANGUAGES),
            help=words("option.lang"),
            expose_value=False,
        ),
        click.Option(["--json"], is_flag=True, help=words("option.json"), expose_value=False),
        click.Option(
            ["--help", "-h"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            help=words("option.help"),
            callback=_show_help,
        ),
    ]


class OneOf(click.ParamType[str]):
    """One word of a list; an unknown word is answered with the list."""

    name = "choice"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word as it is written in the list."""
        for choice in self.choices:
            if str(value).lower() == choice.lower():
                return choice
        hint = nearest(str(value), self.choices)
        raise UsageFault("not_one_of", ctx, value=value, choices=self.choices, hint=hint)


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        raise PageAsked(ctx.get_help())


@click.pass_context
def _need_command(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        raise UsageFault("missing_command", ctx)


def _rows(rows: Sequence[tuple[str, str]], columns: int) -> list[str]:
    left = min(max((width(name) for name, _ in rows), default=0), 34)
    lines = []
    for name, described in rows:
        head, *rest = wrap(described, max(20, columns - left - 4))
        if width(name) > left:
            lines += [f"  {name}", f"  {' ' * left}  {head}"]
        else:
            lines.append(f"  {pad(name, left)}  {head}")
        lines += [f"  {' ' * left}  {part}" for part in rest]
    return lines
