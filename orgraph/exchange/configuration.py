"""Reading a configuration file (TOML): its tables, or what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from orgraph.findings import Finding, Place


def read_configuration(path: Path | None) -> tuple[Mapping[str, object] | None, tuple[Finding, ...]]:
    """Return the tables of a ``plan.toml``, ``None`` when it cannot be read, and what is wrong with it. Without a path there are no tables."""
    if path is None:
        return {}, ()
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig")), ()
    except UnicodeDecodeError:
        return None, (_finding("config_encoding", path),)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        row = int(found.group(1)) if (found := re.search(r"line (\d+)", reason)) else 0
        return None, (_finding("config_unreadable", path, row, reason=reason),)
    except OSError:
        return None, (_finding("config_missing", path),)


def _finding(name: str, path: Path, row: int = 0, **numbers: str) -> Finding:
    return Finding(f"exchange.{name}", place=Place(path.name, row), numbers={"path": str(path), **numbers})
