"""The style pages and the error pages without a house around them, for tests: the same templates and examples.

Beside them stands the form with every kind of question (`demo_form`). `render` gives one page's HTML, `made` what a
few lines of template give, `serving` runs both on a free port.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jinja2

from tests.ui.demo_form import Draft, posted_of
from tongban import app
from tongban.kit import keys
from tongban.kit.i18n import Language, use_language
from tongban.kit.policy import Actor, Role
from tongban.kit.web import pages, snippet
from tongban.kit.web.middleware import HEADERS
from tongban.kit.web.refusals import TITLES, WORDS
from tongban.kit.web.visit import Theme, Visit, begin
from tongban.portal import files
from tongban.portal.pages import style
from tongban.settings import settings

UI = Path(__file__).parents[2] / "src" / "tongban" / "ui"
PARTS = tuple(files.style())
SAMPLES = Path(__file__).parent / "samples"
FORMS = tuple(sorted(path.stem for path in SAMPLES.glob("*.html")))
PAGES = ("overview", *PARTS, "errors", *FORMS)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ACTORS = {
    "visitor": Actor(Role.VISITOR),
    "resident": Actor(Role.RESIDENT, name="李女士"),
    "officer": Actor(Role.OFFICER, name="周警官"),
}


@dataclass(frozen=True)
class Look:
    """How a page is asked for: language, theme, 长者版, and who asks."""

    lang: Language = "zh"
    theme: Theme = "light"
    elder: bool = False
    actor: str = "visitor"


@cache
def environment() -> jinja2.Environment:
    """Jinja as the house sets it up, every template compiled; forms carry a token of this test process's keys."""
    keys.ensure(settings().data_dir)
    app.prepare()
    return pages._environment()


@cache
def _samples() -> jinja2.Environment:
    """The same over the samples too."""
    loader = jinja2.ChoiceLoader(
        [environment().loader or jinja2.DictLoader({}), jinja2.FileSystemLoader(SAMPLES)]
    )
    return environment().overlay(loader=loader)


def components() -> Any:
    """The index of components as a page imports it: its macros by name."""
    return environment().get_template("components.html").module


def _visiting(path: str, look: Look) -> None:
    pages.plug_environment(environment())  # a test of another room may have plugged its own since
    begin(Visit(path=path, language=look.lang, theme=look.theme, elder=look.elder, actor=ACTORS[look.actor]))


def render(
    name: str,
    look: Look = Look(),
    *,
    code: int = 404,
    draft: Draft | None = None,
) -> str:
    """A style page by its part, the demo form, or the error page of a status as ``error``."""
    _visiting(f"/{name}", look)
    with use_language(look.lang):
        if name in FORMS:
            context = (draft or Draft()).context(name)
            return _samples().get_template(f"{name}.html").render(**pages._surroundings(), **context)
        if name == "error":
            told = {"code": code, "title": TITLES[code], "message": WORDS[code], "fields": {}}
            return pages.render("error.html", **told)
        if name in ("overview", "errors"):
            return str(getattr(style, name).fn().content)
        return str(style.part.fn(part=name).content)


def made(source: str, look: Look = Look(), **context: Any) -> str:
    """What a few lines of template give, with the components as ``c``."""
    _visiting("/", look)
    with use_language(look.lang):
        return str(snippet(source, **context))


def _answer(path: str, query: Mapping[str, str], own: Mapping[str, str], draft: Draft) -> tuple[str, bytes]:
    if path.startswith("/static/"):
        file = UI / "static" / Path(path).name
        return (TYPES.get(file.suffix, ""), file.read_bytes()) if file.is_file() else ("", b"")
    name = path.strip("/")
    look = Look("en" if query.get("lang") == "en" else "zh", "dark" if query.get("theme") == "dark" else "light",
                bool(query.get("elder")), query.get("actor", "visitor"))  # fmt: skip
    if name in own:
        html = made(own[name], look, open=query.get("open", "3"))
    elif name in (*PAGES, "error"):
        html = render(name, look, code=int(query.get("code", "404")), draft=draft)
    else:
        return "", b""
    return "text/html; charset=utf-8", html.encode()


@contextmanager
def serving(**own: str) -> Iterator[str]:
    """The address of the pages while the block runs, with the house's policy; ``own`` are a test's own pages."""

    draft = Draft()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            kind, body = _answer(url.path, dict(parse_qsl(url.query)), own, draft)
            self._send(200 if body else 404, body, ("Content-Type", kind))

        def do_POST(self) -> None:
            """The demo form: go where its buttons lead, or show it again with its sentences."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            onward = draft.post(*posted_of(self.headers["Content-Type"], body))
            if onward:
                self._send(303, b"", ("Location", onward))
            else:
                html = render("every_kind", draft=draft).encode()
                self._send(422, html, ("Content-Type", "text/html; charset=utf-8"))

        def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
            self.send_response(status)
            for name, value in (*headers, *((one.decode(), other.decode()) for one, other in HEADERS)):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Silent: a test says what it found itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
