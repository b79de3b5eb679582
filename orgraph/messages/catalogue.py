"""Load the message catalogues and fill their templates.

A catalogue is every ``*.toml`` file in ``messages/zh`` and ``messages/en``; a file's name is the first part of
its keys, its tables are the next: ``solver.toml`` with ``[reason.balance]`` and ``upper = "..."`` gives
``solver.reason.balance.upper``. Templates use :meth:`str.format` fields by name. No text for users is
written anywhere else.
"""

from __future__ import annotations

import locale
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        """Return the text in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def to_json(self) -> dict[str, str]:
        """Return ``{"zh": ..., "en": ...}``."""
        return {"zh": self.zh, "en": self.en}


def text(key: str, /, **values: object) -> Text:
    """Fill the template ``key`` in both languages.

    Values of type :class:`Text` are given in the language of the template they go into, and so are sequences: joined by
    that language's comma, or by its semicolon where the items are themselves sequences. Of long ones the first twelve items are named, and their number.
    A value that names something of the schema (``kind="Unit"``, ``field="population"``; see ``_LABELS``) is shown by its label.

    Raises
    ------
    KeyError
        When a catalogue lacks the key or a value that the template names: a defect of the program.
    """
    return Text(_fill(key, "zh", values), _fill(key, "en", values))


def label(group: str, name: str) -> Text:
    """Return the text of the key ``group.name``, or ``name`` itself where a name from the user's data has no text."""
    key = f"{group}.{name}"
    return text(key) if key in _catalogue("en") else Text(name, name)


def keys(lang: Lang) -> Mapping[str, str]:
    """Return every key of one catalogue with its template."""
    return _catalogue(lang)


def default_language() -> Lang:
    """Return ``zh`` when the locale starts with zh, else ``en``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def _fill(key: str, lang: Lang, values: Mapping[str, object]) -> str:
    shown = {name: _shown(_named(name, v, values), lang) for name, v in values.items()}
    return _catalogue(lang)[key].format(**shown)


_FIELD_LABELS = ("schema.field.{kind}.{0}", "schema.field.{relationship}.{0}", "schema.field.common.{0}")
_LABELS: Mapping[str, tuple[str, ...]] = {
    "kind": ("schema.kind.{0}.label", "schema.relationship.{0}.label"),
    "source_kind": ("schema.kind.{0}.label",),
    "target_kind": ("schema.kind.{0}.label",),
    "missing_kind": ("schema.kind.{0}.label",),
    "relationship": ("schema.relationship.{0}.label",),
    "field": _FIELD_LABELS,
    "other_field": _FIELD_LABELS,
    "type": ("schema.type.{0}",),
    "level": ("schema.choice.level.{0}",),
    "parent_level": ("schema.choice.level.{0}",),
}
"""Values that name something of the schema, and the keys of its label, tried in order."""


def _named(name: str, value: object, values: Mapping[str, object]) -> object:
    if name not in _LABELS or not isinstance(value, str):
        return value
    known = _catalogue("en")
    context = {"kind": values.get("kind"), "relationship": values.get("relationship")}
    candidates = (pattern.format(value, **context) for pattern in _LABELS[name])
    return next((text(key) for key in candidates if key in known), value)


def _shown(value: object, lang: Lang) -> object:
    if isinstance(value, Text):
        return value.in_(lang)
    if isinstance(value, Mapping) and lang in value:
        return value[lang]
    if not isinstance(value, list | tuple):
        return value
    comma, semicolon = ("、", "；") if lang == "zh" else (", ", "; ")
    if any(isinstance(item, list | tuple) for item in value):
        return semicolon.join(_cut(item, comma, lang) for item in value)
    return _cut(value, comma, lang)


def _cut(items: Sequence[object], comma: str, lang: Lang) -> str:
    shown = comma.join(str(item) for item in items[:_MOST_SHOWN])
    if len(items) <= _MOST_SHOWN:
        return shown
    return f"{shown}等 {len(items)} 个" if lang == "zh" else f"{shown} ... ({len(items)} in all)"


@cache
def _catalogue(lang: Lang) -> Mapping[str, str]:
    entries: dict[str, str] = {}
    for entry in sorted((files("orgraph.messages") / lang).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            tables = tomllib.loads(entry.read_text(encoding="utf-8"))
            entries.update(_flat(entry.name.removesuffix(".toml"), tables))
    return entries


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}.{name}", value)
        else:
            yield f"{prefix}.{name}", str(value)
