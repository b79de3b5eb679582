"""Open a store by its URL: the only place that knows which adapters there are."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path, PureWindowsPath
from types import TracebackType
from urllib.parse import unquote, urlsplit

import platformdirs

from orgraph.errors import InputError, StoreError
from orgraph.store.port import Store
from orgraph.store.sqlite import SqliteStore

_NEO4J = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


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
    read_only
        Refuse every write, and never take the writer's lock.

    Raises
    ------
    InputError
        When no adapter is meant by the URL.
    StoreUnavailable, StoreError
        When the place cannot hold a store: a folder, a file that is none, no permission, no such folder.
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
        path = sqlite_path(self._url)
        if self._is_default and not self._read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        store = SqliteStore(path, read_only=self._read_only)
        try:
            await store.probe()
        except BaseException:
            await store.close()
            raise
        return store


def sqlite_path(url: str) -> Path:
    """Return the file that a URL names.

    Raises
    ------
    InputError
        When the URL names no file, or another kind of store.
    StoreError
        When this version has no adapter for it.
    """
    scheme, separator, rest = url.partition("://")
    if scheme.lower() in _NEO4J and separator:
        raise StoreError("store_no_adapter", scheme=scheme)
    if scheme.lower() != "sqlite" or not separator or not rest.startswith("/") or not rest.strip("/"):
        raise InputError("store_url", url=_without_password(url))
    path = unquote(rest[1:])
    if path.startswith("./") or PureWindowsPath(path).drive:
        return Path(path)
    return Path("/" + path.lstrip("/")) if os.sep == "/" else Path(path)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(parts.netloc, parts.netloc.rpartition("@")[2]) if "@" in parts.netloc else url
