"""Every finding of the readers has a text in both languages, and no text is left over."""

import re
import string
from pathlib import Path

import orgraph.exchange
from orgraph.messages import keys

FOLDER = Path(orgraph.exchange.__file__).parent
INDIRECT = {"id_column", "phone_column", "id_cell", "phone_cell"}


def placeholders(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def written_names():
    words = set()
    for path in FOLDER.glob("*.py"):
        words |= set(re.findall(r'"(?:exchange\.)?([a-z][a-z_0-9]+)"', path.read_text(encoding="utf-8")))
    return words


def test_every_text_is_used():
    names = {k.removeprefix("exchange.finding.") for k in keys("en") if k.startswith("exchange.finding.")}
    assert names - written_names() == set()
    assert names >= INDIRECT


def test_advice_belongs_to_a_finding():
    findings = {k.removeprefix("exchange.finding.") for k in keys("en") if k.startswith("exchange.finding.")}
    todos = {k.removeprefix("exchange.todo.") for k in keys("en") if k.startswith("exchange.todo.")}
    assert todos <= findings


def test_both_languages_hold_the_same_keys():
    for area in ("exchange.", "datasets."):
        assert {k for k in keys("zh") if k.startswith(area)} == {k for k in keys("en") if k.startswith(area)}


def test_both_languages_name_the_same_values():
    differing = {
        key
        for key, template in keys("en").items()
        if key.startswith(("exchange.", "datasets."))
        and placeholders(template) != placeholders(keys("zh")[key])
    }
    assert differing == set()
