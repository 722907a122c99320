"""Whose paper is whose 一人多证: the other papers that a person of the population register has or had.

Most people have one. A former number 曾用号码 is no paper any more: it is told of its holder and finds nobody.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "papers.csv"


@dataclass(frozen=True, slots=True)
class Held:
    """A paper: its kind (GA/T 2000.156), of a passport its state, its number; whether it is valid or a former one."""

    paper_kind: str
    country: str
    number: str
    state: str = "valid"

    def told(self) -> dict[str, Any]:
        """As the register tells it."""
        return {
            "paper_kind": self.paper_kind,
            "country": self.country,
            "number": self.number,
            "former": self.state == "former",
        }


@cache
def _families() -> dict[Held, tuple[Held, ...]]:
    """By the paper that a person is registered by, her others."""
    families: dict[Held, tuple[Held, ...]] = {}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            holder = Held(row["holder_kind"], row["holder_country"], row["holder_number"])
            other = Held(row["paper_kind"], row["country"], row["number"], row["state"])
            families[holder] = (*families.get(holder, ()), other)
    return families


def main_paper(paper: Held) -> Held:
    """The paper that its holder is registered by: another one's where this is one of her others, else itself."""
    return next(
        (
            holder
            for holder, others in _families().items()
            for one in others
            if one == paper and one.state == "valid"
        ),
        paper,
    )


def others_of(asked: Held) -> list[Held]:
    """What else the holder of this paper has or had."""
    main = main_paper(asked)
    return [one for one in (main, *_families().get(main, ())) if one != asked]
