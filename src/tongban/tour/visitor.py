"""A browser without a screen: cookies, links, forms as the page offers them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx


class Form:
    """A form as it stands in a page: where it goes and what it carries already."""

    def __init__(self, action: str, method: str) -> None:
        self.action = action
        self.method = method
        self.fields: dict[str, str] = {}
        self.buttons: list[dict[str, str]] = []


class _Page(HTMLParser):
    """Collects forms, links and headings."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self._open: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "button":
            owner = self._open or (self.forms[-1] if self.forms and "form" in given else None)
            if owner is not None:
                owner.buttons.append(given)
        elif self._open is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._open is not None
        name = given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind not in ("radio", "checkbox") or "checked" in given:
                self._open.fields[name] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea" and name:
            self._area = name
            self._open.fields[name] = ""
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._open.fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open.fields[self._area] += data
        self.text.append(data)


class Visitor:
    """One person at one browser. Raises AssertionError with the page's words when something is not there."""

    def __init__(self, base: str) -> None:
        self.client = httpx.Client(base_url=base, follow_redirects=True, timeout=30)
        self.html = ""
        self.status = 0
        self.path = ""
        self._page = _Page()

    def _took(self, answer: httpx.Response) -> Visitor:
        self.html, self.status, self.path = answer.text, answer.status_code, answer.url.path
        self._page = _Page()
        self._page.feed(self.html)
        return self

    def visit(self, path: str) -> Visitor:
        """Open a page."""
        return self._took(self.client.get(path))

    @property
    def text(self) -> str:
        """The page's words on one line."""
        return re.sub(r"\s+", " ", " ".join(self._page.text))

    @property
    def links(self) -> list[str]:
        """Where the page leads."""
        return self._page.links

    def form(self, action_ends: str = "") -> Form:
        """The form whose action ends so; without one given, the page's first POST form that is none of its frame's."""
        for form in self._page.forms:
            framed = not action_ends and form.action in ("/logout", "/my/acting/switch")
            if form.method == "post" and not framed and form.action.endswith(action_ends):
                return form
        raise AssertionError(f"no form to {action_ends or 'post'} on {self.path}: {self.text[:300]}")

    def post(self, action_ends: str = "", *, to: str | None = None, **values: str) -> Visitor:
        """Fill a form and send it, to its own address or to that of a button (``to``)."""
        form = self.form(action_ends)
        data = {**form.fields, **values}
        return self._took(self.client.post(to or form.action or self.path, data=data))

    def send(
        self, action_ends: str, field: str, name: str, content: bytes, kind: str, **values: str
    ) -> Visitor:
        """Send a form with one file, as a browser does: multipart/form-data (RFC 7578)."""
        form = self.form(action_ends)
        data = {**form.fields, **values}
        data.pop(field, None)
        return self._took(
            self.client.post(form.action or self.path, data=data, files={field: (name, content, kind)})
        )

    def json(self, path: str) -> Any:
        """A JSON answer."""
        answer = self.client.get(path, headers={"accept": "application/json"})
        return answer.json()

    def close(self) -> None:
        """Put the browser away."""
        self.client.close()
