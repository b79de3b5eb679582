"""The commands give the same answers on both stores, byte for byte: texts in both languages, JSON, and files.

Nothing is set aside but what must differ: the address of the store, and how long something took.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from neo4j_server import Login, connected, database_of, empty

from orgraph.cli.program import run
from orgraph.store import url_of

SECONDS = re.compile(r"\d+\.\d ?(s\b|秒)")
LANGUAGES = ("zh", "en")

UNITS = """code,name,level,parent_code,population,arable_mu
370503,河口区,county,,,
370503100,义和镇,town,370503,9000,
370503100201,大牟村委会,village,370503100,312,1203.5
370503100202,"薄家村, '东'",village,370503100,,0.1
"""
GRIDS = """code,name,kind,unit_code
370503100201-01,大牟一网格,base,370503100201
370503100201-02,大牟二网格,base,370503100201
"""
WORKERS = """code,kind,unit_code,grid_codes,skills
W1,base,370503100201,370503100201-01,mediation
"""
FAULTY = """code,name,level,parent_code,population
370503100203,甲村,hamlet,370503100,12
370503100204,,village,370503999,many
370503100205,乙村,village,370503100,-1
"""


@dataclass(frozen=True)
class Told:
    """What a command answered, without the address and without durations."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def one_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORGRAPH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("ORGRAPH_TEST_NEO4J", raising=False)
    files = {"units": UNITS, "grids": GRIDS, "grid_workers": WORKERS, "faulty_units": FAULTY}
    for name, text in files.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8")


@pytest.fixture
def urls(neo4j_credentials: Login, tmp_path: Path) -> tuple[str, str]:
    """The addresses of two stores that were never set up; equally long, since the width of a table tells how long."""
    forget(neo4j_credentials)
    server = neo4j_credentials.url
    start = "sqlite:///./"
    return f"{start}{'s' * (len(server) - len(start))}", server


def forget(login: Login) -> None:
    """Empty a database wholly, as if no store had ever been in it."""
    empty(login.url, login.user, login.password)
    with connected(login.url, login.user, login.password) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n", database_=database_of(login.url))


