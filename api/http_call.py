"""`Call`: what is known about one request while it is answered: its id, its language, and what the access log and the figures tell of it."""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orgraph.messages import LANGUAGES, Lang, Text

DEFECTS = logging.getLogger("orgraph.api")
KEY = "orgraph.call"
"""Where a call stands in the scope of its request."""

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(slots=True)
class Call:
    """One request."""

    request_id: str
    lang: Lang
    asked_operation: str | None = None
    """Name of the operation to execute, as sent."""
    kind: str = ""
    """``query``, ``mutation`` or ``subscription``, once it is executed."""
    operation: str = ""
    """Name of the operation, where it has one."""
    cost: int | None = None
    codes: list[str] = field(default_factory=list)
    """Codes of the errors of its answer."""

    def pick(self, text: Text) -> str:
        """Return a text in the language of the client."""
        return text.in_(self.lang)

    def executes(self, kind: str, operation: str | None) -> None:
        """Note what is executed."""
        self.kind, self.operation = kind, operation or ""

    def fails(self, error: BaseException) -> None:
        """Log a defect by type and place, under the id that the client gets; its message may hold data and is left out."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "-"
        DEFECTS.error("request=%s defect=%s at=%s", self.request_id, type(error).__name__, place)


def call_of(headers: Mapping[str, str], default: Lang) -> Call:
    """Start the record of a request. An id that the client sends is kept when it is plain and short."""
    sent = headers.get("x-request-id", "")
    request_id = sent if _ID.fullmatch(sent) else secrets.token_hex(8)
    return Call(request_id, language(headers.get("accept-language", ""), default))


def language(accepted: str, default: Lang) -> Lang:
    """Return the first known language by the client's preference."""
    best: tuple[float, Lang] = (0.0, default)
    for part in accepted.lower().split(","):
        name, _, quality = part.strip().partition(";")
        known = next((lang for lang in LANGUAGES if name.split("-")[0] == lang), None)
        if known is not None and (weight := _quality(quality)) > best[0]:
            best = (weight, known)
    return best[1]


def _quality(text: str) -> float:
    """Read ``q=0.8``; a missing one is 1, an unreadable one 0."""
    if not text.strip():
        return 1.0
    found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", text)
    return float(found[1]) if found else 0.0
