"""Templates: nothing that the content policy would refuse, every form ours, every link of the house its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable
from pathlib import Path

import pytest

from scripts.source import HOUSE
from tongban.kit.web import pages

RULES = {
    "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "foreign asset": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*\s(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE
    ),
    "unescaped": re.compile(r"\|\s*safe\b|autoescape\s+false"),
}
_POST = re.compile(r"<form\b[^>]*method=[\"']?post[\"']?[^>]*>.*?</form>", re.IGNORECASE | re.DOTALL)
#: A form with files is read in its order: what comes before the token is not read.
_FILES = re.compile(r"<form\b[^>]*multipart/form-data[^>]*>(?!\s*\{\{ csrf_field\(\) \}\})", re.IGNORECASE)
#: What renders a template.
_PAGES = frozenset({"page", "render", "refused_page"})
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def broken(name: str, text: str) -> list[str]:
    """What a template may not hold."""
    bare = _COMMENT.sub("", text)
    wrong = [f"{name}: {rule}" for rule, pattern in RULES.items() if pattern.search(bare)]
    wrong += [
        f"{name}: a form without csrf_field()" for form in _POST.findall(bare) if "csrf_field()" not in form
    ]
    wrong += [
        f"{name}: a form with files whose first field is not csrf_field()" for _ in _FILES.findall(bare)
    ]
    return wrong


def templates() -> Iterable[Path]:
    return sorted(path for path in HOUSE.rglob("templates/**/*") if path.suffix in {".html", ".txt", ".svg"})


def test_templates_keep_the_rules() -> None:
    found = list(templates())
    assert len(found) > 10
    assert [line for path in found for line in broken(str(path.relative_to(HOUSE)), path.read_text())] == []


def handed_twice(text: str, known: Container[str]) -> list[str]:
    """Values that a page is handed under a name by which every page knows something of the visit already."""
    return [
        f"{call.lineno}: {given.arg}"
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in _PAGES
        for given in call.keywords
        if given.arg in known
    ]


def test_no_page_is_handed_what_it_knows_of_the_visit() -> None:
    """Two values under one name are a fault of every such page, and of no other.

    How it can fail (tried): call what every page knows ``may``, as the list of staff calls what its reader may do.
    """
    known = pages._surroundings()
    found = {
        str(path.relative_to(HOUSE)): handed_twice(path.read_text(), known)
        for path in sorted(HOUSE.rglob("*.py"))
    }
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert handed_twice("page('a.html', own=1, actor=2)", known) == ["1: actor"]


def test_a_rooms_templates_lie_under_its_name() -> None:
    """Two rooms' ``detail.html`` must not hide each other."""
    wrong = [
        str(path)
        for path in templates()
        if (parts := path.relative_to(HOUSE).parts)[0] != "ui"
        and parts[:3] != (parts[0], "templates", parts[0])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<a href="javascript:x()">',
        '<script src="https://cdn.example/x.js"></script>',
        "{{ words|safe }}",
        '<form method="post" action="/x"><input></form>',
        '<form method="post" enctype="multipart/form-data"><input name="a">{{ csrf_field() }}</form>',
    ],
)
def test_each_rule_can_fail(text: str) -> None:
    assert broken("x.html", text)


def test_good_text_passes() -> None:
    text = (
        '<form method="post">{{ csrf_field() }}</form><script src="{{ static(\'app.js\') }}" defer></script>'
    )
    text += '<form method="post"{% if a %} enctype="multipart/form-data"{% endif %}>{{ csrf_field() }}</form>'
    assert broken("x.html", text + "{# style= #}") == []