@pytest.fixture
def both(urls: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run one command line on both stores, compare what they tell, and return it."""

    def told(url: str, arguments: tuple[str, ...]) -> Told:
        capsys.readouterr()
        code = run([*arguments, "--store", url])
        out, err = (text.replace(url, "STORE") for text in capsys.readouterr())
        return Told(code, timeless(out), timeless(err))

    def on_both(*arguments: str) -> Told:
        first, second = (told(url, arguments) for url in urls)
        assert first == second
        assert not first.err.startswith("Traceback")
        return first

    return on_both


def timeless(text: str) -> str:
    """Return an answer without durations."""
    if text.startswith("{"):
        return json.dumps(_timeless(json.loads(text)), ensure_ascii=False, indent=1)
    return SECONDS.sub("TIME", text)


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        return {k: "TIME" if k in ("seconds", "seconds_to_best") else _timeless(v) for k, v in value.items()}
    return [_timeless(v) for v in value] if isinstance(value, list) else value


@pytest.fixture
def filled(both: Callable[..., Told]) -> Callable[..., Told]:
    """Both stores with a town in them."""
    assert both("import", "units.csv", "grids.csv", "grid_workers.csv", "--json").code == 0
    return both


@pytest.mark.parametrize("lang", LANGUAGES)
def test_import_in_words(both: Callable[..., Told], lang: str) -> None:
    for _ in range(2):
        trial = both("import", "units.csv", "grids.csv", "--dry-run", "--lang", lang)
        done = both("import", "units.csv", "grids.csv", "--lang", lang)
        assert (trial.code, done.code) == (0, 0)


def test_import_in_json(both: Callable[..., Told]) -> None:
    trial = json.loads(both("import", "units.csv", "grids.csv", "--dry-run", "--json").out)
    done = json.loads(both("import", "units.csv", "grids.csv", "--json").out)
    assert trial["new"] == done["new"] == {"Unit": 4, "Grid": 2}
    assert done["versions"] == {"370503": 1}
    assert json.loads(both("import", "units.csv", "--json").out)["new"] == {}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["import", "dry run"])
def test_faulty_files(both: Callable[..., Told], lang: str, options: tuple[str, ...]) -> None:
    told = both("import", "faulty_units.csv", "--kind", "units", "--lang", lang, *options)
    assert told.code == 1
    assert "370503100203" in told.out + told.err or "hamlet" in told.out + told.err
    assert both("import", "grids.csv", "--lang", lang, *options).code == 1
    assert both("import", "faulty_units.csv", "--kind", "units", "--json", *options).code == 1


def test_a_trial_and_what_was_refused_set_nothing_up(
    both: Callable[..., Told], urls: tuple[str, str]
) -> None:
    before = both("doctor", "--json").out
    assert both("import", "units.csv", "--dry-run").code == 0
    assert both("import", "grids.csv", "--dry-run").code == 1
    assert both("doctor", "--json").out == before
    assert not Path(urls[0].removeprefix("sqlite:///")).exists()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_doctor_before_the_first_import(both: Callable[..., Told], lang: str) -> None:
    assert both("doctor", "--lang", lang).code == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_doctor_tells_all_but_the_store_itself_the_same(
    filled: Callable[..., Told], urls: tuple[str, str], capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    answers = []
    for url in urls:
        capsys.readouterr()
        assert run(["doctor", "--store", url, "--json", "--lang", lang]) == 0
        looks = json.loads(capsys.readouterr().out)["checks"]
        (store,) = [look for look in looks if look["check"]["zh"] == "存储"]
        assert store["level"] == "ok"
        answers.append([look for look in looks if look is not store])
    assert answers[0] == answers[1]


@pytest.mark.parametrize("form", [("--lang", "zh"), ("--lang", "en"), ("--json",)], ids=["zh", "en", "json"])
def test_coverage_and_check(filled: Callable[..., Told], form: tuple[str, ...]) -> None:
    assert filled("coverage", "370503", *form).code == 0
    assert filled("coverage", "370503100", "--level", "village", *form).code == 0
    assert filled("coverage", "370503999", *form).code == 1
    assert filled("coverage", "370503", "--level", "moon", *form).code == 1
    assert filled("check", *form).code == 0


@pytest.mark.parametrize("scope", [(), ("--scope", "370503100201")], ids=["all", "village"])
def test_export(filled: Callable[..., Told], scope: tuple[str, ...], urls: tuple[str, str]) -> None:
    for lang in LANGUAGES:
        filled("export", "--out", "told.zip", *scope, "--lang", lang)
    written = []
    for url in urls:
        assert run(["export", "--store", url, "--out", "out.zip", *scope]) == 0
        written.append(Path("out.zip").read_bytes())
    assert written[0] == written[1]


def test_backup_of_a_restored_store_is_the_same_file(
    filled: Callable[..., Told], urls: tuple[str, str], neo4j_credentials: Login, tmp_path: Path
) -> None:
    """When a commit was made is part of a backup, so one store gets its commits from the other's backup."""
    first, second = urls
    assert run(["backup", "--store", first, "--file", "first.gz"]) == 0
    forget(neo4j_credentials)
    assert run(["restore", "--store", second, "--file", "first.gz"]) == 0
    for form in (("--lang", "zh"), ("--lang", "en"), ("--json",)):
        assert filled("backup", "--file", "told.gz", *form).code == 0
    back = url_of(tmp_path / "back.db")
    assert run(["backup", "--store", second, "--file", "second.gz"]) == 0
    assert run(["restore", "--store", back, "--file", "second.gz"]) == 0
    assert run(["backup", "--store", back, "--file", "third.gz"]) == 0
    assert Path("first.gz").read_bytes() == Path("third.gz").read_bytes()


@pytest.mark.parametrize(
    ("name", "form"),
    [("yihe", ("--lang", "zh")), ("glarus", ("--lang", "en")), ("glarus", ("--json",))],
    ids=["yihe in Chinese", "glarus in English", "glarus in JSON"],
)
def test_demo(both: Callable[..., Told], name: str, form: tuple[str, ...]) -> None:
    told = both("demo", name, "--workers", "1", "--seed", "1", "--time-limit", "600", *form)
    assert told.code == 0
    assert len(told.out) > 500
