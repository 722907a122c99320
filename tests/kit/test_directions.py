"""What turns a line: taken out of what people type, and kept within what they said."""

from __future__ import annotations

import json

import pytest

from tests.kit.test_web_bodies import sent
from tongban.kit.directions import isolated, undirected
from tongban.kit.i18n import N_, Text
from tongban.kit.web import json_of
from tongban.kit.web.templating import said

_STAYS = (
    "a\tb\r\nc",
    "葛\U000e0100",  # a variation selector
    "क्\u200dष",
    "فاطمه\u200cها",
)
_TAKEN = "\x00\x08\x1b\x7f\x85\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SALIM = "سليم"


@pytest.mark.parametrize(
    ("typed", "taken"), [*((one, one) for one in _STAYS), *((f"李{sign}四", "李四") for sign in _TAKEN)]
)
async def test_marks_of_direction_are_taken_out_and_joiners_stay(typed: str, taken: str) -> None:
    """Of a form's text and, at any depth, of a program's. How it can fail: leave out a range of the table, or
    take out all of category Cf; look at the top of a body alone."""
    assert undirected(typed) == taken
    body = {"words": typed, "rows": [{"name": typed, "number": 3}]}
    clean = {"words": taken, "rows": [{"name": taken, "number": 3}]}
    assert await json_of(sent(json.dumps(body).encode())) == clean


def test_a_name_written_from_the_right_is_isolated_in_a_sentence_of_the_house() -> None:
    """How it can fail: put the values in as they are."""
    kept = f"\u2068{_SALIM}\u2069"
    assert isolated(_SALIM) == isolated(f"{_SALIM}\u202e") == kept
    assert isolated("李四 Anna") == "李四 Anna"
    assert str(N_("{name} 请您代办", name=_SALIM)).startswith(kept)
    assert kept in said("您正在代 %(name)s 办理", name=_SALIM)
    assert str(Text(_SALIM, _SALIM)) == _SALIM, "alone it stands in an element of its own"
