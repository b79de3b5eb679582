"""The catalogues: both languages say the same things, and every code of the source has its texts."""

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import orgraph
from orgraph.errors import OrgraphError
from orgraph.messages import LANGUAGES, keys

ROOT = Path(orgraph.__file__).parent
SOURCES = sorted([*ROOT.rglob("*.py"), *(ROOT.parent / "api").rglob("*.py")])
AREAS = sorted(p.stem for p in (ROOT / "messages" / "zh").glob("*.toml"))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node


def first_literal(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def subclasses(cls: type) -> set[str]:
    return {cls.__name__} | {name for sub in cls.__subclasses__() for name in subclasses(sub)}


def finding_key(code: str) -> str:
    area, _, name = code.partition(".")
    return f"{area}.finding.{name}"


def prefix_of(function: ast.FunctionDef) -> str | None:
    """Return ``area.`` of a function that makes findings named by its first parameter: ``Finding(f"area.{name}")``."""
    parameters = [a.arg for a in function.args.args if a.arg != "self"]
    for name, call in calls(function):
        first = call.args[0] if name == "Finding" and call.args else None
        if isinstance(first, ast.JoinedStr) and len(first.values) == 2 and parameters:
            head, tail = first.values
            if isinstance(head, ast.Constant) and isinstance(tail, ast.FormattedValue):
                is_parameter = isinstance(tail.value, ast.Name) and tail.value.id == parameters[0]
                return str(head.value) if is_parameter else None
    return None


def finding_codes(tree: ast.Module) -> Iterator[str]:
    """Yield the codes of the findings that a module makes, by literal or through a function of its own that adds the area."""
    functions = {f.name: p for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and (p := prefix_of(f))}
    for name, call in calls(tree):
        literal = first_literal(call)
        if literal is not None and name == "Finding":
            yield literal
        elif literal is not None and name in functions:
            yield functions[name] + literal


def used_keys() -> Iterator[tuple[str, str]]:
    """Yield (where, key) for every catalogue key that the source names outright."""
    errors = subclasses(OrgraphError)
    for path, tree in trees():
        where = str(path.relative_to(ROOT.parent))
        for code in finding_codes(tree):
            yield where, finding_key(code)
        for name, call in calls(tree):
            literal = first_literal(call)
            if literal is None:
                continue
            if name in errors:
                yield where, f"errors.{literal}"
            elif name == "Reason":
                yield where, f"solver.reason.{literal}"
            elif name == "text" and isinstance(call.func, ast.Name):
                yield where, literal


def string_constants() -> set[str]:
    return {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_have_the_same_keys(area):
    files = {lang: ROOT / "messages" / lang / f"{area}.toml" for lang in LANGUAGES}
    assert all(path.exists() for path in files.values())
    zh, en = ({k for k in keys(lang) if k.startswith(f"{area}.")} for lang in LANGUAGES)
    assert zh == en


def test_both_languages_have_the_same_placeholders():
    zh, en = keys("zh"), keys("en")
    assert [key for key in en if fields(zh[key]) != fields(en[key])] == []


def test_every_text_says_something_and_zh_is_chinese():
    en, zh = keys("en"), keys("zh")
    assert [key for key in en if not en[key].strip() or not zh[key].strip()] == []
    spoken = [key for key in zh if ".finding." in key or ".todo." in key or key.startswith("errors.")]
    assert [key for key in spoken if not any("\u4e00" <= c <= "\u9fff" for c in zh[key])] == []
    assert [key for key in spoken if any("\u4e00" <= c <= "\u9fff" for c in en[key])] == []


def test_every_code_of_the_source_has_its_texts():
    known = keys("en")
    assert sorted((where, key) for where, key in set(used_keys()) if key not in known) == []


def test_the_scan_sees_what_it_should():
    found = {key for _, key in used_keys()}
    assert {"graph.finding.cycle", "errors.not_found", "solver.reason.units"} <= found
    module = ast.parse('def f(name, at):\n    return Finding(f"x.{name}")\nf("a", 1)\nFinding("y.b")\n')
    assert sorted(finding_codes(module)) == ["x.a", "y.b"]


def test_no_finding_and_no_error_is_left_over():
    """A text whose code no source names is dead."""
    constants = string_constants()
    names = {c.rpartition(".")[2] for c in constants}
    prefixes = {c.partition(".")[2] for c in constants if c.partition(".")[0] in AREAS} - {""}
    prefixes |= {c for c in constants if c.endswith("_")}

    def is_used(name: str) -> bool:
        return name in names or any(
            name.startswith(p) and (name == p or name[len(p) :] in names) for p in prefixes
        )

    codes = [key.split(".", 2)[2] for key in keys("en") if ".finding." in key]
    errors = [key.partition(".")[2] for key in keys("en") if key.startswith("errors.")]
    assert [name for name in (*codes, *errors) if not is_used(name.rpartition(".")[2])] == []


def test_every_advice_belongs_to_a_finding():
    known = keys("en")
    advice = [key for key in known if ".todo." in key]
    assert [key for key in advice if key.replace(".todo.", ".finding.", 1) not in known] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_key_is_a_text_not_a_table_and_a_text(lang):
    for path in (ROOT / "messages" / lang).glob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8")), path
