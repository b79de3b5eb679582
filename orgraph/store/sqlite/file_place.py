"""Judge the place of a store's file before anything is opened."""

from __future__ import annotations

from pathlib import Path

from orgraph.errors import StoreUnavailable


def check_place(path: Path, read_only: bool) -> None:
    """Judge the place of a file before anything is opened.

    Raises
    ------
    StoreUnavailable
        When it is a folder, when its folder is missing, or when only reading is wanted and nothing is there.
    """
    try:
        if path.is_dir():
            raise StoreUnavailable("store_is_folder", path=str(path))
        if not path.parent.is_dir():
            raise StoreUnavailable("store_no_folder", path=str(path), folder=str(path.parent))
        if read_only and not path.exists():
            raise StoreUnavailable("store_missing", path=str(path))
    except PermissionError as error:
        raise StoreUnavailable("store_no_permission", path=str(path)) from error
