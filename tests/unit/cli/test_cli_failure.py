import click
import pytest

from orgraph.cli import program
from orgraph.cli.failure import failure
from orgraph.cli.help import Command, Group
from orgraph.errors import (
    InputError,
    NotFound,
    OutputError,
    PlanRejected,
    StoreLocked,
    StoreUnavailable,
    VersionConflict,
)
from orgraph.findings import Finding


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("invalid_input", num_errors=1), 1),
        (NotFound("unit_unknown", code="1"), 1),
        (OutputError("output_disk_full", path="x"), 5),
        (PlanRejected("plan_rejected", violations="x"), 5),
        (click.Abort(), 4),
        (KeyboardInterrupt(), 4),
        (OSError(28, "No space left on device", "x"), 5),
        (ZeroDivisionError("secret"), 5),
        (click.UsageError("x"), 2),
    ],
)
def test_every_failure_has_its_exit_code(error, code):
    assert failure(error).exit_code == code


@pytest.mark.parametrize("kind", [StoreLocked, StoreUnavailable])
def test_a_failed_store_is_a_failed_environment(kind):
    assert failure(kind("output_disk_full", path="x")).exit_code == 5


def test_a_conflict_is_a_finding_about_the_input():
    assert failure(VersionConflict("invalid_input", num_errors=1)).exit_code == 1


def test_an_error_is_shown_with_its_findings_in_json_and_as_text():
    finding = Finding("settings.two_passwords", subject=("ORGRAPH_STORE_PASSWORD",))
    error = InputError("invalid_settings", findings=[finding], num_errors=1)
    assert failure(error).to_json() == {
        "error": {
            "code": "invalid_settings",
            "text": error.text.to_json(),
            "details": {"num_errors": 1},
            "findings": [finding.to_json()],
        }
    }


@pytest.fixture
def broken_program(monkeypatch):
    def build(words):
        def run():
            raise ZeroDivisionError("370503 is a secret")

        return Group(words, "orgraph", [Command(words, "check", run, [])])

    monkeypatch.setattr(program, "root", build)


def test_a_defect_is_told_without_a_traceback_and_without_data(call, broken_program):
    result = call("check")
    assert result.code == 5
    assert result.out == ""
    assert result.err.count("\n") == 1
    assert "ZeroDivisionError, test_cli_failure.py:" in result.err
    assert "secret" not in result.err
    result = call("check", "--json")
    assert result.error["code"] == "unexpected"
    assert result.err == ""


def test_a_defect_shows_its_traceback_when_asked(call, broken_program, monkeypatch):
    monkeypatch.setenv("ORGRAPH_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        call("check")
