"""The style pages 组件样式: every component as it is, when to use it, and the code that makes it.

Each example is template code that is run and shown, so what is shown cannot differ from what a page gets.
"""

from __future__ import annotations

import re

import segno
from litestar import get
from litestar.response import Response

from tongban.kit.i18n import Text
from tongban.kit.web import page, snippet
from tongban.kit.web.refusals import TITLES, WORDS
from tongban.portal.files import drawings, macro_notes, style, style_part
from tongban.portal.model import Component, Example

_SAMPLE_CODE = segno.make("https://example.org/verify/sample", micro=False).svg_data_uri(border=2)
_SAMPLE_WORDS = re.compile(r'text\(("(?:[^"\\]|\\.)*"), "(?:[^"\\]|\\.)*"\)')
_MACRO = re.compile(r"\bc\.(\w+)\(")


def _code(example: Example) -> str:
    """The example as a page writes it: words go through gettext, with the Chinese sentence as msgid."""
    return _SAMPLE_WORDS.sub(r"_(\1)", example.code).strip()


def _shown(component: Component) -> list[dict[str, object]]:
    names = dict.fromkeys(name for one in component.examples for name in _MACRO.findall(one.code))
    notes = macro_notes()
    return [
        {
            "shows": one.shows,
            "made": snippet(one.code, text=Text, qr=_SAMPLE_CODE, **component.given),
            "code": _code(one),
            "notes": [notes[name] for name in names] if one is component.examples[0] else [],
        }
        for one in component.examples
    ]


@get("/style", who="portal.style", sync_to_thread=False)
def overview() -> Response[str]:
    """What the house is built of: colours, type, drawings, and all components by part."""
    return page("portal/style.html", parts=style(), drawings=drawings())


@get("/style/errors", who="portal.style", sync_to_thread=False)
def errors() -> Response[str]:
    """Every error page's words, by status."""
    faults = [(status, TITLES[status], WORDS[status]) for status in TITLES]
    return page("portal/style_errors.html", parts=style(), faults=faults)


@get("/style/{part:str}", who="portal.style", sync_to_thread=False)
def part(part: str) -> Response[str]:
    """The components of one part, each with its examples."""
    found = style_part(part)
    shown = {name: _shown(component) for name, component in found.components.items()}
    return page("portal/style_part.html", parts=style(), key=part, part=found, shown=shown)


routes = [overview, errors, part]
