"""The start page and GraphiQL: everything comes from this server, as it was published, under a policy that allows nothing else."""

import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from http_schemas import post
from live_server import town_client

from api.ide import ASSETS

pytestmark = pytest.mark.anyio

EXAMPLES = json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))


class Page(HTMLParser):
    """What a page loads, and whether anything runs inside it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: dict[str, str] = {}
        self.links: list[str] = []
        self.inline: list[str] = []
        self.lang = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.lang = self.lang or (found.get("lang") or "")
        self.inline += [f"{tag} {name}" for name in found if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.inline.append(tag)
        if tag == "a":
            self.links.append(found["href"] or "")
        else:
            for name in ("src", "href"):
                if found.get(name):
                    self.loads[found[name] or ""] = found.get("integrity") or ""


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with town_client(tmp_path) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/graphiql"])
async def test_a_page_loads_only_what_this_server_has(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    page = Page(answer.text)
    assert page.inline == []
    assert page.loads
    for address in [*page.loads, *page.links]:
        assert re.fullmatch(r"/[\w./?=-]*", address), address
        assert (await client.get(address)).status_code == 200, address
    for address, integrity in page.loads.items():
        found = await client.get(address)
        if integrity:
            digest = base64.b64encode(hashlib.sha384(found.content).digest()).decode()
            assert integrity == f"sha384-{digest}"


@pytest.mark.parametrize("path", ["/", "/graphiql"])
async def test_the_policy_allows_nothing_from_elsewhere_and_no_script_inside(
    client: httpx.AsyncClient, path: str
) -> None:
    policy = (await client.get(path)).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert {source for sources in rules.values() for source in sources.split()} == {
        "'none'",
        "'self'",
        "data:",
    }
    assert "unsafe" not in policy


async def test_vendored_files_are_whole_named_and_fetch_nothing(client: httpx.AsyncClient) -> None:
    licences = (ASSETS / "LICENSES.md").read_text(encoding="utf-8")
    page = Page((ASSETS / "graphiql.html").read_text(encoding="utf-8"))
    vendored = {Path(address).name for address, integrity in page.loads.items() if integrity}
    own = {"home.html", "home.css", "graphiql.html", "ide.css", "ide.js", "icon.svg", "examples.json"}
    assert {path.name for path in ASSETS.iterdir()} == vendored | own | {"LICENSES.md"}
    for name in vendored:
        assert f"`{name}`" in licences
    for path in ASSETS.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text
        addresses = re.findall(r"url\(\s*['\"]?([^'\")]{1,30})", text)
        assert [a for a in addresses if not a.startswith(("data:", "#"))] == []
    for name in own:
        assert "//" not in re.sub(
            r"^ *//.*$|http://www.w3.org/2000/svg", "", (ASSETS / name).read_text(), flags=re.M
        )


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_pages_come_in_both_languages(client: httpx.AsyncClient, lang: str) -> None:
    for path in ("/", "/graphiql"):
        by_browser = await client.get(path, headers={"accept-language": lang})
        by_address = await client.get(f"{path}?lang={lang}", headers={"accept-language": "fr"})
        assert by_browser.text == by_address.text
        assert Page(by_browser.text).lang == lang
    start = re.sub("中文", "", (await client.get(f"/?lang={lang}")).text)
    assert bool(re.search("[\u4e00-\u9fff]", start)) is (lang == "zh")


@pytest.mark.parametrize("example", EXAMPLES, ids=[e["title"]["en"] for e in EXAMPLES])
async def test_every_example_query_is_answered(client: httpx.AsyncClient, example) -> None:
    assert set(example["title"]) == {"zh", "en"}
    answer = (await post(client, example["query"], variables=example["variables"])).json()
    assert "errors" not in answer
    assert all(value is not None for value in answer["data"].values())


async def test_the_schema_is_shown_as_sdl(client: httpx.AsyncClient) -> None:
    assert "type Query {" in (await client.get("/schema.graphql")).text
