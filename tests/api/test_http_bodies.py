"""Malformed requests: every one is a coded 4xx in the one shape, and a body that is too long is not read."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from http_schemas import the_error
from live_server import bare_client

from api.app import create_app
from orgraph.settings import ApiLimits

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with bare_client() as client:
        yield client


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "body_not_json"),
        (b"5", "body_without_query"),
        (b"null", "body_without_query"),
        (b'"x"', "body_without_query"),
        (b"true", "body_without_query"),
        (b"[5]", "body_without_query"),
        (b'[{"query": "{ __typename }"}]', "body_without_query"),
        (b"{}", "body_without_query"),
        (b"{", "body_not_json"),
        (b"NaN", "body_not_json"),
        (b'{"query": "{ __typename }", "variables": {"a": NaN}}', "body_not_json"),
        (b'{"query": "{ __typename }"} x', "body_not_json"),
        (b"\xff", "body_not_json"),
        (b'{"query": "\xc3\x28"}', "body_not_json"),
        (b'{"query": "\\ud800"}', "body_not_json"),
        (b'{"query": "{ __typename }", "variables": {"a": ["\\uD83D"]}}', "body_not_json"),
        (b'{"query": 5}', "body_without_query"),
        (b'{"query": null}', "body_without_query"),
        (b'{"query": ["{ __typename }"]}', "body_without_query"),
        (b'{"query": "  "}', "body_without_query"),
        (b'{"query": "{ __typename }", "query": "{ __typename }"}', "body_duplicate"),
        (b'{"query": "{ __typename }", "variables": {"a": 1, "a": 2}}', "body_duplicate"),
        (b'{"query": "{ __typename }", "variables": 5}', "body_variables"),
        (b'{"query": "{ __typename }", "variables": "{}"}', "body_variables"),
        (b'{"query": "{ __typename }", "variables": []}', "body_variables"),
        (b'{"query": "{ __typename }", "operationName": 5}', "body_variables"),
        (b'{"query": "{ __typename }", "extensions": 5}', "body_variables"),
        (b"[" * 100_000, "body_too_deep"),
        (b"[" * 60 + b"]" * 60, "body_too_deep"),
        (b'{"query": "{ __typename }", "variables": {"n": ' + b"9" * 5000 + b"}}", "body_not_json"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:60]),
)
async def test_a_malformed_body_is_refused(client: httpx.AsyncClient, body: bytes, code: str) -> None:
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert answer.status_code == 400
    assert the_error(answer)["code"] == code
    assert the_error(answer)["status"] == 400


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gb18030",
        "application/graphql",
    ],
)
async def test_another_content_type_is_refused(client: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = await client.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
    assert (answer.status_code, the_error(answer)["code"]) == (415, "content_type")


async def test_json_may_say_that_it_is_utf8(client: httpx.AsyncClient) -> None:
    headers = {"content-type": 'Application/JSON; charset="UTF-8"'}
    answer = await client.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_null_parameters_count_as_not_given(client: httpx.AsyncClient) -> None:
    asked = {"query": "{ __typename }", "variables": None, "operationName": None, "extensions": None}
    assert (await client.post("/graphql", json=asked)).json()["data"] == {"__typename": "Query"}
    assert (await client.post("/graphql", json=asked | {"operationName": ""})).status_code == 200


async def raw(app, headers: dict[str, str], pieces: list[bytes]) -> tuple[int, dict[str, object], int]:
    """Send a POST piece by piece; return status, answer, and how many pieces were taken."""
    sent: list[dict[str, object]] = []
    waiting = list(pieces)

    async def receive() -> dict[str, object]:
        if not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(k.encode(), v.encode()) for k, v in {"host": "test", **headers}.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    body = b"".join(m.get("body", b"") for m in sent)
    return sent[0]["status"], json.loads(body), len(pieces) - len(waiting)


async def test_an_announced_body_of_50_mb_is_not_read() -> None:
    headers = JSON | {"content-length": "50000000"}
    status, answer, num_taken = await raw(create_app(object()), headers, [b"x"] * 50)
    assert (status, answer["errors"][0]["extensions"]["code"], num_taken) == (413, "body_too_long", 0)


async def test_a_body_that_grows_too_long_is_read_no_further() -> None:
    app = create_app(object(), limits=ApiLimits(body_bytes=1000))
    status, answer, num_taken = await raw(app, JSON, [b" " * 300] * 50)
    assert (status, answer["errors"][0]["extensions"]["code"], num_taken) == (413, "body_too_long", 4)


async def test_a_length_that_is_no_number_of_this_world_is_too_long() -> None:
    headers = JSON | {"content-length": "9" * 5000}
    status, _, num_taken = await raw(create_app(object()), headers, [b"x"])
    assert (status, num_taken) == (413, 0)
