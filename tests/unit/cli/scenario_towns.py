"""A town of six villages in a row, small enough to be solved in the head, as files to import; and its whole life on the command line."""

import csv
from itertools import pairwise
from pathlib import Path

TOWN = "370503100"
VILLAGES = tuple(f"37050310020{n}" for n in range(1, 7))
SETTINGS = ("--k", "3", "--balance", "population=0.10", "--objective", "border", "--date", "2020-08-03")


def write_town(folder):
    """Write the tables of a county with one town: six villages of 100 people in a row, each with a branch and a grid."""
    units = [("370503", "河口区", "county", "", ""), (TOWN, "义和镇", "town", "370503", "")]
    units += [(code, f"{'甲乙丙丁戊己'[i]}村", "village", TOWN, 100) for i, code in enumerate(VILLAGES)]
    write(folder / "units.csv", "code,name,level,parent_code,population", units)
    pairs = pairwise(VILLAGES)
    lengths = (900, 100, 800, 200, 700)
    write(folder / "edges.csv", "a,b,shared_border_m", [(*p, m) for p, m in zip(pairs, lengths, strict=True)])
    grids = [(f"{code}-G", f"{code}网格", "base", code) for code in VILLAGES]
    write(folder / "grids.csv", "code,name,kind,unit_code", grids)
    return [folder / name for name in ("units.csv", "edges.csv", "grids.csv")]


def write(path: Path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


def imported(call, folder, store):
    """Import the town as it was on 2020-01-01 and return the address of the store."""
    result = call("import", *write_town(folder), "--store", store, "--effective", "2020-01-01", "--json")
    assert result.code == 0, result.out
    return store


class Loop:
    """The commands on one scenario of one store."""

    def __init__(self, call, store):
        self._call, self.store, self.code = call, store, ""

    def __call__(self, command, *arguments, by="office"):
        who = ("--by", by) if by else ()
        return self._call("scenario", command, *arguments, "--store", self.store, "--json", *who)

    def on(self, command, *arguments, by="office"):
        """Call a command on the scenario and expect it to be done."""
        result = self(command, self.code, *arguments, by=by)
        assert result.code == 0, result.out
        return result.json

    def refused(self, command, *arguments, by="office"):
        """Call a command on the scenario and return its error."""
        result = self(command, self.code, *arguments, by=by)
        assert result.code == 1, result.out
        return result.error

    def created(self, *settings):
        result = self("create", TOWN, "--name", "六村合三", *(settings or SETTINGS))
        assert result.code == 0, result.out
        self.code = result.json["scenario"]["code"]
        return self

    def agreed(self, folder, units=VILLAGES, answer="agreed"):
        rows = [(unit, answer) for unit in units]
        return self.on("consent", "--file", write(folder / "consents.csv", "code,answer", rows))

    def approved(self):
        answer = {}
        for authority in self.on("show", by="")["approvals_needed"]:
            answer = self.on("approve", authority)
        return answer
