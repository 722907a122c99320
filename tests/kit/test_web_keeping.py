"""Kept forms: what was typed survives the log-in, and nobody alters it on the way."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit import keys
from tongban.kit.errors import Invalid
from tongban.kit.web import floor, keeping
from tongban.kit.web.keeping import keep_fields, kept_fields

TYPED = {"address": "示范路 1 号", "note": "", "_csrf": "token", "_key": "k" * 12}


@pytest.fixture(autouse=True)
def _with_keys(data_dir: Path) -> None:
    assert data_dir


def test_what_was_typed_comes_back_without_the_old_token() -> None:
    assert kept_fields(keep_fields(TYPED)).fields == [
        ("address", "示范路 1 号"),
        ("note", ""),
        ("_key", "k" * 12),
    ]


def test_nothing_of_it_can_be_read_in_the_page() -> None:
    sealed = keep_fields(TYPED)
    assert "示范路" not in urlsafe_b64decode(sealed).decode("utf-8", "replace")
    assert sealed != keep_fields(TYPED)


@pytest.mark.parametrize("place", [0, 10, 20, -1])
def test_one_altered_byte_is_seen(place: int) -> None:
    raw = bytearray(urlsafe_b64decode(keep_fields(TYPED)))
    raw[place] ^= 1
    with pytest.raises(Invalid, match="kept-form-broken") as told:
        kept_fields(urlsafe_b64encode(raw).decode())
    assert "重新填写" in str(told.value.message)


@pytest.mark.parametrize(
    "typed", ["x" * 999_000, "\x01" * 333_000, "名" * 111_000], ids=["ascii", "control", "han"]
)
def test_the_largest_form_fits_into_the_log_in_that_carries_it(typed: str) -> None:
    assert len(urlencode({"note": typed})) <= floor.MAX_BODY_BYTES
    carried = urlencode({"kept": keep_fields({"note": typed}), "account": "1" * 100, "password": "x" * 1000})
    assert len(carried) < keeping.KEPT_BODY_BYTES


@given(st.text(max_size=60))
def test_anything_else_is_refused_and_not_a_bug(data_dir: Path, text: str) -> None:
    with pytest.raises(Invalid):
        kept_fields(text)


def test_what_was_sealed_for_another_place_is_refused() -> None:
    elsewhere = urlsafe_b64encode(keys.current().seal(b"\x92\x00\x90", b"another-context")).decode()
    with pytest.raises(Invalid, match="kept-form-broken"):
        kept_fields(elsewhere)


def test_after_an_hour_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [1_800_000_000.0]
    monkeypatch.setattr(keeping.time, "time", lambda: at[0])
    sealed = keep_fields(TYPED)
    at[0] += keeping.LIFETIME_SECONDS
    assert kept_fields(sealed)
    at[0] += 1
    with pytest.raises(Invalid, match="kept-form-expired") as told:
        kept_fields(sealed)
    assert "一小时" in str(told.value.message)
