"""Numbers without a check digit, by their shape: mobile phones, number plates, postcodes. Pure functions."""

from __future__ import annotations

import re
import unicodedata

from tongban.kit.papers.names import is_han

_PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)
#: Province, letter of the issuing office, then five places (the last may say trailer, driving school, police,
#: Hong Kong or Macao), or six on a new-energy car; without the letters I and O, which look like digits.
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z]"
    r"(?:[A-HJ-NP-Z\d]{4}[A-HJ-NP-Z\d挂学警港澳]|[A-HJK][A-HJ-NP-Z\d]\d{4}|\d{5}[A-HJK])",
    re.ASCII,
)
#: Signs that stand in names of persons and firms beside letters and digits.
_NAME_SIGNS = frozenset(" ·•・.．。,，、&＆'’\"“”《》/+-－—–_#()（）[]【】")
_POSTCODE = re.compile(r"\d{6}", re.ASCII)


def phone_holds(number: str) -> bool:
    """Whether it is a mainland mobile number without prefix."""
    return _PHONE.fullmatch(number) is not None


def plate_holds(plate: str) -> bool:
    """Whether it is a number plate of a civil vehicle, written without the dot (GA 36-2018)."""
    return _PLATE.fullmatch(plate) is not None


def postcode_holds(code: str) -> bool:
    """Whether it is a postcode 邮政编码 of six digits."""
    return _POSTCODE.fullmatch(code) is not None


def name_holds(name: str) -> bool:
    """Whether a name of a person or a firm has only characters that registers take: no emoji, no ``<`` or ``>``."""
    return all(sign in _NAME_SIGNS or unicodedata.category(sign)[0] in "LMN" or is_han(sign) for sign in name)
