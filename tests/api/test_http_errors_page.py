"""Every error code is documented, with the status that it has."""

from pathlib import Path

from api.errors import STATUS_BY_CODE, status_of
from api.errors_document import document, main
from orgraph.errors import InputError, NotFound, StoreError, StoreUnavailable, VersionConflict
from orgraph.messages import keys

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run: python -m api.errors_document"


def test_every_code_has_its_row() -> None:
    rows = [line.split(" | ") for line in document().splitlines() if line.startswith("| `")]
    codes = [row[0].strip("| `") for row in rows]
    assert codes == sorted(key.partition(".")[2] for key in keys("en") if key.startswith("errors."))
    status = dict(zip(codes, (row[1] for row in rows), strict=True))
    assert status["page_size"] == status["query_cost"] == status["document_syntax"] == "400"
    assert status["unit_unknown"] == "404"
    assert (status["body_too_long"], status["internal"], status["port_in_use"]) == ("413", "500", "-")


def test_the_page_is_written_where_asked(tmp_path: Path) -> None:
    main([str(tmp_path / "page.md")])
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == document()


def test_each_error_has_one_status() -> None:
    assert status_of(NotFound("not_found", kind="Unit", code="x")) == 404
    assert status_of(VersionConflict("version_conflict", scope="", expected=1, actual=2, changes=[])) == 409
    assert status_of(InputError("page_size", first=0, most=1)) == 400
    assert status_of(StoreUnavailable("store_busy", path="x")) == 503
    assert status_of(StoreError("store_corrupt", path="x")) == 500
    assert status_of(RuntimeError()) == 500
    assert [code for code in STATUS_BY_CODE if f"errors.{code}" not in keys("en")] == []
