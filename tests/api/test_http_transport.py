"""GET and POST, media types and status, languages, ids, unknown paths and methods."""

import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from http_schemas import GRAPHQL, Probe, post, probing_schema, the_error
from live_server import bare_client

pytestmark = pytest.mark.anyio

JSON = "application/json"


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
async def client(probe: Probe) -> AsyncIterator[httpx.AsyncClient]:
    async with bare_client(schema=probing_schema(probe)) as client:
        del client.headers["accept"]
        yield client


async def get(client: httpx.AsyncClient, **parameters: str) -> httpx.Response:
    return await client.get("/graphql", params=parameters, headers={"accept": GRAPHQL})


async def test_a_query_may_be_sent_by_get(client: httpx.AsyncClient) -> None:
    query = "query A { __typename } query B($n: String!) { hello(name: $n) }"
    answer = await get(client, query=query, variables=json.dumps({"n": "义和"}), operationName="B")
    assert answer.json()["data"] == {"hello": "hello 义和"}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "body_without_query"),
        ({"query": ""}, "body_without_query"),
        ({"query": "{ hello }", "variables": "{"}, "body_not_json"),
        ({"query": "{ hello }", "variables": "[1]"}, "body_variables"),
        ({"query": "{ hello }", "extensions": "5"}, "body_variables"),
    ],
)
async def test_a_malformed_get_is_refused(
    client: httpx.AsyncClient, parameters: dict[str, str], code: str
) -> None:
    answer = await get(client, **parameters)
    assert (answer.status_code, the_error(answer)["code"]) == (400, code)


async def test_a_parameter_given_twice_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql?query={hello}&query={__typename}")
    assert (answer.status_code, the_error(answer)["code"]) == (400, "body_duplicate")


async def test_a_mutation_needs_post(client: httpx.AsyncClient, probe: Probe) -> None:
    answer = await get(client, query="mutation { touch }")
    assert (answer.status_code, the_error(answer)["code"]) == (405, "mutation_by_get")
    assert answer.headers["allow"] == "POST"
    assert probe.num_touched == 0
    assert (await post(client, "mutation { touch }")).json()["data"] == {"touch": 1}


async def test_a_subscription_is_refused(client: httpx.AsyncClient) -> None:
    answer = await post(client, "subscription { touch }")
    assert (answer.status_code, the_error(answer)["code"]) == (400, "operation_type")


@pytest.mark.parametrize(
    ("query", "operation"),
    [
        ("query A { hello } query B { hello }", None),
        ("query A { hello } query B { hello }", "C"),
        ("{ hello }", "C"),
        ("fragment F on Query { hello }", None),
    ],
)
async def test_which_operation_is_meant_must_be_clear(
    client: httpx.AsyncClient, query: str, operation: str | None
) -> None:
    answer = await post(client, query, operationName=operation)
    assert (answer.status_code, the_error(answer)["code"]) == (400, "operation_unknown")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON),
        (f"{GRAPHQL};q=0, */*", JSON),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
    ],
)
async def test_the_media_type_follows_accept(
    client: httpx.AsyncClient, accept: str | None, media: str
) -> None:
    headers = {} if accept is None else {"accept": accept}
    answer = await client.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    assert answer.headers["content-type"] == f"{media}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", f"{JSON};q=0", "application/xml, text/*"])
async def test_other_media_types_are_not_acceptable(client: httpx.AsyncClient, accept: str) -> None:
    answer = await post(client, "{ hello }", accept=accept)
    assert (answer.status_code, the_error(answer)["code"]) == (406, "accept_unknown")


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", None, "document_syntax"),
        ("{ nothing }", None, "document_invalid"),
        ("{ ...Zed }", None, "fragment_unknown"),
        ("query($n: String!) { hello(name: $n) }", {"n": 5}, "variables_invalid"),
        ("query($n: String!) { hello(name: $n) }", {}, "variables_invalid"),
    ],
)
async def test_the_status_of_a_request_error_follows_the_media_type(
    client: httpx.AsyncClient, query: str, variables: dict[str, object] | None, code: str
) -> None:
    for accept, status in ((GRAPHQL, 400), (JSON, 200)):
        answer = await post(client, query, accept, variables=variables)
        assert answer.status_code == status
        assert the_error(answer)["code"] == code
        assert "data" not in answer.json()


