"""Check characters against published numbers."""

import pytest

from tongban_sandbox.digits import firm_code, id_check, id_is_valid, organisation_check, uscc_check


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_id_numbers_of_the_standard(number: str) -> None:
    assert id_check(number[:17]) == number[17]
    assert id_is_valid(number)


@pytest.mark.parametrize(
    "number", ["110105194912310021", "11010519491231002", "1101051949123100２X", "x" * 18]
)
def test_wrong_id_numbers(number: str) -> None:
    assert not id_is_valid(number)


@pytest.mark.parametrize("code", ["91110000600037341L", "12441500196720244T", "11430000006122244L"])
def test_credit_codes_of_the_brief(code: str) -> None:
    assert uscc_check(code[:17]) == code[17]
    assert organisation_check(code[8:16]) == code[16]


def test_firm_code_carries_both_checks() -> None:
    code = firm_code("999999", 123456)
    assert len(code) == 18
    assert uscc_check(code[:17]) == code[17]
    assert organisation_check(code[8:16]) == code[16]
