"""Open a store by its URL: the only place that knows which adapters there are."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path, PureWindowsPath
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import platformdirs

from orgraph.errors import InputError
from orgraph.settings import read_settings
from orgraph.store.port import Store
from orgraph.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from orgraph.store.neo4j import Neo4jStore

_NEO4J = frozenset(prefix + suffix for prefix in ("bolt", "neo4j") for suffix in ("", "+s", "+ssc"))


def default_url() -> str:
    """Return the URL of the file in the user's data folder."""
    return url_of(Path(platformdirs.user_data_dir("orgraph", appauthor=False)) / "orgraph.db")


def url_of(path: Path) -> str:
    """Return the URL of a SQLite file; signs that a URL cannot hold are written with per cent signs."""
    return "sqlite:///" + path.absolute().as_uri().removeprefix("file:///")


def open_store(url: str | None = None, *, read_only: bool = False) -> Opening:
    """Open a store; ``await`` the result, or enter it with ``async with``.

    Parameters
    ----------
    url
        ``sqlite:///path/file.db``; by default one file in the user's data folder. A relative path starts with ``sqlite:///./``.
        ``bolt://host:7687/db`` (one server) or ``neo4j://host:7687/db`` (a cluster); user, password and time limits are read from the
        settings then.
    read_only
        Refuse every write, and never take the writer's lock.

    Raises
    ------
    InputError
        When no adapter is meant by the URL.
    StoreUnavailable, StoreError
        When the place cannot hold a store: a folder, a file that is none, no permission, no such folder; a server that does not
        answer, or refuses.
    """
    return Opening(url or default_url(), read_only, is_default=url is None)


class Opening:
    """A store that is about to be opened."""

    def __init__(self, url: str, read_only: bool, *, is_default: bool = False) -> None:
        self._url = url
        self._read_only = read_only
        self._is_default = is_default
        self._store: Store | None = None

    def __await__(self) -> Generator[object, None, Store]:
        return self._open().__await__()

    async def __aenter__(self) -> Store:
        """Open the store."""
        self._store = await self._open()
        return self._store

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        if self._store is not None:
            await self._store.close()

    async def _open(self) -> Store:
        store = self._on_server() if is_on_server(self._url) else self._in_file()
        try:
            await store.probe()
        except BaseException:
            await store.close()
            raise
        return store

    def _in_file(self) -> SqliteStore:
        path = sqlite_path(self._url)
        if self._is_default and not self._read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteStore(path, read_only=self._read_only)

    def _on_server(self) -> Neo4jStore:
        # the driver takes a third of a second to import: only for those who use it
        from orgraph.store.neo4j import Address, Credentials, Neo4jStore

        settings = read_settings()
        return Neo4jStore(
            Address.of(self._url),
            Credentials(settings.store_user, settings.store_password),
            read_only=self._read_only,
            timeout_s=settings.store_timeout_s,
            write_timeout_s=settings.store_write_timeout_s,
        )


def is_on_server(url: str) -> bool:
    """Return whether a URL names a database on a server."""
    scheme, separator, _ = url.partition("://")
    return bool(separator) and scheme.lower() in _NEO4J


def sqlite_path(url: str) -> Path:
    """Return the file that a URL names.

    Raises
    ------
    InputError
        When the URL names no file, or another kind of store.
    """
    scheme, separator, rest = url.partition("://")
    if scheme.lower() != "sqlite" or not separator or not rest.startswith("/") or not rest.strip("/"):
        raise InputError("store_url", url=_without_password(url))
    path = unquote(rest[1:])
    if path.startswith("./") or PureWindowsPath(path).drive:
        return Path(path)
    return Path("/" + path.lstrip("/")) if os.sep == "/" else Path(path)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(parts.netloc, parts.netloc.rpartition("@")[2]) if "@" in parts.netloc else url
