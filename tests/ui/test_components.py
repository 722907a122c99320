"""The components' markup: well-formed, linked by id, free of inline style and script, complete in the gallery."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.ui import gallery

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
LINKING = ("for", "aria-describedby", "aria-labelledby", "aria-controls")
VARIANTS = [(name, {}) for name in gallery.PAGES] + [
    ("form", {"lang": "en"}),
    ("desk", {"lang": "en"}),
    ("home", {"elder": True, "theme": "dark"}),
    ("home", {"actor": gallery.Actor("visitor", "")}),
    *(("verify", {"state": state}) for state in ("valid", "revoked", "expired", "unknown", "tampered")),
    *(("error.html", {"code": code}) for code in (400, 401, 403, 404, 409, 422, 429, 500, 503)),
]


class Page(HTMLParser):
    """Reads a page and keeps what the rules below ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self.open[-1] if self.open else ''}>")
        else:
            self.open.pop()

    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]


@pytest.fixture(params=VARIANTS, ids=lambda value: f"{value[0]}-{'-'.join(map(str, value[1].values()))}")
def html(request: pytest.FixtureRequest) -> str:
    name, more = request.param
    return gallery.render(name, **more)


def test_page_is_well_formed(html: str) -> None:
    assert Page(html).faults == []
    assert "{{" not in html and "{%" not in html and "Undefined" not in html


def test_ids_are_unique_and_every_link_to_one_arrives(html: str) -> None:
    page = Page(html)
    ids = page.ids()
    assert len(ids) == len(set(ids))
    for tag, attrs in page.tags:
        targets = [target for name in LINKING for target in attrs.get(name, "").split()]
        if attrs.get("href", "").startswith("#"):
            targets.append(attrs["href"][1:])
        missing = [target for target in targets if target not in ids]
        assert not missing, f"<{tag} {attrs}> points at {missing}"


def test_every_control_has_a_label(html: str) -> None:
    page = Page(html)
    labelled = {attrs.get("for") for tag, attrs in page.tags if tag == "label"}
    for tag, attrs in page.tags:
        if tag in ("input", "select", "textarea") and attrs.get("type") != "hidden":
            assert attrs.get("id") in labelled or "aria-label" in attrs, attrs


def test_nothing_is_inline_that_the_content_policy_forbids(html: str) -> None:
    for tag, attrs in Page(html).tags:
        assert tag != "style"
        assert tag != "script" or attrs.get("src"), "inline script"
        assert not [name for name in attrs if name == "style" or name.startswith("on")], attrs
        assert not attrs.get("href", "").startswith("javascript:")


def test_posting_forms_carry_the_guard(html: str) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", html, re.DOTALL):
        assert 'name="csrf"' in form


def test_every_macro_is_shown_in_the_gallery() -> None:
    index = (gallery.UI / "templates" / "components.html").read_text()
    names = re.findall(r"set (\w+) =", index)
    shown = "".join(path.read_text() for path in gallery.SAMPLES.glob("*.html"))
    assert len(names) > 40
    assert [name for name in names if not re.search(rf"c\.{name}\b", shown)] == []


def test_every_macro_states_its_parameters() -> None:
    for path in (gallery.UI / "templates" / "components").glob("*.html"):
        text = path.read_text()
        for name in re.findall(r"macro ([a-z]\w*)\(", text):
            assert re.search(rf"\{{#- {name}\(.*?macro {name}\(", text, re.DOTALL), f"{path.name}: {name}"


def test_every_macro_is_in_the_index() -> None:
    index = (gallery.UI / "templates" / "components.html").read_text()
    for path in (gallery.UI / "templates" / "components").glob("*.html"):
        for name in re.findall(r"macro ([a-z]\w*)\(", path.read_text()):
            assert f"set {name} = " in index, name


def test_every_named_drawing_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (gallery.UI / "static" / "icons.svg").read_text()))
    for name in gallery.PAGES:
        used = set(re.findall(r"icons\.svg#([\w-]+)", gallery.render(name)))
        assert used and used <= drawn, used - drawn


def test_words_are_escaped() -> None:
    env = gallery.environment()
    source = '{% import "components.html" as c %}{{ c.chip(x) }}{{ c.notice(x) }}{{ c.field_text("a", x, x, x, x) }}'
    html = env.from_string(source).render(x='<b onclick="x">"')
    assert "<b onclick" not in html
    assert html.count("&lt;b onclick") == 6


def test_a_fields_error_is_named_by_the_field_and_the_summary() -> None:
    html = gallery.render("form")
    assert '<a href="#phone">' in html
    field = next(attrs for tag, attrs in Page(html).tags if attrs.get("id") == "phone")
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "phone-hint phone-error"


def test_what_was_typed_stays() -> None:
    attrs = {attrs["id"]: attrs for _, attrs in Page(gallery.render("form")).tags if "id" in attrs}
    assert attrs["phone"]["value"] == "138"
    assert [attrs[key]["value"] for key in ("since", "since-month", "since-day")] == ["2026", "03", "01"]
    assert [attrs[key]["value"] for key in ("until", "until-month", "until-day")] == ["2026", "13", ""]
    assert "checked" in attrs["delivery"] and "checked" not in attrs["delivery-2"]
    assert "checked" in attrs["notify"] and "checked" not in attrs["notify-2"]


def test_lamps_differ_in_shape_and_have_words() -> None:
    env = gallery.environment()
    drawn = {
        colour: env.from_string('{% import "components.html" as c %}{{ c.lamp(x, "字") }}').render(x=colour)
        for colour in ("green", "amber", "red", "none")
    }
    shapes = {re.search(r"<(circle|path|rect)[^>]*>", html).group(0) for html in drawn.values()}  # type: ignore[union-attr]
    assert len(shapes) == 4
    assert all("字" in html for html in drawn.values())


def test_the_rings_arc_is_the_share_left() -> None:
    env = gallery.environment()
    ring = env.from_string('{% import "components.html" as c %}{{ c.clock_ring(left, 15) }}')
    assert 'stroke-dasharray="40.0 100"' in ring.render(left=6)
    assert "stroke-dasharray" not in ring.render(left=0)
    assert 'stroke-dasharray="100 100"' in ring.render(left=20)


def test_every_class_of_a_rooms_page_is_styled() -> None:
    css = (gallery.UI / "static" / "app.css").read_text()
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", css))
    for path in gallery.UI.parent.glob("*/templates/*/*.html"):
        if gallery.UI in path.parents:
            continue
        for value in re.findall(r'class="([^"]*)"', path.read_text()):
            names = set(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", value).split())
            assert names <= styled, f"{path.name}: {names - styled}"


@pytest.mark.parametrize(
    ("role", "code", "ways"),
    [
        ("officer", 404, ["/desk"]),
        ("officer", 409, ["/desk"]),
        ("resident", 404, ["/my/cases", "/"]),
        ("resident", 409, ["/my/cases", "/"]),
        ("resident", 500, ["/"]),
        ("visitor", 404, ["/search", "/"]),
        ("visitor", 401, ["/login?next=/error.html", "/"]),
        ("visitor", 429, ["/"]),
    ],
)
def test_a_refusal_leads_where_its_reader_works(role: str, code: int, ways: list[str]) -> None:
    page = Page(gallery.render("error.html", code=code, actor=gallery.Actor(role, "")))
    buttons = [attrs for tag, attrs in page.tags if tag == "a" and "btn" in attrs.get("class", "").split()]
    assert [one["href"] for one in buttons] == ways
    assert ["btn--primary" in one["class"] for one in buttons] == [True, False][: len(ways)]
