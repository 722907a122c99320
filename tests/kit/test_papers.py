"""Check digits against the samples of the standards, one altered character, and masks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit import papers
from tongban.kit.papers import IdFault

STANDARD_SAMPLE = "11010519491231002X"  # GB 11643-1999, annex A
OLD_SAMPLE = "440524188001010014"  # GB 11643-1999: an area and a date of long ago


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    area = draw(st.sampled_from(["110105", "310101", "310230", "440524", "810000"]))
    birth = draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
    body = f"{area}{birth:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + papers.id_check_digit(body)


@st.composite
def usccs(draw: st.DrawFn) -> str:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    organisation = draw(st.text(letters, min_size=8, max_size=8))
    body = "91310115" + organisation + papers.organisation_check_digit(organisation)
    return body + papers.uscc_check_digit(body)


@pytest.mark.parametrize("number", [STANDARD_SAMPLE, OLD_SAMPLE])
def test_the_standards_samples_hold(number: str) -> None:
    assert papers.id_number_fault(number) is None


def test_a_number_tells_birth_and_sex() -> None:
    assert papers.birth_of(STANDARD_SAMPLE) == date(1949, 12, 31)
    assert papers.sex_of(STANDARD_SAMPLE) == "female"
    assert papers.sex_of(OLD_SAMPLE) == "male"
    with pytest.raises(ValueError, match="no day of birth"):
        papers.birth_of("110105194913310029")


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", IdFault.LENGTH),
        ("1101051949123100", IdFault.LENGTH),
        ("110105491231002", IdFault.FIFTEEN),
        ("11010519491231002x", IdFault.LETTERS),  # forms write it in capitals before asking
        ("1101051949123100２X", IdFault.LETTERS),
        ("A1010519491231002X", IdFault.LETTERS),
        ("99010519491231002X", IdFault.AREA),
        ("11010519490230002X", IdFault.BIRTH),
        ("110105194912310021", IdFault.CHECK),
    ],
)
def test_each_fault_is_named(number: str, fault: IdFault) -> None:
    assert papers.id_number_fault(number) == fault
    assert not papers.id_number_holds(number)


@given(id_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_any_single_altered_digit_is_found(number: str, place: int, step: int) -> None:
    assert papers.id_number_holds(number)
    digit = str((int(number[place]) + step) % 10)
    assert not papers.id_number_holds(number[:place] + digit + number[place + 1 :])


@given(id_numbers(), st.integers(0, 15))
def test_two_neighbours_swapped_are_found(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert papers.id_number_holds(swapped) == (swapped == number)


@pytest.mark.parametrize(
    "code",
    [
        *("91110000600037341L", "12441500196720244T", "11430000006122244L"),
        *("91310115MA1K00015K", "91310104MA1FR00186", "113100000024200171"),
    ],
)
def test_known_credit_codes_hold(code: str) -> None:
    assert papers.uscc_holds(code)
    assert not papers.uscc_holds(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert code.isdigit() or not papers.uscc_holds(code.lower())


def test_the_organisation_code_inside_is_checked_too() -> None:
    body = "91310115MA1K00016"  # the organisation code ends in 5
    assert not papers.uscc_holds(body + papers.uscc_check_digit(body))


@pytest.mark.parametrize("code", ["", "9131", "91310115MA1K00015I", "9131011SMA1K00015K"])
def test_what_is_no_credit_code_is_refused(code: str) -> None:
    assert not papers.uscc_holds(code)


@given(usccs(), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_a_credit_code_with_one_altered_character_is_found(code: str, place: int, letter: str) -> None:
    assert papers.uscc_holds(code)
    altered = code[:place] + letter + code[place + 1 :]
    assert papers.uscc_holds(altered) == (altered == code)


@pytest.mark.parametrize(
    ("number", "holds"),
    [("13800138000", True), ("12800138000", False), ("1380013800", False), ("+8613800138000", False)],
)
def test_phones(number: str, holds: bool) -> None:
    assert papers.phone_holds(number) is holds


def test_masks() -> None:
    assert papers.mask_id("31010119900101001X") == "3101**********001X"
    assert papers.mask_name("王芳") == "王*"
    assert papers.mask_name("陈小满") == "陈*满"
    assert papers.mask_name("欧阳小明") == "欧**明"
    assert papers.mask_name("王") == "*"
    assert papers.mask_name("") == ""
    assert papers.mask_phone("13812345678") == "138****5678"
    assert papers.mask_id("31011X") == "******"


@given(st.text(max_size=40))
def test_a_mask_keeps_the_length_and_hides_at_least_three(value: str) -> None:
    for hidden in (papers.mask_id(value), papers.mask_phone(value)):
        assert len(hidden) == len(value)
        assert value == "" or hidden.count("*") >= min(3, len(value))