async def test_a_null_for_an_argument_that_needs_a_value_is_the_clients_error(
    client: httpx.AsyncClient,
) -> None:
    query = "query($n: String) { __typename hello(name: $n) }"
    answer = await post(client, query, variables={"n": None})
    assert the_error(answer)["code"] == "variables_invalid"


async def test_suggestions_do_not_tell_the_schema(client: httpx.AsyncClient) -> None:
    answer = await post(client, "{ helo }")
    assert "hello" not in answer.text


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB, zh;q=0.5", "en"),
        ("fr, zh;q=0.2", "zh"),
        ("de", "en"),
        ("zh;q=0", "en"),
        ("zh;q=x", "en"),
        ("", "en"),
    ],
)
async def test_the_message_is_in_the_language_of_the_client(
    client: httpx.AsyncClient, accepted: str, lang: str
) -> None:
    error = the_error(await client.get("/nothing", headers={"accept-language": accepted}))
    assert error["message"] == error["text"][lang]
    assert error["text"]["zh"] != error["text"]["en"]


async def test_without_a_header_the_language_is_the_servers() -> None:
    async with bare_client(lang="zh") as client:
        error = the_error(await client.get("/nothing"))
    assert error["message"] == error["text"]["zh"]


@pytest.mark.parametrize("path", ["/nothing", "/graphql/x", "/static/nothing.js", "/static/../app.py"])
async def test_an_unknown_path_is_told_in_the_one_shape(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, the_error(answer)["code"]) == (404, "path_unknown")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/graphql"), ("DELETE", "/graphql"), ("POST", "/healthz"), ("POST", "/static/ide.js")],
)
async def test_an_unknown_method_is_told_in_the_one_shape(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, the_error(answer)["code"]) == (405, "method_not_allowed")


async def test_the_id_of_a_request_is_in_header_error_and_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "orgraph.access")
    answer = await client.get("/nothing")
    request_id = answer.headers["x-request-id"]
    assert the_error(answer)["requestId"] == request_id
    (line,) = caplog.messages
    assert line.startswith(f"request={request_id} method=GET route=other status=404 ms=")
    assert line.endswith(" kind=- operation=- cost=- codes=path_unknown")


async def test_an_id_that_the_client_sends_is_kept_when_it_is_plain(client: httpx.AsyncClient) -> None:
    kept = await client.get("/healthz", headers={"x-request-id": "batch-7.a_B"})
    assert kept.headers["x-request-id"] == "batch-7.a_B"
    for wrong in ("a b", "x" * 65, "a=1;b", "中".encode()):
        answer = await client.get("/healthz", headers={"x-request-id": wrong})
        assert len(answer.headers["x-request-id"]) == 16


async def test_the_log_names_the_operation_and_no_value(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    query = 'query Greet($n: String!) { hello(name: $n) again: hello(name: "李四") }'
    await post(client, query, variables={"n": "张三"})
    (line,) = [m for m in caplog.messages if m.startswith("request=")]
    assert " route=/graphql status=200 " in line
    assert " kind=query operation=Greet cost=2 codes=-" in line
    assert "张三" not in caplog.text
    assert "李四" not in caplog.text


async def test_a_foreign_name_is_not_answered() -> None:
    async with bare_client(hosts=("localhost", "127.0.0.1", "[::1]")) as client:
        for host, status in (
            ("localhost:8000", 200),
            ("LOCALHOST", 200),
            ("127.0.0.1:1", 200),
            ("[::1]:8000", 200),
            ("[::1]", 200),
            ("evil.example", 421),
            ("localhost.evil.example:8000", 421),
            ("", 421),
        ):
            answer = await client.get("/healthz", headers={"host": host})
            assert (host, answer.status_code) == (host, status)
        assert the_error(answer)["code"] == "host_unknown"


async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", "/graphql", "/nothing", "/static/ide.js"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
