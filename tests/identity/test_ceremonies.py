"""The ceremonies of WebAuthn without a database: how we are known, and whatever bytes come."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.identity.authenticator import Authenticator, unwritten, written
from tests.identity.conftest import NOW
from tongban.identity.model import ceremonies
from tongban.identity.model.passkeys import PasskeyRefused, UserUnverified

_PARTY = ceremonies.party_of("https://Tongban.example.com:443", name="通办")


def test_an_origin_is_spelt_as_browsers_do() -> None:
    assert (_PARTY.id, _PARTY.origin) == ("tongban.example.com", "https://tongban.example.com")
    assert ceremonies.party_of("http://localhost:8000", name="").origin == "http://localhost:8000"


@given(
    place=st.integers(0, 2000),
    byte=st.integers(0, 255),
    part=st.sampled_from(["attestationObject", "clientDataJSON"]),
)
def test_no_byte_that_is_altered_breaks_more_than_the_credential(place: int, byte: int, part: str) -> None:
    """Whatever comes is verified or refused, never an error of ours."""
    ceremony = ceremonies.begun("add", account=None, browser="b", now=NOW)
    device = Authenticator(_PARTY.origin, _PARTY.id)
    options = {
        "challenge": written(ceremony.challenge),
        "user": {"id": written(b"0" * 16)},
        "pubKeyCredParams": [{"alg": -7}],
    }
    sent = json.loads(device.make(options))
    data = bytearray(unwritten(sent["response"][part]))
    data[place % len(data)] = byte
    sent["response"][part] = written(bytes(data))
    with suppress(PasskeyRefused, UserUnverified):
        ceremonies.made(json.dumps(sent), ceremony, _PARTY)


@pytest.mark.parametrize(
    "text", ["", "{}", "[" * 15_000, '{"rawId": "A", "response": {}}', "x" * 20_001, '"\\ud800"']
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(PasskeyRefused):
        ceremonies.answer_in(text)
