"""Numbers and money as they are typed and shown; nothing is rounded, no float is added.

Money is integer fen 分, typed and shown in yuan 元. A decimal number of at most 15 digits is the same as
text and as a JSON number, so it is kept as that; sums are made of the decimals that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

#: What JSON numbers carry exactly, whoever reads them (RFC 8259 §6).
MOST_DIGITS = 15
GREATEST = 10**MOST_DIGITS

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII)
#: The full stop and the minus that Chinese input methods give where a number is meant.
_SIGNS = str.maketrans({"。": ".", "−": "-", "－": "-"})
_FEN_PLACES = 2


def read(text: str) -> int | float | None:
    """A number with or without thousands commas; None when it is none, or longer than 15 digits."""
    parts = _parts(text)
    if parts is None:
        return None
    whole, places = parts
    return float(f"{whole}.{places}") if places else int(whole)


def read_fen(text: str) -> int | None:
    """Yuan with at most two decimals as fen: ``¥1,234.5元`` is 123450; None when it is no amount."""
    parts = _parts(text.lstrip("¥￥").removeprefix("人民币").removesuffix("元"))
    if parts is None or len(parts[1]) > _FEN_PLACES:
        return None
    return int(parts[0] + parts[1].ljust(_FEN_PLACES, "0"))


def _parts(text: str) -> tuple[str, str] | None:
    found = _NUMBER.fullmatch(text.translate(_SIGNS))
    if found is None:
        return None
    sign, whole, places = found[1], found[2].replace(",", ""), found[3] or ""
    return None if len(whole) + len(places) > MOST_DIGITS else (sign + whole, places)


def shown(value: float, *, places: int = 0, grouped: bool = False) -> str:
    """A number in digits, with at least so many decimals: 12.5 at two places is 12.50."""
    if isinstance(value, int) and not places:
        return f"{value:,}" if grouped else str(value)
    exact = _exact(value)
    wanted = max(places, -int(exact.as_tuple().exponent))
    return f"{exact:{',' if grouped else ''}.{wanted}f}"


def shown_yuan(fen: int) -> str:
    """Fen in yuan: 123450 is 1,234.50."""
    return f"{Decimal(fen).scaleb(-_FEN_PLACES):,.2f}"


def places_of(multiple: float | None) -> int:
    """How many decimals a ``multipleOf`` allows: 0.01 allows two, none given tells nothing (0)."""
    return 0 if multiple is None else max(0, -int(_exact(multiple).as_tuple().exponent))


def total(values: Iterable[float]) -> int | float:
    """The sum of numbers, exact in the decimals that they show."""
    summed = sum((_exact(value) for value in values), Decimal(0))
    return int(summed) if summed == summed.to_integral_value() else float(summed)


def _exact(value: float) -> Decimal:
    return Decimal(repr(value)).normalize()
