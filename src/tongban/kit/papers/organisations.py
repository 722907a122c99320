"""统一社会信用代码 of organisations: GB 32100-2015 with its 组织机构代码 GB 11714. Pure functions."""

from __future__ import annotations

import re

_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = {letter: value for value, letter in enumerate(_USCC_LETTERS)}
_USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
_USCC = re.compile(rf"[{_USCC_LETTERS}]{{2}}\d{{6}}[{_USCC_LETTERS}]{{10}}", re.ASCII)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def uscc_holds(code: str) -> bool:
    """Whether a unified social credit code and the organisation code inside it hold.

    Some early codes were issued wrong: where the register itself knows the code, warn, do not block.
    """
    return (
        _USCC.fullmatch(code) is not None
        and code[17] == uscc_check_digit(code[:17])
        and code[16] == organisation_check_digit(code[8:16])
    )


def uscc_shaped(code: str) -> bool:
    """Whether a code looks like a unified social credit code, its check characters apart."""
    return _USCC.fullmatch(code) is not None


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
