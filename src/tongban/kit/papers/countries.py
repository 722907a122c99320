"""States that issue passports, by the three letters of ISO 3166-1 as passports carry them (ICAO Doc 9303)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec

from tongban.kit.i18n import Language, Text, language

CHINA = "CHN"
_FILE = Path(__file__).with_name("data") / "countries.csv"


class Country(msgspec.Struct, frozen=True):
    """A foreign state: letters and digits of ISO 3166-1, and its name."""

    code: str
    number: str
    name: Text


@cache
def _countries() -> dict[str, Country]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        found = (Country(row["code"], row["number"], Text(row["zh"], row["en"])) for row in rows)
        return {one.code: one for one in found}


@cache
def _in_order(wanted: Language) -> tuple[Country, ...]:
    def place(one: Country) -> bytes:
        # Level 1 of GB 2312, which every name here keeps to, is in the order of pinyin.
        return one.name.zh.encode("gb18030") if wanted == "zh" else one.name.en.encode()

    return tuple(sorted(_countries().values(), key=place))


def countries() -> tuple[Country, ...]:
    """All foreign states, in the order of the page's language."""
    return _in_order(language())


def country_named(code: str) -> Text | None:
    """The name of the foreign state with these three letters, or three digits."""
    if code.isdigit():
        return next((one.name for one in _countries().values() if one.number == code), None)
    known = _countries().get(code)
    return known.name if known else None
