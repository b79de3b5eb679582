"""The start page and GraphiQL. Every file comes from the package; the policy of the pages lets the browser load nothing from elsewhere and run no script inside a page.

The vendored files and their licences are listed in ``ide_assets/LICENSES.md``; a test compares them with the integrity values in ``graphiql.html``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.http_answer import call_in
from api.http_context import state_of
from orgraph import __version__
from orgraph.messages import LANGUAGES, Lang, text

ASSETS = Path(__file__).parent / "ide_assets"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

LINKS = ("/graphiql", "/schema.graphql", "/healthz", "/readyz", "/metrics")

_PAGES = Environment(loader=FileSystemLoader(ASSETS), autoescape=select_autoescape())
_WORDS = ("title", "about", "post", "synthetic", "switch", "ide_title", "loading", "no_script")


async def home(request: Request) -> Response:
    """Show what there is."""
    lang = _language(request)
    links = [(f"{path}?lang={lang}" if path == "/graphiql" else path, _link(path, lang)) for path in LINKS]
    return _page(
        "home.html", lang, {"links": links, "other": "en" if lang == "zh" else "zh", "version": __version__}
    )


async def graphiql(request: Request) -> Response:
    """Show GraphiQL with the example queries."""
    return _page("graphiql.html", _language(request), {})


async def schema(request: Request) -> Response:
    """Show the schema as SDL."""
    return Response(state_of(request).schema.as_str(), media_type="text/plain")


def _language(request: Request) -> Lang:
    """Return the language that the address asks for, else that of the browser."""
    asked = request.query_params.get("lang")
    return next((lang for lang in LANGUAGES if lang == asked), call_in(request).lang)


def _link(path: str, lang: Lang) -> str:
    return text(f"api.link.{path.strip('/').replace('.', '_')}").in_(lang)


def _page(name: str, lang: Lang, values: Mapping[str, object]) -> Response:
    words = {word: text(f"api.page.{word}").in_(lang) for word in _WORDS}
    shown = _PAGES.get_template(name).render(lang=lang, words=words, **values)
    headers = {"content-security-policy": CONTENT_SECURITY_POLICY, "content-language": lang}
    return HTMLResponse(shown, headers=headers)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/", home),
    Route("/graphiql", graphiql),
    Route("/schema.graphql", schema),
    Mount("/static", StaticFiles(directory=ASSETS)),
)
