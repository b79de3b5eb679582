"""Measure the server: what a request costs, and how long a small one waits while expensive ones are fired.

python bench/server.py [--units 2000] [--seconds 5] [--out FILE]

The server is a process of its own over a temporary SQLite store; its processor time is read from the system, so other load on the machine changes the
waiting times but hardly the costs. Expensive queries are those of the tests, fired at eight at a time; the probe is ``{ __typename }``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import IO

import httpx

from orgraph.graph import NodeKey
from orgraph.store import open_store
from orgraph.store.port import PutNode, PutRelationship

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "api"))
from limits_corpus import CORPUS

TOWN = "370503100"
CLIENTS = 8
PROBE = "{ __typename }"
QUERIES = {
    "probe": PROBE,
    "one unit, 5 fields": f'{{ unit(code: "{TOWN}") {{ code name level population households }} }}',
    "100 units, 5 fields": "{ units(first: 100) { edges { node { code name level population households } } } }",
    "a syntax error": "{",
}


async def fill(url: str, num_units: int) -> None:
    """Put a town with many villages into a new store."""
    codes = [f"{TOWN}{i:06d}" for i in range(num_units)]
    async with open_store(url) as store:
        await store.ensure_schema()
        town = PutNode("Unit", TOWN, {"name": "义和镇", "level": "town"})
        await store.apply(
            [town]
            + [
                PutNode("Unit", code, {"name": f"村{code}", "level": "village", "population": 400})
                for code in codes
            ]
        )
        await store.apply(
            [PutRelationship("PART_OF", NodeKey("Unit", code), NodeKey("Unit", TOWN)) for code in codes]
        )


@contextmanager
def serving(store_url: str) -> Iterator[tuple[int, str]]:
    """Run the server; yield its process id and address."""
    command = [
        sys.executable,
        "-c",
        "from orgraph.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--lang",
        "en",
    ]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen([*command, "--store", store_url], stderr=log, stdout=subprocess.DEVNULL) as process,
    ):
        try:
            while not (found := re.search(r"http://\S+?/(?= )", _read(log))):
                time.sleep(0.1)
            yield process.pid, found[0]
        finally:
            process.terminate()


def _read(log: IO[str]) -> str:
    log.seek(0)
    return log.read()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(client: httpx.Client, query: str) -> float:
    """Return how long the answer takes."""
    started = time.perf_counter()
    client.post("graphql", json={"query": query})
    return time.perf_counter() - started


def load(url: str, queries: list[str], seconds: float) -> list[float]:
    """Ask in turn at :data:`CLIENTS` at a time, and return all waiting times."""
    end = time.perf_counter() + seconds

    def one(number: int) -> list[float]:
        waits = []
        with httpx.Client(base_url=url, timeout=120) as client:
            for query in islice(cycle(queries), number, None):
                if time.perf_counter() > end:
                    return waits
                waits.append(ask(client, query))
        return waits

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [wait for waits in pool.map(one, range(CLIENTS)) for wait in waits]


def figures(pid: int, url: str, queries: list[str], seconds: float) -> dict[str, float]:
    """Return requests per second, waiting times and processor time per request."""
    load(url, queries, seconds / 5)
    before = cpu_seconds(pid)
    waits = load(url, queries, seconds)
    return told(waits) | {
        "requests_per_s": round(len(waits) / seconds, 1),
        "cpu_ms": round(1000 * (cpu_seconds(pid) - before) / len(waits), 3),
    }


def told(waits: list[float]) -> dict[str, float]:
    """Return number, median, 99th percentile and longest of waiting times."""
    ordered = sorted(waits)
    return {
        "num": len(ordered),
        "median_ms": round(1000 * statistics.median(ordered), 1),
        "p99_ms": round(1000 * ordered[int(0.99 * (len(ordered) - 1))], 1),
        "longest_ms": round(1000 * ordered[-1], 1),
    }


def probed(url: str, seconds: float) -> dict[str, dict[str, float]]:
    """Ask the probe again and again while the corpus is fired."""
    expensive = [query for query, _ in CORPUS.values()]
    waits: list[float] = []
    is_over = threading.Event()

    def probe() -> None:
        with httpx.Client(base_url=url, timeout=120) as client:
            while not is_over.is_set():
                waits.append(ask(client, PROBE))

    thread = threading.Thread(target=probe)
    thread.start()
    fired = load(url, expensive, seconds)
    is_over.set()
    thread.join()
    return {"fired": told(fired), "probe": told(waits)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store_url = f"sqlite:///{folder}/town.db"
        asyncio.run(fill(store_url, asked.units))
        with serving(store_url) as (pid, url):
            found: dict[str, object] = {
                name: figures(pid, url, [query], asked.seconds) for name, query in QUERIES.items()
            }
            found["while the corpus is fired"] = probed(url, 2 * asked.seconds)
    text = json.dumps(found, indent=2)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
