import json

import pytest

from orgraph.cli.program import run


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        return self.json["error"]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch, tmp_path):
    """No setting of the machine reaches a test."""
    import os

    for name in [n for n in os.environ if n.startswith("ORGRAPH_")]:
        monkeypatch.delenv(name)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "en_US.UTF-8")
    monkeypatch.setenv("ORGRAPH_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def call(capsys):
    """Run one command line in this process."""

    def called(*arguments):
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Result(code, *capsys.readouterr())

    return called
