"""电子证照标识: the check character fits three real identifiers and names a made-up one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.licences.model import Malformed, check, make, parse

REAL = (
    "11100000000013338W011.11430000006122244L.20230000403.001.U",
    "11100000000013338W009.11330105002500287C.2025052201.002.0",
    "11100000MB03271699022.340100.000000016.001.9",
)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TYPE, ISSUER = "11310000002000995C001", "11310104002500287C"


@pytest.mark.parametrize("text", REAL)
def test_real_identifiers_parse_and_come_back_with_the_root(text: str) -> None:
    assert str(parse(text)) == f"1.2.156.3005.2.{text}"
    assert parse(f"1.2.156.3005.2.{text}") == parse(text)
    assert parse(f" {text.lower()}\n") == parse(text)


def test_the_example_of_an_api_manual_is_not_an_identifier() -> None:
    """Published examples are often made up: this one's body asks for another check character."""
    body = REAL[0].rsplit(".", 1)[0]
    wrong = next(c for c in ALPHABET if c != check(body))
    with pytest.raises(Malformed, match="check character"):
        parse(f"{body}.{wrong}")


@pytest.mark.parametrize(
    "text", ["", "1.2.156.3005.2", REAL[0][:-2], REAL[0].replace(".", ""), REAL[0] + "0", "居住证", "a" * 500]
)
def test_other_shapes_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


@given(serial=st.text(ALPHABET, min_size=1, max_size=32), version=st.integers(0, 999))
def test_what_is_made_parses_to_the_same_parts(serial: str, version: int) -> None:
    found = parse(make(type_code=TYPE, issuer=ISSUER, serial=serial, version=version))
    assert (found.type_code, found.issuer, found.serial, found.version) == (TYPE, ISSUER, serial, version)


@given(serial=st.text(ALPHABET, min_size=1, max_size=32), data=st.data())
def test_one_wrong_character_is_always_found(serial: str, data: st.DataObject) -> None:
    text = make(type_code=TYPE, issuer=ISSUER, serial=serial, version=1).removeprefix("1.2.156.3005.2.")
    place = data.draw(st.sampled_from([i for i, c in enumerate(text) if c != "."]))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != text[place]]))
    with pytest.raises(Malformed):
        parse(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(("serial", "version"), [("", 1), ("A" * 33, 1), ("a b", 1), ("A", 1000)])
def test_parts_that_do_not_fit_are_refused(serial: str, version: int) -> None:
    with pytest.raises(Malformed):
        make(type_code=TYPE, issuer=ISSUER, serial=serial, version=version)
