"""Preferences: a way back that never leaves this site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.web.preferences import local_path


@pytest.mark.parametrize("path", ["/", "/items/residence_permit?lang=en", "/a//b", "/%2F%2Fevil"])
def test_paths_of_this_site_stay(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "items",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "\\\\evil.example",
    ],
)
def test_whatever_leads_away_goes_home(path: str) -> None:
    assert local_path(path) == "/"


@given(st.text(alphabet="/\\\t\n\r .:evil%", max_size=12))
def test_as_a_browser_reads_it_it_is_always_this_site(path: str) -> None:
    """Browsers drop tabs and newlines and read backslashes as slashes (WHATWG URL)."""
    as_read = local_path(path).translate({9: None, 10: None, 13: None}).replace("\\", "/")
    assert urlsplit(urljoin("https://here.example/now", as_read)).netloc == "here.example"
