"""公民身份号码 GB 11643-1999: check digit, faults, what a number tells. Pure functions.

The residence permits of Hong Kong, Macao and Taiwan residents carry a number of the same making, with 810000,
820000 or 830000 as area (港澳台居民居住证申领发放办法, 2018-09-01).
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Literal

from tongban.kit.papers.areas import province_known

Sex = Literal["male", "female"]

_DIGITS = "10X98765432"
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_NUMBER = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
#: Serials of 15-digit numbers that were kept for people born before 1900.
_CENTENARIANS = range(996, 1000)


class IdFault(StrEnum):
    """What is wrong with the number of an identity paper; each has its own sentence for the person."""

    LENGTH = "length"
    FIFTEEN = "fifteen"
    LETTERS = "letters"
    AREA = "area"
    BIRTH = "birth"
    CHECK = "check"
    SHAPE = "shape"


def id_number_fault(number: str, *, today: date | None = None) -> IdFault | None:
    """The first fault of an 18-digit ID number, None when it holds (GB 11643-1999).

    The province must be one of GB/T 2260, the day of birth a real one (and none to come, where ``today`` is
    given), the check digit right. A county code that nobody here knows is no fault: see
    :func:`~tongban.kit.papers.areas.area_doubt`. The 15-digit numbers of the first generation of cards ended
    on 2013-01-01 and are named as such.
    """
    if is_fifteen(number):
        return IdFault.FIFTEEN
    if len(number) != 18:
        return IdFault.LENGTH
    if not _NUMBER.fullmatch(number):
        return IdFault.LETTERS
    if not province_known(number):
        return IdFault.AREA
    return birth_and_check_fault(number, today=today)


def birth_and_check_fault(number: str, *, today: date | None) -> IdFault | None:
    """What is wrong with day of birth or check digit of 18 characters that are shaped like a number."""
    birth = birth_in(number)
    if birth is None or (today is not None and birth > today):
        return IdFault.BIRTH
    return IdFault.CHECK if number[17] != id_check_digit(number[:17]) else None


def id_number_holds(number: str) -> bool:
    """Whether an ID number is well formed and its check digit is right."""
    return id_number_fault(number) is None


def id_check_digit(body: str) -> str:
    """The check digit of the first 17 digits (ISO 7064 MOD 11-2)."""
    return _DIGITS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def is_fifteen(number: str) -> bool:
    """Whether it is shaped like a number of the first generation of cards: 15 digits, year of birth in two."""
    return len(number) == 15 and number.isascii() and number.isdigit()


def eighteen_digits(fifteen: str) -> str:
    """The 18-digit number that replaced a 15-digit one: the century put in, the check digit added (GB 11643-1999).

    ValueError when it is no 15-digit number.
    """
    if not is_fifteen(fifteen):
        raise ValueError("not a 15-digit number")
    century = "18" if int(fifteen[12:]) in _CENTENARIANS else "19"
    body = fifteen[:6] + century + fifteen[6:]
    return body + id_check_digit(body)


def birth_of(number: str) -> date:
    """The day of birth that an ID number tells; ValueError when it tells none."""
    birth = birth_in(number)
    if birth is None:
        raise ValueError("the number tells no day of birth")
    return birth


def birth_in(number: str) -> date | None:
    """The day of birth in places 7 to 14, None where no day stands there."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> Sex:
    """The sex that an ID number tells: an odd serial is male."""
    return "male" if int(number[16]) % 2 else "female"
