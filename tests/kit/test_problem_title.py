"""What is kept of another party's problem: never anything of a person."""

from __future__ import annotations

import pytest

from tongban.kit.problem_title import title_of


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"title": "Not a mobile number", "detail": "13800006106"}', "Not a mobile number"),
        (b'{"title": "13800006106 is none"}', ""),
        ('{"title": "王小红"}'.encode(), ""),
        (b'{"title": "one\\u0000two"}', ""),
        (b'{"title": "' + b"x" * 81 + b'"}', ""),
        (b'{"title": 5}', ""),
        (b"<html>", ""),
        (b"\xff\xfe", ""),
        (b"", ""),
    ],
)
def test_only_a_harmless_title_is_kept(body: bytes, kept: str) -> None:
    assert title_of(body) == kept
