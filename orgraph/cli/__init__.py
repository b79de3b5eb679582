"""The command line: `orgraph`. A composition point; it prints, asks nothing, and ends with the exit codes of the contract."""

from orgraph.cli.entry import main

__all__ = ["main"]
