"""Every component with sample data in the real frame and style, for eyes and for tests.

`python tests/ui/gallery.py 8100` serves it on http://localhost:8100/<page>?theme=dark&elder=1&lang=en;
`render` gives one page's HTML, `serving` runs the same on a free port inside a test.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import jinja2
from markupsafe import Markup

from tests.ui.demo_form import Draft, posted_of
from tongban.kit.i18n import use_language
from tongban.kit.web.pages import shown_date, shown_moment
from tongban.kit.web.refusals import TITLES, WORDS
from tongban.kit.web.templating import PageEnvironment

UI = Path(__file__).parents[2] / "src" / "tongban" / "ui"
SAMPLES = Path(__file__).parent / "samples"
PAGES = sorted(path.stem for path in SAMPLES.glob("*.html"))
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
CSP = "default-src 'self'; img-src 'self' data:"


@dataclass(frozen=True)
class City:
    name: str = "示范市"
    mark: str = "通办"
    hotline: str = "12345"
    note: str = "开源演示，数据均为虚构"


@dataclass(frozen=True)
class Actor:
    role: str
    name: str


def calendar() -> list[list[dict[str, Any]]]:
    """Four weeks around a case accepted on 2026-11-20 that is due on 2026-12-11."""
    first, start, today, due = date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 23), date(2026, 12, 11)

    def kind(day: date) -> str:
        named = {start: "start", today: "today", due: "due"}
        if day in named:
            return named[day]
        if day < start:
            return "outside"
        return "skipped" if day.weekday() > 4 or day > due else "counted"

    days = [first + timedelta(days=n) for n in range(28)]
    cells = [{"day": day, "kind": kind(day)} for day in days]
    return [cells[n : n + 7] for n in range(0, 28, 7)]


def square() -> Markup:
    """A square that looks like a QR code; it carries nothing."""
    seed, squares = 7, []
    for n in range(29 * 29):
        seed = (seed * 1103515245 + 12345) % 2**31
        x, y = n % 29, n // 29
        corner = (x < 8 or x > 20) and (y < 8 or y > 20) and not (x > 20 and y > 20)
        if not corner and seed >> 16 & 1:
            squares.append(f"M{x} {y}h1v1h-1z")
    for x, y in ((0, 0), (22, 0), (0, 22)):
        squares.append(f"M{x} {y}h7v7h-7zM{x + 1} {y + 1}v5h5v-5zM{x + 2} {y + 2}h3v3h-3z")
    return Markup(
        f'<svg viewBox="0 0 29 29" role="img" aria-label="核验码" shape-rendering="crispEdges">'
        f'<path fill="currentColor" fill-rule="evenodd" d="{"".join(squares)}"></path></svg>'
    )


@cache
def environment() -> jinja2.Environment:
    """Jinja as tongban.kit.web.pages sets it up, over the samples instead of the rooms' pages."""
    env = PageEnvironment(
        loader=jinja2.FileSystemLoader([UI / "templates", SAMPLES]),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(date=shown_date, moment=shown_moment)
    env.globals["static"] = lambda name: f"/static/{name}"
    return env


def components() -> Any:
    """The index of components as a page imports it: its macros by name."""
    return environment().get_template("components.html").module


def render(
    name: str, *, theme: str = "light", elder: bool = False, lang: Literal["zh", "en"] = "zh", **more: Any
) -> str:
    """One gallery page (or template file) as HTML."""
    staff = name.startswith("desk")
    context: dict[str, Any] = {
        "actor": Actor("officer", "周审批员") if staff else Actor("resident", "李女士"),
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf" value="sample">'),
        "lang": lang, "theme": theme, "elder": elder, "path": f"/{name}", "city": City(),
        "calendar": calendar(), "qr": square(),
    }  # fmt: skip
    if name.startswith("every_kind"):
        context |= more.pop("draft", Draft()).context(name)
    file = name if name.endswith(".html") else f"{name}.html"
    if name == "error.html":
        code = more.get("code", 404)
        context |= {"title": TITLES[code], "message": WORDS.get(code, WORDS[400])}
    with use_language(lang):
        return environment().get_template(file).render(context | more)


class Handler(BaseHTTPRequestHandler):
    """Pages by name, files under /static/, both with the policy the house sends."""

    draft: Draft

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path.startswith("/static/"):
            file = UI / "static" / Path(url.path).name
            found, kind = file.is_file(), TYPES.get(file.suffix, "")
            body = file.read_bytes() if found else b""
        else:
            name = url.path.strip("/") or "home"
            found, kind = name in PAGES or name == "error.html", "text/html; charset=utf-8"
            elder, code = bool(query.pop("elder", "")), int(query.pop("code", "404"))
            body = render(name, elder=elder, code=code, draft=self.draft, **query).encode() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """The demo form: go where its buttons lead, or show it again with its sentences."""
        length = int(self.headers["Content-Length"])
        onward = self.draft.post(*posted_of(self.headers["Content-Type"], self.rfile.read(length)))
        body = b"" if onward else render("every_kind", draft=self.draft).encode()
        self.send_response(303 if onward else 422)
        if onward:
            self.send_header("Location", onward)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Silent: a test says what it found itself."""


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """The gallery's address while the block runs; port 0 takes a free one."""
    handler = type("WithDraft", (Handler,), {"draft": Draft()})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with serving(int(sys.argv[1]) if len(sys.argv) > 1 else 8100) as address:
        sys.stdout.write(f"{address} {PAGES}\n")
        threading.Event().wait()
