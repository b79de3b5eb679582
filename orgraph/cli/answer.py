"""`Answer`: what a command returns; :mod:`.program` prints it, as JSON or for people, and ends with its exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from orgraph.cli.screen import Screen
from orgraph.findings import Json


class ExitCode(IntEnum):
    """How a command ends."""

    DONE = 0
    """Done; a plan without proof included."""
    FINDINGS = 1
    """Findings of severity error."""
    USAGE = 2
    """The command line itself is wrong."""
    INFEASIBLE = 3
    """Proven: no plan exists."""
    NO_PLAN = 4
    """No plan within the limits, or stopped before there was one."""
    FAILED = 5
    """The store, the environment or the program failed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a command: for programs, for people, and as an exit code."""

    json: Json
    show: Callable[[Screen], None]
    code: ExitCode = ExitCode.DONE
