"""What a mutation answers when it is refused: data, not errors. Only what nobody expects is an error of GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias, cast

import strawberry

from api.types_nodes import NODE_TYPES
from api.types_texts import BothTexts, Finding
from api.types_words import said
from orgraph.errors import InputError, NotFound, VersionConflict
from orgraph.findings import Json

_SCENARIO, _RUN = NODE_TYPES["Scenario"], NODE_TYPES["Run"]


@strawberry.interface(description=said("type.problem"))
class Problem:
    """Why nothing was done."""

    code: str = strawberry.field(description=said("field.problem_code"))
    text: BothTexts


@strawberry.type(description=said("type.validation_problem"))
class ValidationProblem(Problem):
    """What was given is wrong, with everything that was found."""

    findings: list[Finding]


@strawberry.type(description=said("type.conflict_problem"))
class ConflictProblem(Problem):
    """The state has moved on."""

    expected: int | None
    actual: int | None
    changes: list[str] = strawberry.field(description=said("field.conflict_changes"))


@strawberry.type(description=said("type.not_found_problem"))
class NotFoundProblem(Problem):
    """There is no such thing."""


@strawberry.type(description=said("type.refused_problem"))
class RefusedProblem(Problem):
    """What is asked may not be done now."""


@strawberry.type(description=said("type.scenario_payload"))
class ScenarioPayload:
    """The scenario as it is now."""

    scenario: _SCENARIO  # type: ignore[valid-type]
    findings: list[Finding] = strawberry.field(description=said("field.warnings"))


@strawberry.type(description=said("type.run_payload"))
class RunPayload:
    """The run as it is now."""

    run: _RUN  # type: ignore[valid-type]


ScenarioResult: TypeAlias = Annotated[
    ScenarioPayload | ValidationProblem | ConflictProblem | NotFoundProblem | RefusedProblem,
    strawberry.union("ScenarioResult", description=said("type.scenario_result")),
]
RunResult: TypeAlias = Annotated[
    RunPayload | ValidationProblem | ConflictProblem | NotFoundProblem | RefusedProblem,
    strawberry.union("RunResult", description=said("type.run_result")),
]
AnyProblem: TypeAlias = ValidationProblem | ConflictProblem | NotFoundProblem | RefusedProblem


def problem_of(error: InputError) -> AnyProblem:
    """Return the refusal that an error tells."""
    text = BothTexts.of(error.text)
    if isinstance(error, VersionConflict):
        return ConflictProblem(
            code=error.code,
            text=text,
            expected=_number(error.details, "expected"),
            actual=_number(error.details, "actual"),
            changes=[str(change) for change in cast(list[Json], error.details.get("changes") or [])],
        )
    if isinstance(error, NotFound):
        return NotFoundProblem(code=error.code, text=text)
    if error.findings:
        return ValidationProblem(
            code=error.code, text=text, findings=[Finding.of(finding) for finding in error.findings]
        )
    return RefusedProblem(code=error.code, text=text)


def _number(details: Mapping[str, Json], name: str) -> int | None:
    value = details.get(name)
    return value if isinstance(value, int) else None
