"""Where a database is, and who asks: the address without secrets, and the credentials that hide themselves."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from orgraph.errors import InputError
from orgraph.settings import Secret

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
DEFAULT_DATABASE = "neo4j"


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password for a server; no user: a server that asks for none."""

    user: str
    password: Secret | None


@dataclass(frozen=True, slots=True)
class Address:
    """One database on a server, or on a cluster (``neo4j://``)."""

    scheme: str
    host: str
    database: str

    @classmethod
    def of(cls, url: str) -> Address:
        """Return the address that a URL such as ``bolt://host:7687/db`` names.

        Raises
        ------
        InputError
            When no host is named, when anything but one database follows, or when the URL holds a user or a password.
        """
        parts = urlsplit(url)
        database = unquote(parts.path.strip("/")) or DEFAULT_DATABASE
        if "@" in parts.netloc:
            raise InputError("store_url_credentials", scheme=parts.scheme)
        if not _is_host(parts.netloc) or "/" in database or parts.query or parts.fragment:
            raise InputError("store_url", url=url)
        return cls(parts.scheme.lower(), parts.netloc, database)

    @property
    def server(self) -> str:
        """What the driver connects to."""
        return f"{self.scheme}://{self.host}"

    @property
    def is_encrypted(self) -> bool:
        """Whether only an encrypted connection is wanted."""
        return "+" in self.scheme

    def __str__(self) -> str:
        return f"{self.server}/{self.database}"


def _is_host(netloc: str) -> bool:
    """Return whether a host is named, with a port that is a number if there is one."""
    try:
        parts = urlsplit(f"//{netloc}")
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
