"""The page: one self-contained HTML document of a plan."""

from __future__ import annotations

from orgraph.graph import OrgGraph
from orgraph.messages import Lang
from orgraph.planning.restructuring import Outcome


def render(outcome: Outcome, graph: OrgGraph, lang: Lang) -> str:
    """Return the page: HTML with its styles and maps inside, and no outside address; the caller writes it as UTF-8."""
    raise NotImplementedError
