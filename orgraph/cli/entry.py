"""The entry point of the console script."""

from __future__ import annotations

import os
import sys
import threading
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from orgraph.cli.program import run


def _nowhere() -> TextIO:
    """Return what stands for a stream that the caller has closed; it lives as long as the process."""
    return Path(os.devnull).open("w", encoding="utf-8")


def main() -> None:
    """Run the command line of this process and end it with its exit code."""
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a character shows its number; nothing fails because of it.
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    if any(thread.name.startswith("orgraph-work") for thread in threading.enumerate()):
        # A solver whose answer nobody waits for any more (Ctrl-C twice) must not hold the process.
        os._exit(code)
    sys.exit(code)
