"""The pattern library: what is shown is what is run, in both languages; an unknown part is refused."""

from __future__ import annotations

import re

import pytest

from tests.ui import gallery
from tests.ui.gallery import Look
from tongban.portal import files
from tongban.portal.model import Example, PartUnknown
from tongban.portal.pages import style


def test_the_code_that_is_shown_is_run() -> None:
    html = gallery.render("basics")
    example = files.style_part("basics").components["prose_list"].examples[0]
    assert gallery.made(example.code, text=style.Text) in html
    assert gallery.made(example.code, text=style.Text).count("<li>") == 3


def test_sample_words_are_shown_as_a_page_writes_them() -> None:
    example = Example(
        style.Text("", ""), '{{ c.chip(text("免费", "Free"), \'ok\') }} {{ c.chip(text("\\"好\\"", "x")) }}'
    )
    assert style._code(example) == '{{ c.chip(_("免费"), \'ok\') }} {{ c.chip(_("\\"好\\"")) }}'
    shown = [
        one["code"]
        for part in files.style().values()
        for c in part.components.values()
        for one in style._shown(c)
    ]
    assert len(shown) > 80
    assert [code for code in shown if re.search(r"\btext\(", str(code))] == []


def test_samples_speak_the_language_of_the_page() -> None:
    assert "Submit" in gallery.made('{{ c.button(text("提交", "Submit")) }}', Look("en"), text=style.Text)
    assert "Fully online" in gallery.render("basics", Look("en"))
    assert "Under review" in gallery.render("facts", Look("en"))


def test_the_contents_lead_to_every_component() -> None:
    html = gallery.render("overview")
    for name, part in files.style().items():
        page = gallery.render(name)
        for macro in part.components:
            assert f'href="/style/{name}#{macro}"' in html
            assert f'id="{macro}"' in page


def test_the_parameters_stand_below_the_code() -> None:
    assert "button(text, kind=&#39;primary&#39;" in gallery.render("basics")


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(PartUnknown):
        gallery.render("nothing")


def test_every_status_of_the_house_has_its_page() -> None:
    html = gallery.render("errors")
    for status in (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503):
        assert f'<p class="fault__code num" aria-hidden="true">{status}</p>' in html
