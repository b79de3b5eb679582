"""One file per command. Each has ``command(words)``, which builds it in one language."""

from orgraph.cli.commands.root import root

__all__ = ["root"]
