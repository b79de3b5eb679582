"""Judge the place of a store's file before anything is opened."""

from __future__ import annotations

from pathlib import Path

from orgraph.errors import StoreError, StoreUnavailable

_HEADER_BYTES = 100
"""SQLite takes a file shorter than its header for an empty one and would write over it."""


def check_place(path: Path, read_only: bool) -> None:
    """Judge the place of a file before anything is opened.

    Raises
    ------
    StoreUnavailable
        When it is a folder, when its folder is missing, or when only reading is wanted and nothing is there.
    StoreError
        When a file is there that is too short to be a store.
    """
    try:
        if path.is_dir():
            raise StoreUnavailable("store_is_folder", path=str(path))
        if not path.parent.is_dir():
            raise StoreUnavailable("store_no_folder", path=str(path), folder=str(path.parent))
        if read_only and not path.exists():
            raise StoreUnavailable("store_missing", path=str(path))
        if path.exists() and 0 < path.stat().st_size < _HEADER_BYTES:
            raise StoreError("store_not_a_store", path=str(path))
    except PermissionError as error:
        raise StoreUnavailable("store_no_permission", path=str(path)) from error
