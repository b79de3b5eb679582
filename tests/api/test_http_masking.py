"""What a resolver raises is shown to nobody: not in the answer, not in the log."""

import logging

import pytest
from http_schemas import SECRET, Probe, post, probing_schema, the_error
from live_server import bare_client

from orgraph.errors import StoreUnavailable

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("field", ["fails", "failsLater", "wrong"])
async def test_a_defect_shows_neither_message_nor_cause(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], field: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with bare_client(schema=probing_schema(Probe())) as client:
        answer = await post(client, f"{{ {field} }}")
    error = the_error(answer)
    assert (answer.status_code, error["code"], error["status"]) == (200, "internal", 500)
    assert error["requestId"] in error["message"]
    for text in (answer.text, caplog.text, *capfd.readouterr()):
        assert "hunter2" not in text
        assert SECRET not in text
    (defect,) = [m for m in caplog.messages if "defect=" in m]
    assert defect.startswith(f"request={error['requestId']} defect=")
    assert any(m.endswith("codes=internal") for m in caplog.messages)


async def test_what_fails_outside_of_graphql_is_masked_too(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> bool:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("orgraph.service.lookup.Lookup.is_ready", fail)
    async with bare_client() as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, the_error(answer)["code"]) == (500, "internal")
    assert SECRET not in answer.text + caplog.text


async def test_a_store_that_is_away_is_told_with_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise StoreUnavailable("store_busy", path="town.db")

    monkeypatch.setattr("api.loaders.Loaders._nodes", fail)
    async with bare_client() as client:
        error = the_error(await post(client, '{ unit(code: "x") { name } }'))
    assert (error["code"], error["status"]) == ("store_busy", 503)
