"""Commands against a server that is gone or refuses: exit code 5, one message, no traceback, nothing secret."""

import asyncio
import subprocess
import sys

import pytest
from fault_stores import COUNTY, county, numbered, store_on
from neo4j_server import Neo4jServer

pytestmark = pytest.mark.anyio

SECRET = "s3cret-pass-phrase"


async def command(lang: str, *words: str) -> tuple[int | None, str, str]:
    """Run ``orgraph`` in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from orgraph.cli import main; main()",
        "--lang",
        lang,
        *words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("lang", "url", "says"),
    [
        ("en", "bolt://127.0.0.1:1/neo4j", "cannot be reached"),
        ("zh", "bolt://127.0.0.1:1/neo4j", "无法连接"),
    ],
)
async def test_nobody_there(lang: str, url: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORGRAPH_STORE_USER", "neo4j")
    monkeypatch.setenv("ORGRAPH_STORE_PASSWORD", SECRET)
    told = await command(lang, "coverage", COUNTY, "--store", url)
    judge(told, says)


def judge(told: tuple[int | None, str, str], says: str) -> None:
    code, out, err = told
    assert code == 5
    assert says in err
    assert out == ""
    assert "Traceback" not in err
    assert "neo4j.exceptions" not in err
    assert "<CONNECTION>" not in err
    assert SECRET not in err


async def test_wrong_password(server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORGRAPH_STORE_PASSWORD", SECRET)
    judge(await command("zh", "coverage", COUNTY, "--store", server.url), "拒绝登录")


async def test_wrong_database(server: Neo4jServer) -> None:
    judge(
        await command("en", "coverage", COUNTY, "--store", server.url + "elsewhere"),
        "no database neo4jelsewhere",
    )


async def test_another_one_writes(server: Neo4jServer) -> None:
    async with store_on(server, lease_s=3600.0) as store:
        await store.apply(county())
        await store.apply(numbered(1))
        told = await command("en", "demo", "--store", server.url)
        judge(told, "writes to")
