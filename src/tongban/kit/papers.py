"""Numbers that people and firms carry: check digits, what a number tells, and how it is masked.

公民身份号码 GB 11643-1999 · 统一社会信用代码 GB 32100-2015 with its 组织机构代码 GB 11714 · 机动车号牌 GA 36-2018.
Pure functions.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Literal

_ID_DIGITS = "10X98765432"
_ID_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_ID = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
#: First two digits of GB/T 2260. Finer codes change over the years, and a number keeps the code of its
#: birth; 81–83 are the residence permits of Hong Kong, Macao and Taiwan residents (810000–830000).
_PROVINCES = frozenset(
    str(code)
    for region in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84))
    for code in range(*region)
)

_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = {letter: value for value, letter in enumerate(_USCC_LETTERS)}
_USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
_USCC = re.compile(rf"[{_USCC_LETTERS}]{{2}}\d{{6}}[{_USCC_LETTERS}]{{10}}", re.ASCII)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}

_PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)

#: Province, letter of the issuing office, then five places (the last may say trailer, driving school, police,
#: Hong Kong or Macao), or six on a new-energy car; without the letters I and O, which look like digits.
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z]"
    r"(?:[A-HJ-NP-Z\d]{4}[A-HJ-NP-Z\d挂学警港澳]|[A-HJK][A-HJ-NP-Z\d]\d{4}|\d{5}[A-HJK])",
    re.ASCII,
)
_POSTCODE = re.compile(r"\d{6}", re.ASCII)


class IdFault(StrEnum):
    """What is wrong with an ID number; each has its own sentence for the person."""

    LENGTH = "length"
    FIFTEEN = "fifteen"
    LETTERS = "letters"
    AREA = "area"
    BIRTH = "birth"
    CHECK = "check"


def id_number_fault(number: str) -> IdFault | None:
    """The first fault of an 18-digit ID number, None when it holds (GB 11643-1999).

    The 15-digit numbers of the first generation of cards ended on 2013-01-01 and are named as such.
    """
    if len(number) == 15 and number.isascii() and number.isdigit():
        return IdFault.FIFTEEN
    if len(number) != 18:
        return IdFault.LENGTH
    if not _ID.fullmatch(number):
        return IdFault.LETTERS
    if number[:2] not in _PROVINCES:
        return IdFault.AREA
    if _birth(number) is None:
        return IdFault.BIRTH
    if number[17] != id_check_digit(number[:17]):
        return IdFault.CHECK
    return None


def id_number_holds(number: str) -> bool:
    """Whether an ID number is well formed and its check digit is right."""
    return id_number_fault(number) is None


def id_check_digit(body: str) -> str:
    """The check digit of the first 17 digits (ISO 7064 MOD 11-2)."""
    return _ID_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def birth_of(number: str) -> date:
    """The day of birth that an ID number tells; ValueError when it tells none."""
    birth = _birth(number)
    if birth is None:
        raise ValueError("the number tells no day of birth")
    return birth


def sex_of(number: str) -> Literal["male", "female"]:
    """The sex that an ID number tells: an odd serial is male."""
    return "male" if int(number[16]) % 2 else "female"


def uscc_holds(code: str) -> bool:
    """Whether a unified social credit code and the organisation code inside it hold.

    Some early codes were issued wrong: where the register itself knows the code, warn, do not block.
    """
    return (
        _USCC.fullmatch(code) is not None
        and code[17] == uscc_check_digit(code[:17])
        and code[16] == organisation_check_digit(code[8:16])
    )


def firm_code(area: str, organisation: str) -> str:
    """The unified social credit code of a firm: 91 (market regulation, enterprise), the area's 6 digits, its
    organisation code of eight characters, both check characters (GB 32100-2015, GB 11714-1997)."""
    body = f"91{area}{organisation}{organisation_check_digit(organisation)}"
    return body + uscc_check_digit(body)


def uscc_check_digit(body: str) -> str:
    """The check digit of the first 17 characters (GB 32100-2015)."""
    total = sum(_USCC_VALUES[letter] * weight for letter, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC_LETTERS[(31 - total % 31) % 31]


def organisation_check_digit(body: str) -> str:
    """The check digit of the first 8 characters of an organisation code (GB 11714)."""
    pairs = zip(body, _ORGANISATION_WEIGHTS, strict=True)
    value = 11 - sum(_ORGANISATION_VALUES[letter] * weight for letter, weight in pairs) % 11
    return {10: "X", 11: "0"}.get(value, str(value))


def phone_holds(number: str) -> bool:
    """Whether it is a mainland mobile number without prefix."""
    return _PHONE.fullmatch(number) is not None


def plate_holds(plate: str) -> bool:
    """Whether it is a number plate of a civil vehicle, written without the dot (GA 36-2018)."""
    return _PLATE.fullmatch(plate) is not None


def postcode_holds(code: str) -> bool:
    """Whether it is a postcode 邮政编码 of six digits."""
    return _POSTCODE.fullmatch(code) is not None


def mask_id(number: str) -> str:
    """``3101**********001X``: the area's beginning and the last four stay."""
    return masked(number, head=4, tail=4)


def mask_name(name: str) -> str:
    """李明 → 李*, 欧阳小明 → 欧**明: the ends stay, so that who knows the person recognises her."""
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def surname(name: str) -> str:
    """The surname of a Chinese name, also a compound one (复姓); a name of one word is its own."""
    return name[:2] if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else name[:1]


#: The compound surnames in use; the rest of the 百家姓 are of one character.
_COMPOUND_SURNAMES = frozenset(
    (
        *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"),
        *("宇文", "长孙", "端木", "轩辕", "独孤", "南宫", "西门", "百里", "呼延", "闻人", "申屠", "淳于"),
    )
)


def mask_phone(number: str) -> str:
    """``138****5678``."""
    return masked(number, head=3, tail=4)


def masked(value: str, *, head: int, tail: int) -> str:
    """Stars for all but ``head`` and ``tail`` characters; all stars where little would be hidden."""
    hidden = len(value) - head - tail
    if hidden < 3:
        return "*" * len(value)
    return value[:head] + "*" * hidden + value[len(value) - tail :]


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
