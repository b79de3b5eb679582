"""A scenario is led from draft to reverted by the commands, the same on every store."""

import json
from pathlib import Path

import pytest

from orgraph.cli.program import run

TOWN = "370503100"
VILLAGES = tuple(f"37050310020{n}" for n in range(1, 5))
BORDERS = (900, 100, 800)


@pytest.fixture
def orgraph(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    """Run a command on the store and return its answer; it is done without an error."""
    monkeypatch.setenv("ORGRAPH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ORGRAPH_STORE", store_url)

    def called(*arguments: object) -> dict:
        capsys.readouterr()
        code = run([*(str(argument) for argument in arguments), "--json"])
        out = capsys.readouterr().out
        assert code == 0, out
        return json.loads(out)

    return called


@pytest.fixture
def town(orgraph, tmp_path: Path) -> str:
    """Four villages in a row with a grid each, as they were on 2020-01-01."""
    units = ["370503,河口区,county,,", f"{TOWN},义和镇,town,370503,"]
    units += [f"{code},村{i},village,{TOWN},100" for i, code in enumerate(VILLAGES)]
    edges = [f"{VILLAGES[i]},{VILLAGES[i + 1]},{m}" for i, m in enumerate(BORDERS)]
    grids = [f"{code}-G,网格{i},base,{code}" for i, code in enumerate(VILLAGES)]
    for name, rows in (
        ("units", ["code,name,level,parent_code,population", *units]),
        ("edges", ["a,b,shared_border_m", *edges]),
        ("grids", ["code,name,kind,unit_code", *grids]),
    ):
        (tmp_path / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    files = [tmp_path / f"{name}.csv" for name in ("units", "edges", "grids")]
    orgraph("import", *files, "--effective", "2020-01-01")
    return TOWN


def test_the_whole_way_and_back(orgraph, town: str) -> None:
    by = ("--by", "office")
    asked = ("--k", 2, "--balance", "population=0.1", "--objective", "border")
    code = orgraph("scenario", "create", town, "--name", "四村合二", *asked, *by)["scenario"]["code"]
    plan = orgraph("scenario", "run", code, *by)["plan"]["document"]
    assert (plan["status"], plan["objective"]) == ("OPTIMAL", 100)
    for village in VILLAGES:
        orgraph("scenario", "consent", code, village, "agreed", *by)
    needed = orgraph("scenario", "consult", code, *by)["approvals_needed"]
    for authority in needed:
        orgraph("scenario", "approve", code, authority, *by)
    applied = orgraph("scenario", "apply", code, "--effective", "2020-08-03", *by)
    new = [village["code"] for village in applied["villages"]]
    assert applied["sums"]["population"] == {"before": 400, "after": 400}
    orgraph("scenario", "revert", code, "--effective", "2021-03-01", *by)
    shown = {
        day: [row["code"] for row in orgraph("coverage", town, "--as-of", day)["rows"][1:]]
        for day in ("2020-08-02", "2020-08-03", "2021-02-28", "2021-03-01")
    }
    assert shown == {
        "2020-08-02": list(VILLAGES),
        "2020-08-03": new,
        "2021-02-28": new,
        "2021-03-01": list(VILLAGES),
    }
    assert orgraph("check")["num_errors"] == 0
