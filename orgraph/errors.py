"""The error tree.

::

    OrgraphError
    |-- InputError            what was given cannot be used; carries every finding
    |   |-- InvalidGraph      the graph breaks its schema
    |   |-- InvalidProblem    a planning problem is not well stated
    |   |-- NotFound          no such thing
    |   `-- VersionConflict   the state has moved on; carries what changed
    |-- AccessError           not allowed
    |-- StoreError            the store failed (is_retryable)
    |   |-- StoreUnavailable  not reachable, or no disk; the same call may work later
    |   `-- StoreLocked       another process writes
    |-- SolverError           a solver failed
    |   `-- PlanRejected      the independent checker disagrees with the model
    `-- OutputError           a file cannot be written

An error is raised with a catalogue key under ``errors.`` and the numbers of its text; it holds no HTTP status, no secret
and no query parameter. Infeasible, unknown and interrupted are outcomes of a solver, not errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orgraph.findings import Finding, Json
from orgraph.messages import Text, text

__all__ = [
    "AccessError",
    "InputError",
    "InvalidGraph",
    "InvalidProblem",
    "NotFound",
    "OrgraphError",
    "OutputError",
    "PlanRejected",
    "SolverError",
    "StoreError",
    "StoreLocked",
    "StoreUnavailable",
    "VersionConflict",
]


class OrgraphError(Exception):
    """Root of all errors of this package.

    Parameters
    ----------
    code
        Catalogue key below ``errors.``, such as ``store_locked``.
    details
        The values that the text names; also for programs.
    findings
        All that was found wrong, when there is more than the text says.
    """

    def __init__(self, code: str, /, *, findings: Iterable[Finding] = (), **details: Json) -> None:
        self.code = code
        self.details: Mapping[str, Json] = details
        self.findings = tuple(findings)
        super().__init__(self.text.en)

    @property
    def text(self) -> Text:
        """What happened, where, and what to do, in both languages."""
        return text(f"errors.{self.code}", **self.details)


class InputError(OrgraphError):
    """What was given cannot be used."""


class InvalidGraph(InputError):
    """The graph breaks its schema."""


class InvalidProblem(InputError):
    """A planning problem is not well stated."""


class NotFound(InputError):
    """There is no such thing."""


class VersionConflict(InputError):
    """The state has moved on since the version that the caller expected."""


class AccessError(OrgraphError):
    """The caller may not do this."""


class StoreError(OrgraphError):
    """The store failed."""

    is_retryable = False


class StoreUnavailable(StoreError):
    """The store cannot be reached, or cannot write; the same call may work later."""

    is_retryable = True


class StoreLocked(StoreError):
    """Another process writes to this store."""


class SolverError(OrgraphError):
    """A solver failed."""


class PlanRejected(SolverError):
    """The independent checker disagrees with the model."""


class OutputError(OrgraphError):
    """A file cannot be written; what was there before is untouched."""
