"""Backup and restore: a store as one file, and that file into an empty store of any kind.

The file is gzip'd JSON lines: a manifest, the records of :mod:`orgraph.store.dump`, and a seal with counts and digest
(:mod:`orgraph.service.dump_digest`). The seal is compared before the transaction of the restore ends, so that a cut or altered file leaves nothing.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, NoReturn

from orgraph import __version__
from orgraph.errors import InputError
from orgraph.findings import Finding, Json, Place
from orgraph.service.backup_lines import line_of, record_of
from orgraph.service.dump_digest import DumpDigest
from orgraph.store.dump import DumpRecord, close_dump
from orgraph.store.port import Store

BACKUP_FORMAT = 1
_BATCH = 2_000
_COMPRESSION = 5
"""Half the time of the usual 9, and files a twentieth larger."""
_MAX_LINE = 64 * 1024 * 1024
_MAGIC = b"\x1f\x8b"

OnRecords = Callable[[int], None]
"""Is told, now and then, how many records have passed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What went into a backup, or came out of it: records by kind, and the digest over all."""

    counts: Mapping[str, int]
    digest: str

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {"counts": dict(self.counts), "digest": self.digest}


async def backup(store: Store, file: BinaryIO, *, on_records: OnRecords = lambda number: None) -> Moved:
    """Write everything that a store holds, past and log included, from one state of it.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    digest = DumpDigest()
    num_records = 0
    with gzip.GzipFile("", "wb", _COMPRESSION, file, mtime=0) as lines:
        lines.write(_line({"orgraph": "backup", "format": BACKUP_FORMAT, "version": __version__}))
        records = store.dump()
        try:
            async for batch in _batches(records):
                await asyncio.to_thread(_write, lines, digest, batch)
                num_records += len(batch)
                on_records(num_records)
        finally:
            await close_dump(records)
        moved = Moved(digest.counts, digest.hex)
        lines.write(_line({"seal": moved.to_json()}))
    return moved


async def restore(
    store: Store, file: BinaryIO, name: str, *, on_records: OnRecords = lambda number: None
) -> Moved:
    """Load a backup into a store that is set up and holds nothing.

    Parameters
    ----------
    name
        What findings call the file.

    Raises
    ------
    InputError
        When the file is no backup, is cut, altered, or of a newer program; nothing is left behind.
    StoreError
        When the store ever held something.
    """
    reading = _Reading(file, name)
    await store.load(_records(reading, on_records))
    return reading.moved


async def _records(reading: _Reading, on_records: OnRecords) -> AsyncIterator[DumpRecord]:
    while batch := await asyncio.to_thread(reading.next_batch):
        for record in batch:
            yield record
        on_records(reading.num_lines)


async def _batches(records: AsyncIterator[DumpRecord]) -> AsyncIterator[list[DumpRecord]]:
    batch: list[DumpRecord] = []
    async for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _write(lines: gzip.GzipFile, digest: DumpDigest, batch: list[DumpRecord]) -> None:
    for record in batch:
        digest.add(record)
    lines.write("".join(f"{line_of(record)}\n" for record in batch).encode())


def _line(content: Json) -> bytes:
    return f"{json.dumps(content, ensure_ascii=False)}\n".encode()


class _Reading:
    """A backup that is being read: its lines, and what they add up to."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        self._file = file
        self._digest = DumpDigest()
        self._records = self._read()
        self.num_lines = 0

    @property
    def moved(self) -> Moved:
        """What was read."""
        return Moved(self._digest.counts, self._digest.hex)

    def next_batch(self) -> list[DumpRecord]:
        """Return the next records; none when the seal has been read and fits.

        Raises
        ------
        InputError
            When the file is no whole, unaltered backup that this version can read.
        """
        try:
            return list(islice(self._records, _BATCH))
        except EOFError:
            self._refuse("backup_cut")
        except (gzip.BadGzipFile, zlib.error, ValueError, TypeError, KeyError, AttributeError):
            self._refuse("backup_damaged")

    def _read(self) -> Iterator[DumpRecord]:
        lines = self._lines()
        self._judge_manifest(next(lines, ""))
        for line in lines:
            if line.startswith("{"):
                self._judge_seal(line)
                if next(lines, None) is not None:
                    self._refuse("backup_damaged")
                return
            record = record_of(line)
            self._digest.add(record)
            yield record
        self._refuse("backup_cut")

    def _lines(self) -> Iterator[str]:
        if self._file.read(len(_MAGIC)) != _MAGIC:
            self._refuse("backup_is_none")
        self._file.seek(0)
        with gzip.GzipFile("", "rb", fileobj=self._file) as lines:
            while line := lines.readline(_MAX_LINE):
                self.num_lines += 1
                yield line.decode()

    def _judge_manifest(self, line: str) -> None:
        try:
            manifest = json.loads(line)
        except ValueError:
            manifest = None
        if not isinstance(manifest, dict) or manifest.get("orgraph") != "backup":
            self._refuse("backup_is_none")
        if manifest.get("format") != BACKUP_FORMAT:
            self._refuse(
                "backup_newer", found=str(manifest.get("format")), version=str(manifest.get("version"))
            )

    def _judge_seal(self, line: str) -> None:
        if json.loads(line) != {"seal": self.moved.to_json()}:
            self._refuse("backup_altered")

    def _refuse(self, code: str, **numbers: Json) -> NoReturn:
        about: dict[str, Json] = {"file": self._name, "line": self.num_lines, **numbers}
        finding = Finding(f"moving.{code}", place=Place(self._name, self.num_lines), numbers=about)
        raise InputError("dump_refused", findings=(finding,), num_errors=1)
