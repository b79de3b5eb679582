"""From an argument list to an exit code: pick the language, run the command, print its answer or what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from types import TracebackType
from typing import Self

from orgraph.cli.answer import Answer, ExitCode
from orgraph.cli.commands import root
from orgraph.cli.failure import Failure, failure
from orgraph.cli.help import PageAsked
from orgraph.cli.json_text import json_text
from orgraph.cli.screen import Screen
from orgraph.cli.views.findings import show_findings
from orgraph.cli.words import Words
from orgraph.findings import Json
from orgraph.messages import LANGUAGES, Lang, default_language


@dataclass(frozen=True, slots=True)
class Call:
    """What must be known before the arguments are parsed: the language of all texts, and who reads the answer."""

    lang: Lang
    as_json: bool
    is_debug: bool

    @classmethod
    def read(cls, argv: Sequence[str], environ: Mapping[str, str]) -> Self:
        """Look for ``--lang`` and ``--json`` anywhere before ``--``; bad values are left for the parser to refuse."""
        known = list(argv[: argv.index("--")] if "--" in argv else argv)
        asked = [a.partition("=")[2] for a in known if a.startswith("--lang=")]
        asked += [b for a, b in pairwise(known) if a == "--lang"]
        wanted = [*reversed(asked), environ.get("ORGRAPH_LANG", "")]
        lang = next((la for w in wanted for la in LANGUAGES if w.lower() == la), default_language())
        return cls(
            lang, "--json" in known, environ.get("ORGRAPH_DEBUG", "").lower() in ("1", "true", "yes", "on")
        )


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing is raised, unless ``ORGRAPH_DEBUG`` asks for it."""
    call = Call.read(argv, os.environ)
    words = Words(call.lang)
    boundary = _Boundary(call, words)
    with boundary:
        try:
            answer = root(words).main(args=list(argv), prog_name="orgraph", standalone_mode=False)
        except PageAsked as asked:
            sys.stdout.write(f"{asked.page}\n")
        else:
            assert isinstance(answer, Answer)
            boundary.code = answer.code
            _print(answer, call, words)
    return boundary.code


class _Boundary:
    """The last boundary: whatever is raised inside becomes a message and an exit code."""

    def __init__(self, call: Call, words: Words) -> None:
        self.code: int = ExitCode.DONE
        self._call = call
        self._words = words

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            return self._flush()
        if isinstance(error, BrokenPipeError):
            return self._flush()
        if isinstance(error, SystemExit | GeneratorExit):
            return False
        failed = failure(error)
        self.code = failed.exit_code
        if self._call.is_debug and failed.code == "unexpected":
            return False
        with suppress(OSError):
            _print_failure(failed, self._call, self._words)
        return self._flush()

    def _flush(self) -> bool:
        """Flush both streams; a reader that has gone away (``| head``) is no failure."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError as error:
                # The interpreter flushes once more at its end: give it something to flush into.
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
                if not isinstance(error, BrokenPipeError):
                    self._tell_lost_output(error)
        return True

    def _tell_lost_output(self, error: OSError) -> None:
        """Say that the answer could not be written where standard output goes: a full disk, most often."""
        failed = failure(error)
        self.code = failed.exit_code
        with suppress(OSError):
            sys.stderr.write(self._words("error", text=self._words.pick(failed.text)) + "\n")


def _print(answer: Answer, call: Call, words: Words) -> None:
    if call.as_json:
        _print_json(answer.json)
    else:
        answer.show(Screen(words))


def _print_json(value: Json) -> None:
    """Write JSON; characters beyond ASCII as they are where the stream can take them all."""
    is_unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    sys.stdout.write(json_text(value, is_ascii=not is_unicode))


def _print_failure(failed: Failure, call: Call, words: Words) -> None:
    if call.as_json:
        _print_json(failed.to_json())
        return
    screen = Screen(words, sys.stderr)
    screen.line(words("error", text=words.pick(failed.text)))
    show_findings(screen, failed.findings)
    if failed.command:
        screen.line(failed.usage)
        screen.line(words("usage.see_help", command=failed.command))
