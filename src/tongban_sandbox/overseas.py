"""People of the population register who have no ID card 境外人员: from Hong Kong, Macao, Taiwan and abroad.

A handful, the same whatever the day or the seed. A mainland permit of a Hong Kong or Macao resident is found with and
without the two digits that count its renewals.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "overseas.csv"
CITIZEN = "111"
HK_MACAO_PERMIT = "516"
DEPARTED = "离境"


@dataclass(frozen=True, slots=True)
class Overseas:
    """One of them, with the paper that she is registered by (codes of GA/T 2000.156; country of ISO 3166-1)."""

    key: str
    paper_kind: str
    country: str
    number: str
    name: str
    sex: str
    birth_date: str
    phone: str
    status: str

    def facts(self) -> dict[str, Any]:
        """What the register says; it knows no hukou of theirs."""
        told = ("name", "sex", "birth_date", "phone", "status")
        return {field: getattr(self, field) for field in told} | {"synthetic": True}


@cache
def everybody() -> tuple[Overseas, ...]:
    """All of them, in the file's order."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(Overseas(**{name: row[name] for name in row if name != "mark"}) for row in rows)


def registered(paper_kind: str, country: str, number: str) -> Overseas | None:
    """Who is registered by this paper."""
    lasting = number[:9] if paper_kind == HK_MACAO_PERMIT else number
    wanted = (paper_kind, country, lasting)
    return next((one for one in everybody() if (one.paper_kind, one.country, one.number) == wanted), None)


def with_phone(number: str) -> Overseas | None:
    """Whose phone this is."""
    return next((one for one in everybody() if one.phone == number), None)
