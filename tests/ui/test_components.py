"""The components' markup: well-formed, linked by id, free of inline style and script, complete in the gallery."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from jinja2 import nodes

from tests.ui import gallery
from tests.ui.gallery import Look
from tongban.kit.web.refusals import TITLES
from tongban.portal import files

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
LINKING = ("for", "aria-describedby", "aria-labelledby", "aria-controls")
LOOKS = (Look(), Look("en"), Look(theme="dark", elder=True, actor="resident"))
VARIANTS = [
    *((name, look, 0) for name in gallery.PAGES for look in LOOKS),
    *(("error", Look("en", actor=actor), code) for code in TITLES for actor in gallery.ACTORS),
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


@pytest.fixture(
    params=VARIANTS,
    ids=lambda value: f"{value[0]}-{value[2] or value[1].theme}-{value[1].actor}-{value[1].lang}",
)
def html(request: pytest.FixtureRequest) -> str:
    name, look, code = request.param
    return gallery.render(name, look, code=code)


def test_page_is_well_formed(html: str) -> None:
    assert Page(html).faults == []
    shown = re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL)  # the code of the examples
    assert "{{" not in shown and "{%" not in shown and "Undefined" not in shown


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
        assert 'name="_csrf"' in form


def _uses() -> dict[str, set[str]]:
    """Macro → the parameters that some example gives it."""
    given: dict[str, set[str]] = {}
    for part in files.style().values():
        for example in (one for component in part.components.values() for one in component.examples):
            for call in gallery.environment().parse(example.code).find_all(nodes.Call):
                if isinstance(call.node, nodes.Getattr) and getattr(call.node.node, "name", "") == "c":
                    names = [
                        argument
                        for argument, _ in zip(_parameters()[call.node.attr], call.args, strict=False)
                    ]
                    given.setdefault(call.node.attr, set()).update(names, (one.key for one in call.kwargs))
    return given


@cache
def _parameters() -> dict[str, list[str]]:
    return {
        macro.name: [argument.name for argument in macro.args]
        for path in (gallery.UI / "templates" / "components").glob("*.html")
        for macro in gallery.environment().parse(path.read_text()).find_all(nodes.Macro)
    }


def test_every_macro_is_shown_with_every_parameter() -> None:
    """A new component, or a new way to call one, is not there until the pattern library shows it."""
    index = (gallery.UI / "templates" / "components.html").read_text()
    names = re.findall(r"set (\w+) =", index)
    shown = _uses()
    assert len(names) > 60
    assert [name for name in names if name not in shown] == []
    assert {name: missing for name in names if (missing := set(_parameters()[name]) - shown[name])} == {}


def test_every_component_says_when_to_use_it() -> None:
    for part in files.style().values():
        for name, component in part.components.items():
            assert name in files.macro_notes(), name
            assert component.use.zh.endswith("。") and component.use.en.endswith("."), name
            assert component.examples, name


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
        used = set(re.findall(r"icons\.svg[^#\"]*#([\w-]+)", gallery.render(name)))
        assert used and used <= drawn, used - drawn


def test_words_are_escaped() -> None:
    html = gallery.made(
        '{{ c.chip(x) }}{{ c.notice(x) }}{{ c.field_text("a", x, x, x, x) }}', x='<b onclick="x">"'
    )
    assert "<b onclick" not in html
    assert html.count("&lt;b onclick") == 6


def _fields(html: str) -> dict[str, dict[str, str]]:
    return {attrs["id"]: attrs for _, attrs in Page(html).tags if "id" in attrs}


def test_a_fields_error_is_named_by_the_field_and_the_summary() -> None:
    html = gallery.made('{{ c.error_summary({"a": "x"}) }}{{ c.field_text("a", "l", hint="h", error="x") }}')
    assert '<a href="#a">' in html
    assert _fields(html)["a"]["aria-invalid"] == "true"
    assert _fields(html)["a"]["aria-describedby"] == "a-hint a-error"


def test_what_was_typed_stays() -> None:
    fields = _fields(
        gallery.made(
            """{{ c.field_text("phone", "x", "138") }}{{ c.field_date("since", "x", "2026-03-01") }}
            {{ c.field_date("until", "x", {"year": "2026", "month": "13", "day": ""}) }}
            {{ c.field_radios("way", "x", [("a", "A"), ("b", "B")], "a") }}
            {{ c.field_checkboxes("tell", "x", [("a", "A"), ("b", "B")], ["a"]) }}"""
        )
    )
    assert fields["phone"]["value"] == "138"
    assert [fields[key]["value"] for key in ("since", "since-month", "since-day")] == ["2026", "03", "01"]
    assert [fields[key]["value"] for key in ("until", "until-month", "until-day")] == ["2026", "13", ""]
    assert "checked" in fields["way"] and "checked" not in fields["way-2"]
    assert "checked" in fields["tell"] and "checked" not in fields["tell-2"]


def test_lamps_differ_in_shape_and_have_words() -> None:
    drawn = {
        colour: gallery.made('{{ c.lamp(x, "字") }}', x=colour)
        for colour in ("green", "amber", "red", "none")
    }
    shapes = {re.search(r"<(circle|path|rect)[^>]*>", html).group(0) for html in drawn.values()}  # type: ignore[union-attr]
    assert len(shapes) == 4
    assert all("字" in html for html in drawn.values())


def test_the_rings_arc_is_the_share_left() -> None:
    ring = "{{ c.clock_ring(left, 15) }}"
    assert 'stroke-dasharray="40.0 100"' in gallery.made(ring, left=6)
    assert "stroke-dasharray" not in gallery.made(ring, left=0)
    assert 'stroke-dasharray="100 100"' in gallery.made(ring, left=20)


def test_a_rings_caption_stands_above_it() -> None:
    """In the ring it lay over the arc, in both languages and each width (measured)."""
    for left, paused, words in ((10, True, "恢复后还剩"), (-2, False, "已超")):
        html = gallery.made("{{ c.clock_ring(left, 15, paused=paused) }}", left=left, paused=paused)
        before, _, after = html.partition("<svg")
        assert f">{words}</span>" in before and words not in after


def test_no_days_left_is_the_same_day() -> None:
    for lang, words in (("zh", "当日"), ("en", "Today")):
        head = gallery.made("{{ c.deadline_head('2026-05-24', None, 0) }}", Look(lang=lang))
        assert f"<b>{words}</b>" in head and ">0<" not in head
    assert 'aria-label="今天到期"' in gallery.made("{{ c.clock_ring(0, 5) }}")
    assert 'aria-label="恢复后还剩 0 个工作日"' in gallery.made("{{ c.clock_ring(0, 5, paused=True) }}")


def test_every_class_of_a_rooms_page_is_styled() -> None:
    css = (gallery.UI / "static" / "app.css").read_text()
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", css))
    for path in gallery.UI.parent.glob("*/templates/*/*.html"):
        if gallery.UI in path.parents:
            continue
        for value in re.findall(r'class="([^"]*)"', path.read_text()):
            names = set(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", value).split())
            # The front half of a name whose end comes from a value stands for all that begin so.
            bare = {
                name
                for name in names
                if not any(one.startswith(name) for one in styled if name.endswith("--"))
            }
            assert bare <= styled, f"{path.name}: {bare - styled}"


@pytest.mark.parametrize(
    ("role", "code", "ways"),
    [
        ("officer", 404, ["/desk"]),
        ("officer", 409, ["/desk"]),
        ("resident", 404, ["/my/cases", "/"]),
        ("resident", 409, ["/my/cases", "/"]),
        ("resident", 500, ["/"]),
        ("visitor", 404, ["/search", "/"]),
        ("visitor", 401, ["/login?next=/error", "/"]),
        ("visitor", 429, ["/"]),
    ],
)
def test_a_refusal_leads_where_its_reader_works(role: str, code: int, ways: list[str]) -> None:
    page = Page(gallery.render("error", Look(actor=role), code=code))
    buttons = [attrs for tag, attrs in page.tags if tag == "a" and "btn" in attrs.get("class", "").split()]
    assert [one["href"] for one in buttons] == ways
    assert ["btn--primary" in one["class"] for one in buttons] == [True, False][: len(ways)]
