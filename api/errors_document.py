"""The page ``docs/errors.md``, written from the catalogue and the sources: ``python -m api.errors_document``."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import api
import orgraph
from api.errors import STATUS_BY_CODE, status_of
from api.limits_documents import CHECKED
from orgraph import errors
from orgraph.messages import keys

_QUOTED = ("document_syntax", "document_invalid", "variables_invalid")
_PAGE = Path("docs/errors.md")
_HEAD = """# Errors

Written by `python -m api.errors_document`; a test compares it with the catalogue.

Every error has a code and a text in Chinese and English. Over HTTP it looks like this, on every route; `message` is the text in the language that `Accept-Language`
asks for, `requestId` stands in the header `X-Request-Id` and in the server's log too, and `findings` is there when there is more to say:

```json
{"errors": [{"message": "...", "extensions": {"code": "page_size", "status": 400, "text": {"zh": "...", "en": "..."}, "requestId": "5f0c..."}}]}
```

On the command line it is the `error` of the answer ([commands](commands.md)). `status` is the HTTP status: that of the answer, where nothing was executed. Errors with status 500 show
neither message nor cause to clients: they are all `internal`, and the log names type and place. "-" stands for errors that only the command line has, or whose status depends on what failed.

| code | status | English | 中文 |
| --- | --- | --- | --- |
"""


def document() -> str:
    """Return the page."""
    english, chinese, statuses = keys("en"), keys("zh"), dict(_statuses())
    codes = sorted(key.partition(".")[2] for key in english if key.startswith("errors."))
    rows = (
        f"| `{code}` | {statuses.get(code, '-')} | {_cell(english[f'errors.{code}'])} | {_cell(chinese[f'errors.{code}'])} |\n"
        for code in codes
    )
    return _HEAD + "".join(rows)


def main(arguments: Sequence[str]) -> None:
    """Write the page, to the path that is given or where it belongs."""
    Path(*arguments or (_PAGE,)).write_text(document(), encoding="utf-8")


def _cell(template: str) -> str:
    return template.replace("{{", "{").replace("}}", "}").replace("|", "\\|").replace("<", "&lt;")


def _statuses() -> Iterator[tuple[str, int]]:
    """Find the status of each code: its own, else that of the error it is raised with."""
    for code, name in _raised():
        kind = getattr(errors, name, None)
        if isinstance(kind, type) and issubclass(kind, errors.OrgraphError):
            yield code, _status(kind, code)
    yield from ((code, 400) for code in (*_QUOTED, *(code for _, code in CHECKED)))
    yield from STATUS_BY_CODE.items()
    yield "internal", 500


def _status(kind: type[errors.OrgraphError], code: str) -> int:
    unnamed = kind.__new__(kind)
    unnamed.code = code
    return status_of(unnamed)


@cache
def _raised() -> tuple[tuple[str, str], ...]:
    return tuple(_calls())


def _calls() -> Iterator[tuple[str, str]]:
    """Find every call of something by its name with a literal text first; errors are raised so."""
    for package in (orgraph, api):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value, node.func.id


if __name__ == "__main__":
    main(sys.argv[1:])
