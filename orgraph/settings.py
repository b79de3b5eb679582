"""Every setting is a variable ``ORGRAPH_*`` of the environment; here they are declared, read and judged.

A composition point (a command, the server) reads them once with :func:`read_settings` and hands the values on; no other
module looks at the environment. Bad values are findings, all at once. A :class:`Secret` hides itself wherever it is printed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Generic, TypeVar

from platformdirs import user_data_path

from orgraph.errors import InputError
from orgraph.findings import Finding, Severity
from orgraph.messages import LANGUAGES, Lang, Text, text

__all__ = [
    "PREFIX",
    "SETTINGS",
    "ApiLimits",
    "Secret",
    "Setting",
    "Settings",
    "file_url",
    "is_store_url",
    "read_settings",
    "unknown_settings",
]

PREFIX = "ORGRAPH_"

T_co = TypeVar("T_co", covariant=True)


class Secret:
    """A value that shows itself to :meth:`reveal` alone; printing and formatting get ``***``."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself, for the one call that needs it."""
        return self._value

    def to_json(self) -> str:
        """Return the mask."""
        return "***"

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True)
class Setting(Generic[T_co]):
    """One variable: its field in :class:`Settings`, how it is read, and what holds when it is not set.

    ``read`` raises ``ValueError`` for a value it does not understand; ``form`` is the catalogue key of what it takes.
    """

    field: str
    read: Callable[[str], T_co]
    default: T_co
    form: str

    @property
    def variable(self) -> str:
        """Name of the variable."""
        return PREFIX + self.field.upper()

    @property
    def description(self) -> Text:
        """What it does, in both languages."""
        return text(f"settings.description.{self.field}")

    @property
    def takes(self) -> Text:
        """Which values it takes, in both languages."""
        return text(f"settings.form.{self.form}")


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """What one request to the server may ask for. Refused is what is more; see docs/api.md for how each is counted."""

    body_bytes: int = 1_000_000
    query_chars: int = 100_000
    tokens: int = 1000
    depth: int = 15
    root_fields: int = 20
    aliases: int = 30
    directives: int = 30
    repeats: int = 60
    cost: int = 20_000
    seconds: int = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """The values that hold for this process."""

    store: str
    store_user: str
    store_password: Secret | None
    store_timeout_s: float
    store_write_timeout_s: float
    data_dir: Path
    lang: Lang | None
    time_limit_s: float
    workers: int
    runs: int
    api_limits: ApiLimits
    debug: bool

    @property
    def store_url(self) -> str:
        """The store to use: the one that was set, else the file in the data folder."""
        return self.store or file_url(self.data_dir / "orgraph.db")


def file_url(path: Path) -> str:
    """Return the address of the store in a file; signs that an address cannot hold are written with per cent signs."""
    return "sqlite:///" + path.absolute().as_uri().removeprefix("file:///")


def _positive(value: str) -> float:
    number = float(value)
    if not 0 < number < float("inf"):
        raise ValueError(value)
    return number


