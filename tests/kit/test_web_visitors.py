"""Cookies pair by pair, and whose word on a visitor's address is taken. Pure rules."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.web.visitors import address_of, cookies_of

OURS = "tongban_session=abc-_123"
PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    "odd",
    [
        'foo={"a":1}',
        "foo=a b",
        "foo=é",
        "foo=名",
        "a[b]=c",
        'foo="torn',
        "=nameless",
        "nothing",
        "",
        "a=b=c",
        "\x00=\x01",
        "$Version=1",
        "expires=x",
    ],
)
def test_an_odd_cookie_hides_no_other(odd: str) -> None:
    for line in (f"{odd}; {OURS}", f"{OURS}; {odd}", f"{odd};{OURS};{odd}"):
        assert cookies_of([(b"cookie", line.encode())])["tongban_session"] == "abc-_123"


@given(st.text(st.characters(exclude_characters=";", exclude_categories=["Cs"])))
def test_no_other_cookie_at_all_hides_ours(value: str) -> None:
    assert cookies_of([(b"cookie", f"x={value}; {OURS}".encode())])["tongban_session"] == "abc-_123"


def test_the_first_equals_sign_parts_and_the_last_of_a_name_counts() -> None:
    headers = [(b"cookie", b"a=1=2; b=; a=3"), (b"accept", b"c=1"), (b"cookie", b"d=4")]
    assert cookies_of(headers) == {"a": "3", "b": "", "d": "4"}
    assert cookies_of([]) == {}


@pytest.mark.parametrize(
    ("client", "said", "visitor"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # nobody whom we trust says so
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # the visitor made the first one up
        ("127.0.0.1", "1.1.1.1, 198.51.100.1, 10.3.2.1", "198.51.100.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("127.0.0.1", "1.1.1.1, unknown, 10.3.2.1", "10.3.2.1"),
        ("127.0.0.1", "10.1.1.1", "10.1.1.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_last_address_that_is_not_a_proxy_of_ours(client: str, said: str, visitor: str) -> None:
    headers = [(b"x-forwarded-for", one.encode()) for one in said.split(";") if one]
    assert address_of(client, headers, PROXIES) == visitor
    assert address_of(client, headers, ()) == client


def test_the_header_may_come_in_several_lines() -> None:
    lines = [(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"198.51.100.1, 10.0.0.2")]
    assert address_of("127.0.0.1", lines, PROXIES) == "198.51.100.1"
