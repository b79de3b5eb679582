"""`orgraph backup`, `restore` and `export`: files that are whole or not there, and what is told."""

import errno
import json
import random
import signal
import subprocess
import sys
import zipfile

import pytest

from orgraph.cli.files import reserved
from orgraph.errors import OutputError
from orgraph.store import PutNode, open_store_sync, url_of

LIMIT_BYTES = 100_000
"""Larger than the shared memory of a reader of SQLite, smaller than the files that the tests write."""


@pytest.fixture
def county(tmp_path):
    """A store large enough that its backup does not fit below the limit."""
    url = url_of(tmp_path / "county.db")
    with open_store_sync(url) as store:
        store.ensure_schema()
        rng = random.Random(1)
        noise = (f"{rng.getrandbits(320):x}" for _ in range(4_000))
        store.apply(
            PutNode("Scenario", f"S{i}", {"name": name, "status": "draft"}) for i, name in enumerate(noise)
        )
    return url


def limited(arguments, *, is_killed):
    """Run a command that may not write files beyond the limit: it gets an error, or is killed in the middle."""
    bound = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT_BYTES}, {LIMIT_BYTES})); "
    # Python itself turns the signal off when it starts
    start = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); " if is_killed else ""
    command = [
        sys.executable,
        "-c",
        f"{bound}{start}from orgraph.cli import main; main()",
        *map(str, arguments),
    ]
    return subprocess.run(command, capture_output=True, check=False, timeout=300)


def test_backup_and_restore_tell_counts_and_the_same_digest(call, county, tmp_path):
    file = tmp_path / "b.gz"
    saved = call("backup", "--store", county, "--file", file, "--json").json
    assert saved["counts"] == {"commits": 1, "node_states": 4000, "relationship_states": 0, "touched": 4000}
    restored = call("restore", "--store", url_of(tmp_path / "copy.db"), "--file", file, "--json").json
    assert restored == saved
    assert len(saved["digest"]) == 64
    shown = call("backup", "--store", url_of(tmp_path / "copy.db"), "--file", file, "--lang", "zh").out
    assert saved["digest"] in shown
    assert "内部资料" in shown
    assert oct(file.stat().st_mode & 0o777) == "0o600"


def test_restore_into_a_store_that_holds_something_fails(call, county, tmp_path):
    file = tmp_path / "b.gz"
    call("backup", "--store", county, "--file", file)
    result = call("restore", "--store", county, "--file", file, "--json")
    assert (result.code, result.error["code"]) == (5, "store_not_empty")


def test_a_cut_file_is_told_with_its_place(call, county, tmp_path):
    file = tmp_path / "b.gz"
    call("backup", "--store", county, "--file", file)
    file.write_bytes(file.read_bytes()[:-100])
    result = call("restore", "--store", url_of(tmp_path / "copy.db"), "--file", file, "--json")
    assert (result.code, result.error["code"]) == (1, "dump_refused")
    assert [f["code"] for f in result.error["findings"]] == ["moving.backup_cut"]
    assert result.error["findings"][0]["place"]["file"] == "b.gz"


def test_a_missing_backup_is_told_and_makes_no_store(call, tmp_path):
    result = call("restore", "--store", url_of(tmp_path / "copy.db"), "--file", tmp_path / "none.gz")
    assert result.code == 5
    assert "none.gz" in result.err
    assert not (tmp_path / "copy.db").exists()


def test_a_backup_killed_half_way_leaves_no_file_under_its_name(county, tmp_path):
    file = tmp_path / "b.gz"
    file.write_text("older")
    died = limited(["backup", "--store", county, "--file", file], is_killed=True)
    assert died.returncode == -signal.SIGXFSZ
    assert file.read_text() == "older"


def test_no_room_is_told_and_nothing_is_left(county, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    failed = limited(["backup", "--store", county, "--file", folder / "b.gz", "--json"], is_killed=False)
    assert failed.returncode == 5
    assert json.loads(failed.stdout)["error"]["code"] == "output_failed"
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_told_and_the_older_file_stays(tmp_path):
    file = tmp_path / "b.gz"
    file.write_text("older")
    with pytest.raises(OutputError) as caught, reserved(file) as target, target.opened() as stream:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.code == "output_disk_full"
    assert file.read_text() == "older"
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


@pytest.mark.parametrize("end", ["", "-wal", "-shm", ".lock"])
def test_the_store_itself_is_never_written_over(call, county, tmp_path, end):
    before = (tmp_path / "county.db").read_bytes()
    result = call("backup", "--store", county, "--file", tmp_path / f"county.db{end}")
    assert result.code == 2
    assert (tmp_path / "county.db").read_bytes() == before


def test_a_store_that_is_not_there_leaves_no_file(call, tmp_path):
    result = call("backup", "--store", url_of(tmp_path / "none.db"), "--file", tmp_path / "b.gz")
    assert result.code == 5
    assert list(tmp_path.glob("*b.gz*")) == []


def test_the_file_has_to_be_named(call):
    assert call("backup").code == call("restore").code == 2


def test_export_and_import_tell_the_same_counts_and_digest(call, county, tmp_path):
    file, copy = tmp_path / "e.zip", url_of(tmp_path / "copy.db")
    told = call("export", "--store", county, "--out", file, "--json").json
    assert told["counts"] == {"nodes": {"Scenario": 4000}, "relationships": {}}
    tried = call("import", file, "--store", copy, "--dry-run", "--json").json
    assert (tried["new"], tried["dry_run"], tried["versions"]) == ({"Scenario": 4000}, True, {})
    assert call("import", file, "--store", copy, "--json").json["new"] == {"Scenario": 4000}
    again = call("export", "--store", copy, "--out", file, "--json").json
    assert again == told
    shown = call("export", "--store", copy, "--out", file, "--lang", "zh").out
    assert told["digest"] in shown
    assert "内部资料" in shown
    assert oct(file.stat().st_mode & 0o777) == "0o600"


def test_an_export_is_imported_by_itself(call, county, tmp_path):
    file = tmp_path / "e.zip"
    call("export", "--store", county, "--out", file)
    assert call("import", file, file, "--store", county).code == 2
    assert call("import", file, "--kind", "units", "--store", county).code == 2


def test_a_workbook_is_still_told_as_one(call, county, tmp_path):
    workbook = tmp_path / "units.xlsx"
    with zipfile.ZipFile(workbook, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    result = call("import", workbook, "--store", county, "--json")
    assert [f["code"] for f in result.error["findings"]] == ["exchange.file_is_workbook"]


def test_an_export_without_room_leaves_nothing(county, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    failed = limited(["export", "--store", county, "--out", folder / "e.zip", "--json"], is_killed=False)
    assert (failed.returncode, json.loads(failed.stdout)["error"]["code"]) == (5, "output_failed")
    assert list(folder.iterdir()) == []


def test_an_unknown_scope_is_told_and_leaves_no_file(call, county, tmp_path):
    result = call("export", "--store", county, "--scope", "999", "--out", tmp_path / "e.zip", "--json")
    assert (result.code, result.error["code"]) == (1, "not_found")
    assert list(tmp_path.glob("*e.zip*")) == []
