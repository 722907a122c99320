"""Cursors: what a list has given out leads on in it, and nowhere else; nothing else is a cursor."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.web import visit
from tongban.kit.web.paging import CursorMalformed, cursor, listed, place, shown
from tongban.kit.web.visit import Visit, begin


@given(st.uuids())
def test_a_cursor_gives_its_key_back(key: UUID) -> None:
    assert place(cursor("cases", key), "cases", UUID) == key


@given(st.tuples(st.floats(allow_nan=False), st.booleans(), st.text(st.characters(exclude_characters="\0"))))
def test_a_key_of_several_parts_too(key: tuple[float, bool, str]) -> None:
    given_out = cursor("search", key)
    assert place(given_out, "search", tuple[float, bool, str]) == key
    assert given_out.isascii() and "=" not in given_out and "/" not in given_out


def test_the_beginning_has_no_cursor() -> None:
    assert place(None, "cases", UUID) is None


@pytest.mark.parametrize(
    "after",
    [
        "zzzz",
        "a",
        "居",
        "====",
        "\x00",
        "a b",
        cursor("notices", UUID(int=7)),
        cursor("cases", 1),
        cursor("cases", "x"),
    ],
)
def test_anything_else_is_refused(after: str) -> None:
    with pytest.raises(CursorMalformed) as refused:
        place(after, "cases", UUID)
    assert (refused.value.code, refused.value.status) == ("cursor-malformed", 400)


@pytest.mark.parametrize("key", ["\0", "1990-01-01T00:00:00", "0001-01-01T00:00:00+14:00"])
def test_a_key_that_no_row_can_have_is_refused(key: str) -> None:
    """The database would fall over it. How it can fail (tried): take whatever has the key's type."""
    kind: type[Any] = tuple[str, str] if key == "\0" else tuple[datetime, str]
    with pytest.raises(CursorMalformed):
        place(cursor("staff", (key, "x")), "staff", kind)


@given(st.text(max_size=60))
def test_no_text_is_a_fault(after: str) -> None:
    try:
        place(after, "cases", UUID)
    except CursorMalformed:
        return
    assert place(after, "cases", UUID) is not None


@pytest.mark.parametrize(("rows", "last"), [([], None), ([1, 2], None), ([1, 2, 3], 2)])
def test_a_row_too_many_says_that_a_page_follows(rows: list[int], last: int | None) -> None:
    assert shown(rows, 2) == (rows[:2], last)


def test_the_next_address_keeps_the_question_and_changes_the_cursor() -> None:
    begin(Visit(path="/api/v1/cases", query="state=draft&after=old&limit=2&item="))
    assert visit().path == "/api/v1/cases"
    answer = listed({"next": "new"}, "new")
    assert answer.headers["link"] == '</api/v1/cases?state=draft&limit=2&item=&after=new>; rel="next"'
    assert "link" not in listed({"next": None}, None).headers
    begin(Visit())
