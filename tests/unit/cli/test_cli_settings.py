import json
import pickle
from pathlib import Path

import pytest

from orgraph.errors import InputError
from orgraph.messages import keys
from orgraph.settings import SETTINGS, Secret, read_settings, unknown_settings

DOCUMENT = Path(__file__).parents[3] / "docs" / "settings.md"


def test_nothing_set_gives_the_defaults():
    settings = read_settings({})
    assert settings.time_limit_s == 60.0
    assert settings.workers == 1
    assert settings.lang is None
    assert settings.store_password is None
    assert settings.store_url.startswith("sqlite:///")
    assert settings.store_url.endswith("/orgraph.db")


def test_an_empty_variable_counts_as_not_set():
    assert read_settings({"ORGRAPH_WORKERS": "", "ORGRAPH_STORE": " "}) == read_settings({})


def test_values_are_typed(tmp_path):
    settings = read_settings(
        {
            "ORGRAPH_STORE": "bolt://host:7687/area",
            "ORGRAPH_STORE_USER": "planner",
            "ORGRAPH_STORE_PASSWORD": "geheim",
            "ORGRAPH_DATA_DIR": str(tmp_path),
            "ORGRAPH_LANG": "zh",
            "ORGRAPH_TIME_LIMIT": "2.5",
            "ORGRAPH_WORKERS": "4",
            "ORGRAPH_DEBUG": "yes",
        }
    )
    assert settings.store_url == "bolt://host:7687/area"
    assert settings.store_user == "planner"
    assert settings.store_password == Secret("geheim")
    assert settings.data_dir == tmp_path
    assert (settings.lang, settings.time_limit_s, settings.workers, settings.debug) == ("zh", 2.5, 4, True)


def test_the_data_folder_decides_the_default_store(tmp_path):
    settings = read_settings({"ORGRAPH_DATA_DIR": str(tmp_path)})
    assert settings.store_url == f"sqlite://{tmp_path.as_posix()}/orgraph.db"


def test_a_password_file_is_read_without_its_line_end(tmp_path):
    file = tmp_path / "password"
    file.write_text("ge heim\n", encoding="utf-8")
    assert read_settings({"ORGRAPH_STORE_PASSWORD_FILE": str(file)}).store_password == Secret("ge heim")


def test_every_bad_value_is_a_finding_and_none_is_repeated(tmp_path):
    environ = {
        "ORGRAPH_STORE": "postgres://geheim@host/db",
        "ORGRAPH_STORE_PASSWORD_FILE": str(tmp_path / "geheim"),
        "ORGRAPH_DATA_DIR": __file__,
        "ORGRAPH_LANG": "geheim",
        "ORGRAPH_TIME_LIMIT": "nan",
        "ORGRAPH_WORKERS": "0",
        "ORGRAPH_DEBUG": "perhaps",
    }
    with pytest.raises(InputError) as error:
        read_settings(environ)
    findings = error.value.findings
    assert [f.subject for f in findings] == [(name,) for name in environ_order(environ)]
    assert "geheim" not in json.dumps([f.to_json() for f in findings], ensure_ascii=False)
    assert error.value.details == {"num_errors": 7}


def environ_order(environ):
    order = ["STORE", "STORE_PASSWORD_FILE", "DATA_DIR", "LANG", "TIME_LIMIT", "WORKERS", "DEBUG"]
    return [f"ORGRAPH_{name}" for name in order if f"ORGRAPH_{name}" in environ]


def test_two_passwords_are_refused(tmp_path):
    (tmp_path / "password").write_text("a")
    environ = {
        "ORGRAPH_STORE_PASSWORD": "a",
        "ORGRAPH_STORE_PASSWORD_FILE": str(tmp_path / "password"),
    }
    with pytest.raises(InputError) as error:
        read_settings(environ)
    assert [f.code for f in error.value.findings] == ["settings.two_passwords"]


def test_a_misspelt_setting_is_a_warning():
    found = unknown_settings({"ORGRAPH_STOER": "x", "ORGRAPH_STORE": "x", "PATH": "x"})
    assert [(f.subject, f.is_error) for f in found] == [(("ORGRAPH_STOER",), False)]


def test_a_secret_hides_itself():
    secret = Secret("geheim")
    assert "geheim" not in f"{secret} {secret!r} {secret.to_json()} {[secret]}"
    assert "geheim" not in repr(read_settings({"ORGRAPH_STORE_PASSWORD": "geheim"}))
    assert secret.reveal() == "geheim"
    assert secret != "geheim"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_every_setting_is_documented():
    rows = [line.split("|") for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    documented = [row[1].strip().strip("`") for row in rows if len(row) > 2 and "ORGRAPH_" in row[1]]
    assert documented == [setting.variable for setting in SETTINGS]


def test_every_setting_and_form_has_texts():
    for setting in SETTINGS:
        assert setting.description.zh and setting.description.en
        assert setting.takes.zh and setting.takes.en
        assert f"settings.finding.bad_{setting.form}" in keys("zh")
