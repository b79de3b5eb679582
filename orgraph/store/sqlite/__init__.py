"""The port on one SQLite file: the embedded store."""

from orgraph.store.sqlite.adapter import SqliteStore

__all__ = ["SqliteStore"]
