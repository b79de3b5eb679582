"""What went wrong, as exit code, JSON and text. The one error shape: ``{"error": {code, text, details, findings}}``."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from orgraph import __version__
from orgraph.cli.answer import ExitCode
from orgraph.cli.usage import usage_text
from orgraph.errors import InputError, OrgraphError
from orgraph.findings import Finding, Json
from orgraph.messages import Text, text


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed command."""

    exit_code: ExitCode
    code: str
    text: Text
    details: Mapping[str, Json] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    command: str = ""
    """The command whose line was wrong."""
    usage: str = ""
    """How that command is called."""

    def to_json(self) -> Json:
        """Return the error shape."""
        return {
            "error": {
                "code": self.code,
                "text": dict(self.text.to_json()),
                "details": dict(self.details),
                "findings": [finding.to_json() for finding in self.findings],
            }
        }


def failure(error: BaseException) -> Failure:
    """Tell what an exception means for the person at the command line."""
    if isinstance(error, OrgraphError):
        code = ExitCode.FINDINGS if isinstance(error, InputError) else ExitCode.FAILED
        return Failure(code, error.code, error.text, error.details, error.findings)
    if isinstance(error, click.UsageError):
        command, usage = (error.ctx.command_path, error.ctx.get_usage()) if error.ctx else ("orgraph", "")
        return Failure(ExitCode.USAGE, "usage", usage_text(error), command=command, usage=usage)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return Failure(ExitCode.NO_PLAN, "interrupted", text("errors.interrupted"))
    if isinstance(error, OSError):
        return _environment(error)
    return _defect(error)


def _environment(error: OSError) -> Failure:
    details: dict[str, Json] = {
        "path": str(error.filename or "-"),
        "reason": error.strerror or str(error),
    }
    return Failure(ExitCode.FAILED, "environment", text("errors.environment", **details), details)


def _defect(error: BaseException) -> Failure:
    """Describe a defect by its type and place; its message may hold data and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "-"
    details: dict[str, Json] = {"error": type(error).__name__, "place": place, "version": __version__}
    return Failure(ExitCode.FAILED, "unexpected", text("errors.unexpected", **details), details)
