"""The numbers of a case: 44 characters for systems, 19 digits for people. Both keep their length on any day.

A serial is leased and may leave gaps (``kit.serials``), so a day may come to the end of its digits. What follows is
decided here, and is never a number that was given before: in the long number letters take the place of digits from
the left, in the short one a month that is none says which million it is.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from tongban.catalogue import Numbering
from tongban.kit.keys import Keys

#: Latin letters but I and O, which are read as digits. The field is alphanumeric (GB/T 39046-2020: an..50).
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_PLACES = 5
#: The step at the end of a paper's number, written with two digits at least.
_STEP = re.compile(r"([0-9]{2,4})([Cc]?)")
_MILLION = 1_000_000
#: Months 1–12 are the first million of a district's day, 13–24 the second, up to 96.
_MILLIONS = 8


def _check_mod_11_10(digits: str) -> str:
    """ISO 7064 MOD 11,10 over decimal digits."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def licence_number(rule: Numbering, *, digit: str, district: str, serial: int) -> str:
    """A licence's number by its rule 许可证编号 with the check digit; ValueError when the serial has no room."""
    body = f"{digit}{district:0>6}{serial:0{rule.serial}d}"
    if len(body) != 7 + rule.serial:
        raise ValueError("the district has given all its numbers")
    return f"{rule.prefix}{body}{_check_mod_11_10(body)}"


def short_code(district: str, day: date, serial: int) -> str:
    """统一受理编码 for people (our own design): district 6 + YYMMDD + serial 6 + check = 19 digits.

    The millionth case of a district on one day has the month 13 to 24, and so on for eight millions; then ValueError.
    """
    million, rest = divmod(serial, _MILLION)
    if million >= _MILLIONS:
        raise ValueError("a district's day has eight million codes")
    body = f"{district:0>6}{day:%y}{day.month + 12 * million:02d}{day:%d}{rest:06d}"
    return body + _check_mod_11_10(body)


def is_short_code(code: str) -> bool:
    """Whether the check digit holds, so that a misread number is told at once."""
    return len(code) == 19 and code.isascii() and code.isdigit() and _check_mod_11_10(code[:-1]) == code[-1]


def case_number(task_code: str, day: date, serial: int) -> str:
    """办件编号: implementation code 31 + YYYYMMDD + serial 5 = 44 characters.

    After 99999 come A0000 to Z9999, AA000 to ZZ999 and so on, 13.6 million in all; then ValueError.
    """
    return f"{task_code}{day:%Y%m%d}{_five(serial)}"


def _five(serial: int) -> str:
    for letters in range(_PLACES + 1):
        digits = _PLACES - letters
        size = len(_LETTERS) ** letters * 10**digits
        if serial < size:
            head, tail = divmod(serial, 10**digits)
            words = ""
            for _ in range(letters):
                head, place = divmod(head, len(_LETTERS))
                words = _LETTERS[place] + words
            return words + (f"{tail:0{digits}d}" if digits else "")
        serial -= size
    raise ValueError("an item's day has 13.6 million numbers")


def typed_number(typed: str) -> tuple[str, str]:
    """(code, step) of what may be typed or pasted: full width, with blanks, hyphens or points of any kind.

    A paper's own number 文书编号 is the code with the step that gave it (``…-08``, a second
    one of that step ``…-08C``); of a code alone the step is empty.
    """
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", typed))
    code, step = plain[:19], plain[19:]
    if (found := _STEP.fullmatch(step)) and is_short_code(code):
        return code, f"{int(found[1])}{found[2].upper()}"
    return plain, ""


def typed_code(typed: str) -> str:
    """The code of :func:`typed_number`: a paper's number leads to its case as well."""
    return typed_number(typed)[0]


def last_four(number: str) -> str:
    """What of an ID number is asked of the holder of a paper: its last four, as they may be typed (full width, x)."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()[-4:]


def holder_proof(keys: Keys, code: str, number: str) -> bytes:
    """The hash of a code and the last four of its applicant's ID number: to compare, in any spelling of it
    (``keys.lookup``), and never to be opened."""
    return keys.person_hash("case_holder", f"{code}:{last_four(number)}")
