"""The catalogue as a list: what a line shows, by what it is filtered, and how many each filter would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from tongban.kit.i18n import Text

Audience = Literal["person", "firm"]
Mode = Literal["whole_online", "one_visit", "all_city", "zero_material"]


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A theme 主题 by which people and firms look for items; ``code`` begins with personal. or legal."""

    code: str
    name: Text
    icon: str

    @property
    def of_firms(self) -> bool:
        """Whether firms look by it 法人主题."""
        return self.code.startswith("legal.")

    @property
    def title(self) -> Text:
        """Its name beside those of the other kind: persons and firms both have some of the same name."""
        return Text(f"{self.name.zh}（法人）", f"{self.name.en} (firms)") if self.of_firms else self.name


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a list shows of an item and filters it by. Days are working days; ``online`` means that it is taken here."""

    name: Text
    summary: Text
    department: Text
    department_kind: str = ""
    promise_days: int
    visits: int
    zero_material: bool
    is_free: bool
    whole_online: bool = False
    all_city: bool = False
    express: bool = False
    targets: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    icon: str = "doc"


class Listed(msgspec.Struct, frozen=True):
    """A line of the catalogue: the item's code, its card, whether it is taken here, its place by pinyin.

    ``minors``: who is under eighteen may have it; ``together``: several people apply, each from her own account.
    """

    code: str
    card: Card
    online: bool
    pinyin: str
    minors: bool = False
    together: bool = False

    @property
    def audiences(self) -> frozenset[Audience]:
        """Whom it is for, as people ask: for persons, for firms and other organisations, or both."""
        found: set[Audience] = {"person" if target == "1" else "firm" for target in self.card.targets}
        return frozenset(found)

    @property
    def for_firms(self) -> bool:
        """Whether a firm can apply in its own name, as :attr:`ItemVersion.for_firms`."""
        return "firm" in self.audiences and not self.together


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What of the catalogue somebody wants to see; what is None lets everything through.

    ``mode``: 全程网办 (no visit), 最多跑一次 (at most one), 全市通办, 零材料.
    """

    audience: Audience | None = None
    theme: str | None = None
    department: str | None = None
    mode: Mode | None = None

    def lets(self, line: Listed) -> bool:
        """Whether a line passes all filters."""
        card = line.card
        return (
            (self.audience is None or self.audience in line.audiences)
            and (self.theme is None or self.theme in card.themes)
            and (self.department is None or self.department == card.department_kind)
            and (self.mode is None or _passes(self.mode, card))
        )

    @property
    def any(self) -> bool:
        """Whether anything is filtered at all."""
        return self != NO_FILTERS


NO_FILTERS = Filters()


def _passes(mode: Mode, card: Card) -> bool:
    match mode:
        case "whole_online":
            return card.whole_online
        case "one_visit":
            return card.visits <= 1
        case "all_city":
            return card.all_city
        case "zero_material":
            return card.zero_material


class Facet(msgspec.Struct, frozen=True):
    """One value of a filter and how many lines it would leave, the other filters as they are."""

    value: str
    count: int


def facets(lines: Iterable[Listed], filters: Filters) -> dict[str, list[Facet]]:
    """For each filter its values, the most frequent first, counted over what the other filters let through."""
    every = list(lines)
    modes: tuple[Mode, ...] = ("whole_online", "one_visit", "all_city", "zero_material")
    without = {
        name: [line for line in every if msgspec.structs.replace(filters, **{name: None}).lets(line)]
        for name in ("audience", "theme", "department", "mode")
    }
    return {
        "audience": _counted(value for line in without["audience"] for value in line.audiences),
        "theme": _counted(value for line in without["theme"] for value in line.card.themes),
        "department": _counted(line.card.department_kind for line in without["department"]),
        "mode": [Facet(mode, sum(_passes(mode, line.card) for line in without["mode"])) for mode in modes],
    }


def _counted(values: Iterable[str]) -> list[Facet]:
    return [Facet(value, count) for value, count in Counter(values).most_common() if value]
