import stat
from pathlib import Path

import pytest

from orgraph.cli.files import reserved
from orgraph.errors import OutputError


def test_a_file_is_written_whole(tmp_path):
    path = tmp_path / "plan.json"
    with reserved(path) as target:
        target.write("新村\n")
    assert path.read_text(encoding="utf-8") == "新村\n"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_an_older_file_stays_until_the_new_one_is_complete(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), reserved(path):
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_an_older_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("old")
    path.chmod(0o640)
    with reserved(path) as target:
        target.write("new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    with reserved(tmp_path / "link.json") as target:
        target.write("new")
    assert (tmp_path / "real.json").read_text() == "new"
    assert (tmp_path / "link.json").is_symlink()


def test_a_missing_folder_is_found_before_any_work(tmp_path):
    with pytest.raises(OutputError) as error, reserved(tmp_path / "none" / "plan.json"):
        pytest.fail("the work must not start")
    assert error.value.code == "output_no_folder"


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(OutputError) as error, reserved(tmp_path):
        pytest.fail("the work must not start")
    assert error.value.code == "output_is_folder"


def test_a_file_below_a_file_has_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as error, reserved(tmp_path / "file" / "plan.json"):
        pytest.fail("the work must not start")
    assert error.value.code == "output_no_folder"


def test_a_full_disk_leaves_the_older_file():
    with reserved(Path("/dev/full")) as target, pytest.raises(OutputError) as error:
        target.write("x" * 100_000)
    assert error.value.code == "output_disk_full"


def test_nothing_is_reserved_for_no_path():
    with reserved(None) as target:
        assert target is None
