"""The numbers of a case: 44 characters for systems, 19 digits for people."""

from __future__ import annotations

from datetime import date


def _check_mod_11_10(digits: str) -> str:
    """ISO 7064 MOD 11,10 over decimal digits."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def short_code(district: str, day: date, serial: int) -> str:
    """统一受理编码 for people (our design, brief §2.1): district 6 + YYMMDD + serial 6 + check = 19 digits."""
    body = f"{district:0>6}{day:%y%m%d}{serial:06d}"
    return body + _check_mod_11_10(body)


def is_short_code(code: str) -> bool:
    """Whether the check digit holds, so that a misread number is told at once."""
    return len(code) == 19 and code.isascii() and code.isdigit() and _check_mod_11_10(code[:-1]) == code[-1]


def case_number(task_code: str, day: date, serial: int) -> str:
    """办件编号: implementation code 31 + YYYYMMDD + serial 5 = 44 characters (brief §2.1)."""
    return f"{task_code}{day:%Y%m%d}{serial:05d}"
