"""What `orgraph doctor` looks at: versions, settings, data folder, store, locale. Nothing is made or changed by looking."""

from __future__ import annotations

import locale
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from orgraph.cli.words import Words
from orgraph.errors import InputError, OrgraphError
from orgraph.findings import Finding, Json
from orgraph.messages import Text, text
from orgraph.settings import SETTINGS, read_settings, unknown_settings

TESTED_PYTHONS = ((3, 11), (3, 12), (3, 13))


class Level(StrEnum):
    """How one look ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that was looked at."""

    name: Text
    level: Level
    detail: Text

    def to_json(self) -> Json:
        """Return it as JSON."""
        return {
            "check": dict(self.name.to_json()),
            "level": self.level.value,
            "detail": dict(self.detail.to_json()),
        }


async def looks(words: Words, store_url: str | None) -> tuple[Look, ...]:
    """Look at everything, in the order in which a person would."""
    found = [_python(), *_libraries(), *_settings()]
    try:
        settings = read_settings()
    except InputError:
        settings = read_settings({})  # what is wrong is told above; the rest is looked at with the defaults
    found.append(_data_dir(settings.data_dir))
    found += await _store(store_url or settings.store_url, settings.data_dir)
    found.append(_locale(words))
    return tuple(found)


def _say(key: str, /, **values: object) -> Text:
    return text(f"cli.doctor.{key}", **values)


def _python() -> Look:
    number = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] in TESTED_PYTHONS:
        return Look(_say("python"), Level.OK, _say("python_ok", version=number))
    tested = [f"{major}.{minor}" for major, minor in TESTED_PYTHONS]
    return Look(_say("python"), Level.WARN, _say("python_untested", version=number, tested=tested))


def _libraries() -> Iterator[Look]:
    for name in sorted(_required()):
        try:
            yield Look(_say("library", name=name), Level.OK, _say("library_ok", version=version(name)))
        except PackageNotFoundError:
            yield Look(_say("library", name=name), Level.FAIL, _say("library_missing"))


def _required() -> set[str]:
    """Return the names of the libraries that this program cannot do without."""
    lines = [line for line in requires("orgraph") or [] if "extra ==" not in line]
    return {found.group() for line in lines if (found := re.match(r"[\w.-]+", line))}


def _settings() -> Iterator[Look]:
    try:
        read_settings()
    except InputError as error:
        for finding in error.findings:
            yield Look(_say("settings"), Level.FAIL, finding.text)
    else:
        num_set = sum(bool(os.environ.get(setting.variable)) for setting in SETTINGS)
        yield Look(_say("settings"), Level.OK, _say("settings_ok", num=num_set))
    for finding in unknown_settings():
        yield Look(_say("settings"), Level.WARN, finding.text)


def _data_dir(path: Path) -> Look:
    name = _say("data_dir")
    if not path.exists():
        nearest = next(parent for parent in path.absolute().parents if parent.exists())
        if os.access(nearest, os.W_OK):
            return Look(name, Level.OK, _say("data_dir_new", path=path))
        return Look(name, Level.FAIL, _say("data_dir_fail", path=path))
    try:
        with tempfile.TemporaryFile(dir=path):
            return Look(name, Level.OK, _say("data_dir_ok", path=path))
    except OSError:
        return Look(name, Level.FAIL, _say("data_dir_fail", path=path))


async def _store(url: str, data_dir: Path) -> list[Look]:
    from orgraph.cli.stores import is_missing, is_missing_file, shown_url
    from orgraph.store import open_store
    from orgraph.store.opening import sqlite_path
    from orgraph.store.port import WRITING

    name, shown = _say("store"), shown_url(url)
    try:
        if await is_missing(url):
            if is_missing_file(url) and sqlite_path(url).parent != data_dir:
                await (await open_store(url)).close()  # judges the place, and makes nothing
            return [Look(name, Level.OK, _say("store_none", url=shown))]
        async with open_store(url, read_only=True) as store:
            findings = await store.diagnose()
    except OrgraphError as error:
        return [Look(name, Level.FAIL, _say("store_fail", url=shown, text=error.text))]
    return [*(_told(finding) for finding in findings if finding.code not in WRITING), _writer(findings)]


def _told(finding: Finding) -> Look:
    """Tell a finding of the store about itself; that it is whole, and its schema version, is one too."""
    from orgraph.store.port import READABLE

    is_good = finding.code in READABLE
    level = Level.OK if is_good else Level.FAIL if finding.is_error else Level.WARN
    return Look(_say("store"), level, finding.text)


def _writer(findings: Sequence[Finding]) -> Look:
    from orgraph.store.port import WRITING

    writing = next((f for f in findings if f.code in WRITING), None)
    if writing is None:
        return Look(_say("lock"), Level.OK, _say("lock_none"))
    return Look(_say("lock"), Level.WARN, writing.text)


def _locale(words: Words) -> Look:
    encoding = (sys.stdout.encoding or "").lower()
    name = next((v for n in ("LC_ALL", "LC_CTYPE", "LANG") if (v := os.environ.get(n))), "")
    values = {"name": name or locale.getlocale()[0] or "C", "encoding": encoding or "-", "lang": words.lang}
    is_complete = encoding.replace("-", "").startswith(("utf", "gb18030"))
    level = Level.OK if is_complete else Level.WARN
    return Look(_say("locale"), level, _say("locale_ok" if is_complete else "locale_warn", **values))
