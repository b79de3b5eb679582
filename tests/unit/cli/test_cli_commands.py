import re
from pathlib import Path

import click
import pytest

from orgraph.cli.commands import root
from orgraph.cli.words import Words
from orgraph.messages import keys

DOCUMENT = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")


def commands(command, path=("orgraph",)):
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))


ALL = list(commands(root(Words("en"))))


SCENARIO = [
    "",
    *(f" {name}" for name in ("create", "branch", "set", "rebase", "list", "show", "changes", "plans")),
    *(f" {name}" for name in ("run", "edit", "choose", "compare", "consent", "consult", "approve")),
    *(f" {name}" for name in ("proposal", "apply", "revert")),
]


def test_the_commands_are_those_that_exist():
    assert [" ".join(path) for path, _ in ALL] == [
        "orgraph",
        "orgraph demo",
        "orgraph plan",
        "orgraph plan restructure",
        *(f"orgraph scenario{name}" for name in SCENARIO),
        *(f"orgraph run{name}" for name in ("", " list", " show", " watch", " cancel")),
        "orgraph import",
        "orgraph coverage",
        "orgraph serve",
        "orgraph check",
        "orgraph doctor",
        "orgraph bench",
        "orgraph template",
        "orgraph export",
        "orgraph backup",
        "orgraph restore",
    ]


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(p) for p, _ in ALL])
def test_every_command_and_option_is_documented(path, command):
    if not isinstance(command, click.Group):
        assert f"`{' '.join(path)}" in DOCUMENT
    for param in command.params:
        if isinstance(param, click.Option):
            for name in param.opts:
                assert re.search(rf"`[^`]*{re.escape(name)}(?![\w-])[^`]*`", DOCUMENT), name


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", [path for path, _ in ALL], ids=[" ".join(p) for p, _ in ALL])
def test_every_help_page_is_in_one_language(call, path, lang):
    result = call(*path[1:], "--help", "--lang", lang)
    assert result.code == 0
    assert result.err == ""
    assert bool(re.search("[\u4e00-\u9fff]", result.out)) is (lang == "zh")
    assert ("Options" in result.out) is (lang == "en")


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(p) for p, _ in ALL])
def test_every_option_has_a_description(path, command):
    assert all(p.help for p in command.params if isinstance(p, click.Option))


def test_both_catalogues_have_the_same_texts():
    for area in ("cli.", "settings.", "service."):
        zh = {k: v for k, v in keys("zh").items() if k.startswith(area)}
        en = {k: v for k, v in keys("en").items() if k.startswith(area)}
        assert zh.keys() == en.keys()
        for key, template in zh.items():
            assert fields(template) == fields(en[key]), key


def fields(template):
    return set(re.findall(r"{(\w+)", template))
