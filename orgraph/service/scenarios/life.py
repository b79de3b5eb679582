"""The life of a scenario: which status may follow which."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What has become of a scenario."""

    DRAFT = "draft"
    SOLVED = "solved"
    COMPARED = "compared"
    CONSULTED = "consulted"
    APPROVED = "approved"
    APPLIED = "applied"
    REVERTED = "reverted"


_UNDECIDED = frozenset({Status.DRAFT, Status.SOLVED, Status.COMPARED, Status.CONSULTED, Status.APPROVED})

FOLLOWS: dict[Status, frozenset[Status]] = {
    Status.DRAFT: _UNDECIDED,
    Status.SOLVED: frozenset({Status.DRAFT, Status.SOLVED, Status.COMPARED, Status.CONSULTED}),
    Status.COMPARED: frozenset({Status.SOLVED, Status.COMPARED}),
    Status.CONSULTED: frozenset({Status.SOLVED, Status.COMPARED, Status.APPROVED}),
    Status.APPROVED: frozenset({Status.CONSULTED}),
    Status.APPLIED: frozenset({Status.APPROVED}),
    Status.REVERTED: frozenset({Status.APPLIED}),
}
"""For every status, those that it may follow. Anything that changes what is planned leads back to the draft, and a
decision taken back to the consultation."""


def may_follow(later: Status, earlier: Status) -> bool:
    """Return whether a scenario may go from ``earlier`` to ``later``."""
    return earlier in FOLLOWS[later]
