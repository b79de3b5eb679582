"""The limits as a setting, and as documented."""

import re
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from orgraph.errors import InputError
from orgraph.messages import LANGUAGES, keys
from orgraph.settings import ApiLimits, read_settings

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_only_the_limits_that_are_named_change() -> None:
    limits = read_settings({"ORGRAPH_API_LIMITS": "cost=5, seconds = 30"}).api_limits
    assert asdict(limits) == asdict(ApiLimits()) | {"cost": 5, "seconds": 30}
    assert read_settings({}).api_limits == ApiLimits()


@pytest.mark.parametrize(
    "value", ["cost", "cost=", "cost=0", "cost=-1", "cost=1.5", "price=3", "cost=1,,depth=2"]
)
def test_a_list_that_cannot_be_read_is_a_finding(value: str) -> None:
    with pytest.raises(InputError) as error:
        read_settings({"ORGRAPH_API_LIMITS": value})
    (finding,) = error.value.findings
    assert (finding.code, finding.subject) == ("settings.bad_limits", ("ORGRAPH_API_LIMITS",))


def test_every_limit_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (\d+) \|", PAGE.read_text(encoding="utf-8"), flags=re.M)
    assert {name: int(value) for name, value in rows} == asdict(ApiLimits())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_advice_names_every_limit(lang: str) -> None:
    advice = keys(lang)["settings.todo.bad_limits"]
    assert all(field.name in advice for field in fields(ApiLimits))