def _count(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError(value)
    return number


def _limits(value: str) -> ApiLimits:
    known = {field.name for field in fields(ApiLimits)}
    given: dict[str, int] = {}
    for part in value.split(","):
        name, separator, number = part.partition("=")
        if not separator or name.strip() not in known:
            raise ValueError(value)
        given[name.strip()] = _count(number)
    return replace(ApiLimits(), **given)


def _switch(value: str) -> bool:
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if value.lower() not in known:
        raise ValueError(value)
    return known[value.lower()]


def _language(value: str) -> Lang:
    for lang in LANGUAGES:
        if value.lower() == lang:
            return lang
    raise ValueError(value)


def is_store_url(value: str) -> bool:
    """Return whether ``value`` has the form of a store's address: scheme, ``://``, and a path or host."""
    scheme, separator, rest = value.partition("://")
    return scheme.partition("+")[0] in ("sqlite", "bolt", "neo4j") and bool(separator and rest.strip("/"))


def _url(value: str) -> str:
    if not is_store_url(value):
        raise ValueError(value)
    return value


def _file(value: str) -> Secret:
    try:
        return Secret(Path(value).expanduser().read_text(encoding="utf-8").strip("\r\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(value) from error


def _folder(value: str) -> Path:
    path = Path(value).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError(value)
    return path


STORE = Setting("store", _url, "", "url")
STORE_USER = Setting("store_user", str, "", "text")
STORE_PASSWORD = Setting[Secret | None]("store_password", Secret, None, "text")
STORE_PASSWORD_FILE = Setting[Secret | None]("store_password_file", _file, None, "file")
STORE_TIMEOUT = Setting("store_timeout", _positive, 60.0, "seconds")
STORE_WRITE_TIMEOUT = Setting("store_write_timeout", _positive, 3600.0, "seconds")
DATA_DIR = Setting[Path | None]("data_dir", _folder, None, "folder")
LANG = Setting[Lang | None]("lang", _language, None, "language")
TIME_LIMIT = Setting("time_limit", _positive, 60.0, "seconds")
WORKERS = Setting("workers", _count, 1, "count")
RUNS = Setting("runs", _count, 1, "count")
API_LIMITS = Setting("api_limits", _limits, ApiLimits(), "limits")
DEBUG = Setting("debug", _switch, False, "switch")

SETTINGS: tuple[Setting[object], ...] = (
    STORE,
    STORE_USER,
    STORE_PASSWORD,
    STORE_PASSWORD_FILE,
    STORE_TIMEOUT,
    STORE_WRITE_TIMEOUT,
    DATA_DIR,
    LANG,
    TIME_LIMIT,
    WORKERS,
    RUNS,
    API_LIMITS,
    DEBUG,
)
"""Every setting, in the order of the documentation."""


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read every setting; an empty variable counts as not set.

    Raises
    ------
    InputError
        With one finding per value that cannot be used.
    """
    reader = _Reader(os.environ if environ is None else environ)
    settings = Settings(
        store=reader.read(STORE),
        store_user=reader.read(STORE_USER),
        store_password=reader.password(),
        store_timeout_s=reader.read(STORE_TIMEOUT),
        store_write_timeout_s=reader.read(STORE_WRITE_TIMEOUT),
        data_dir=reader.read(DATA_DIR) or _user_data_dir(),
        lang=reader.read(LANG),
        time_limit_s=reader.read(TIME_LIMIT),
        workers=reader.read(WORKERS),
        runs=reader.read(RUNS),
        api_limits=reader.read(API_LIMITS),
        debug=reader.read(DEBUG),
    )
    if reader.findings:
        raise InputError("invalid_settings", findings=reader.findings, num_errors=len(reader.findings))
    return settings


def unknown_settings(environ: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Return a warning for every variable that looks like a setting and is none."""
    known = {setting.variable for setting in SETTINGS}
    return tuple(
        Finding("settings.unknown", Severity.WARNING, subject=(name,))
        for name in sorted(os.environ if environ is None else environ)
        if name.startswith(PREFIX) and name not in known
    )


class _Reader:
    """Reads settings from one environment and keeps what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.findings: list[Finding] = []
        self._environ = environ

    def read(self, setting: Setting[T_co]) -> T_co:
        value = self._environ.get(setting.variable, "").strip()
        if not value:
            return setting.default
        try:
            return setting.read(value)
        except ValueError:
            # The value itself is not repeated: it may be a secret put into the wrong variable.
            self.findings.append(Finding(f"settings.bad_{setting.form}", subject=(setting.variable,)))
            return setting.default

    def password(self) -> Secret | None:
        given, from_file = self.read(STORE_PASSWORD), self.read(STORE_PASSWORD_FILE)
        if given and from_file:
            self.findings.append(Finding("settings.two_passwords", subject=(STORE_PASSWORD.variable,)))
        return given or from_file


def _user_data_dir() -> Path:
    return user_data_path("orgraph", appauthor=False)
