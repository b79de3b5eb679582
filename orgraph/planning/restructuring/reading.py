"""Read `Options` from what a ``plan.toml`` or a command line holds: every finding at once, each with its place in the options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import TypeVar

from orgraph.findings import Finding, Json, Place
from orgraph.planning.restructuring.option_values import (
    UnreadableError,
    read_amount,
    read_band,
    read_count,
    read_date,
    read_share,
    read_text,
    read_whole,
)
from orgraph.planning.restructuring.options import (
    DEFAULT_BAND,
    OBJECTIVES,
    Alternatives,
    Balance,
    ObjectiveName,
    Options,
)

ReadT = TypeVar("ReadT")

_KEYS = (
    "date",
    "k",
    "objective",
    "distance_weight",
    "balance",
    "minimum",
    "units",
    "reference",
    "alternatives",
)
_UNIT_KEYS = ("seats", "together", "apart", "fixed", "refuse", "extra_edges")
_PAIRS_OF_TEXT = ("balance", "minimum")


def read_options(
    config: Mapping[str, object], flags: Mapping[str, object] | None = None, *, file: str = ""
) -> tuple[Options | None, tuple[Finding, ...]]:
    """Return the options, or ``None`` and everything that is wrong with them.

    Parameters
    ----------
    config
        The tables of a ``plan.toml``.
    flags
        The same keys, from a command line; they override ``config`` key by key, inside tables too, and ``None`` says nothing.
        ``balance`` and ``minimum`` may also be lists of ``weight=value`` texts; ``objective`` a text with commas; ``date`` an ISO text.
    file
        Name of the file, for the place of findings.

    Returns
    -------
    tuple
        Options and findings; options are ``None`` when any finding is an error.

    Notes
    -----
    A balance is a share (``0.10`` = within ten percent either way, also ``"10%"``), ``"low:high"`` (``"-0.543:0.897"``), ``"reference"`` (the band that
    the reference partition keeps) or ``"none"``, which drops the default. Decimals are read as written, never as binary fractions.
    """
    options, findings = draft_options(config, flags, file=file)
    return (None if findings else options), findings


def draft_options(
    config: Mapping[str, object], flags: Mapping[str, object] | None = None, *, file: str = ""
) -> tuple[Options, tuple[Finding, ...]]:
    """Return the options and what is wrong with them, as :func:`read_options` does; what cannot be read has its default.

    A draft is not to be planned with: it serves to find out what else is wrong, such as unknown codes.
    """
    form = _Form(file)
    tables = overlaid(form.table(config, ""), form.table(flags or {}, ""))
    form.known(tables, _KEYS, "")
    units = form.table(tables.get("units"), "units")
    form.known(units, _UNIT_KEYS, "units")
    options = Options(
        k=form.read(tables, "k", "", read_whole, 1),
        date=form.read(tables, "date", "", read_date, date.today(), is_needed=False),
        objectives=_objectives(form, tables.get("objective", ["distance"])),
        distance_weight=form.read(tables, "distance_weight", "", read_text, "population", is_needed=False),
        balance=_balance(form, tables),
        minimum=_minimum(form, tables),
        seats=form.codes(units["seats"], "units.seats") if "seats" in units else None,
        together=form.groups(units.get("together"), "units.together"),
        apart=form.groups(units.get("apart"), "units.apart"),
        fixed=form.pairs(units.get("fixed"), "units.fixed"),
        refuse=form.codes(units.get("refuse", ()), "units.refuse"),
        extra_edges=_extra_edges(form, units),
        reference=_reference(form, tables),
        alternatives=_alternatives(form, tables),
    )
    return options, tuple(form.findings)


@dataclass
class _Form:
    """Collects findings while values are read; an unreadable value reads as its default."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def note(self, name: str, at: str, **numbers: Json) -> None:
        place = Place(self.file, 0, at)
        self.findings.append(Finding(f"planning.{name}", place=place, numbers={"at": at, **numbers}))

    def known(self, table: Mapping[str, object], keys: Iterable[str], at: str) -> None:
        for key in table:
            if key not in keys:
                nearest = get_close_matches(key, list(keys), n=1, cutoff=0.0)
                self.note("option_unknown", f"{at}.{key}".strip("."), nearest=nearest[0])

    def table(self, value: object, at: str) -> Mapping[str, object]:
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        if at in _PAIRS_OF_TEXT and isinstance(value, list | tuple):
            return self._texts_as_table(value, at)
        self.unreadable(at, value, "table")
        return {}

    def _texts_as_table(self, texts: Iterable[object], at: str) -> Mapping[str, object]:
        table: dict[str, object] = {}
        for text in texts:
            name, equals, value = str(text).partition("=")
            if not equals or not name.strip():
                self.unreadable(at, text, "assignment")
            else:
                table[name.strip()] = value.strip()
        return table

    def unreadable(self, at: str, value: object, expected: str) -> None:
        self.note(f"option_{expected}", at, found=str(value))

    def read(
        self,
        table: Mapping[str, object],
        key: str,
        at: str,
        reader: Callable[[object], ReadT],
        default: ReadT,
        *,
        is_needed: bool = True,
    ) -> ReadT:
        place = f"{at}.{key}".strip(".")
        if key not in table:
            if is_needed:
                self.note("option_missing", place)
            return default
        try:
            return reader(table[key])
        except UnreadableError as expected:
            self.unreadable(place, table[key], str(expected))
            return default

    def codes(self, value: object, at: str) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(c, str) and c for c in value):
            self.unreadable(at, value, "codes")
            return ()
        return tuple(dict.fromkeys(str(c) for c in value))

    def groups(self, value: object, at: str) -> tuple[tuple[str, ...], ...]:
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.unreadable(at, value, "groups")
            return ()
        found = [self.codes(group, f"{at}[{i}]") for i, group in enumerate(value)]
        for i, (group, given) in enumerate(zip(found, value, strict=True)):
            if len(group) < 2 and isinstance(given, list | tuple):
                self.note("group_small", f"{at}[{i}]")
        return tuple(group for group in found if len(group) > 1)

    def pairs(self, value: object, at: str) -> Mapping[str, str]:
        table = self.table(value, at)
        for unit, other in table.items():
            if not isinstance(other, str) or not other or other == unit:
                self.unreadable(f"{at}.{unit}", other, "other_code")
        return {unit: str(other) for unit, other in table.items()}


def overlaid(config: Mapping[str, object], flags: Mapping[str, object]) -> dict[str, object]:
    """Return the tables of a configuration with flags laid over them: a flag wins, ``None`` says nothing, tables are joined key by key."""
    merged = {key: _as_table(key, value) for key, value in config.items()}
    for key, value in flags.items():
        given, before = _as_table(key, value), merged.get(key)
        if isinstance(before, dict) and isinstance(given, dict):
            merged[key] = overlaid(before, given)
        elif value is not None:
            merged[key] = given
    return merged


def _as_table(key: str, value: object) -> object:
    """Turn ``["population=0.10"]`` into a table where every text has that form; what does not is reported later."""
    if key in _PAIRS_OF_TEXT and isinstance(value, list | tuple) and all("=" in str(v) for v in value):
        parts = (str(v).partition("=") for v in value)
        return {name.strip(): share.strip() for name, _, share in parts}
    return dict(value) if isinstance(value, Mapping) else value


def _objectives(form: _Form, value: object) -> tuple[ObjectiveName, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names:
        form.unreadable("objective", value, "objectives")
        return ("distance",)
    found: list[ObjectiveName] = []
    for given in (str(name).strip() for name in names):
        known = next((o for o in OBJECTIVES if o == given), None)
        if known is None:
            nearest = get_close_matches(given, OBJECTIVES, n=1, cutoff=0.0)[0]
            form.note("objective_unknown", "objective", found=given, nearest=nearest)
        elif known in found:
            form.note("objective_twice", "objective", found=given)
        else:
            found.append(known)
    return tuple(found)


def _balance(form: _Form, tables: Mapping[str, object]) -> Mapping[str, Balance]:
    if "balance" not in tables:
        return {"population": DEFAULT_BAND}
    table = form.table(tables["balance"], "balance")
    bands: dict[str, Balance | None] = {
        name: form.read(table, name, "balance", read_band, None) for name in table
    }
    return {name: band for name, band in bands.items() if band is not None}


def _minimum(form: _Form, tables: Mapping[str, object]) -> Mapping[str, Fraction]:
    table = form.table(tables.get("minimum"), "minimum")
    return {name: form.read(table, name, "minimum", read_amount, Fraction(0)) for name in table}


def _extra_edges(form: _Form, units: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for i, group in enumerate(form.groups(units.get("extra_edges"), "units.extra_edges")):
        if len(group) == 2:
            pairs.append((group[0], group[1]))
        else:
            form.note("pair_wanted", f"units.extra_edges[{i}]", num_codes=len(group))
    return tuple(pairs)


def _reference(form: _Form, tables: Mapping[str, object]) -> str:
    table = form.table(tables.get("reference"), "reference")
    form.known(table, ("column",), "reference")
    return form.read(table, "column", "reference", read_text, "reference_part", is_needed=False)


def _alternatives(form: _Form, tables: Mapping[str, object]) -> Alternatives:
    table = form.table(tables.get("alternatives"), "alternatives")
    form.known(table, ("count", "differ"), "alternatives")
    default = Alternatives()
    return Alternatives(
        form.read(table, "count", "alternatives", read_count, default.count, is_needed=False),
        form.read(table, "differ", "alternatives", read_share, default.differ, is_needed=False),
    )
