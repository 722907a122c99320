"""The catalogue as a list: what a line shows, by what it is filtered, and how many each filter would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import cache
from itertools import chain
from typing import Literal

import msgspec

from tongban.kit.i18n import Text

Audience = Literal["person", "firm"]
#: The counting rules, but for the one that counts every item: see :mod:`tongban.catalogue.model.counting_rules`.
Mode = Literal[
    "whole_online",
    "at_most_one_visit",
    "zero_material",
    "app",
    "courier",
    "fees",
    "city_wide",
    "new_city_wide",
    "new_city_wide_personal",
    "across_provinces",
    "police",
    "police.exit_entry",
    "police.traffic",
    "police.population",
    "police.public_order",
]
#: The district of what an organ of the whole city carries out.
CITY = "city"


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


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the list filters and counts an item by and does not show, as worked out at its publishing.

    ``organ`` is the USCC of who carries it out; ``counts`` are the keys of the counting rules that it meets,
    ``edition`` says of which edition of these rules. ``minors``: who is under eighteen may have it; ``together``:
    several people apply, each from her own account.
    """

    kind: str = ""
    catalog_code: str = ""
    organ: str = ""
    effective_on: date | None = None
    minors: bool = False
    together: bool = False
    counts: tuple[str, ...] = ()
    edition: str = ""


class Listed(msgspec.Struct, frozen=True):
    """A line of the catalogue: the item's code, its card, whether it is taken here, its place by pinyin, its facts.

    ``district`` is that of its organ, :data:`CITY` for an organ of the whole city; ``counts`` are the keys of the
    counting rules that it meets in the city's year.
    """

    code: str
    card: Card
    online: bool
    pinyin: str
    facts: Facts = Facts()
    district: str = ""
    counts: frozenset[str] = frozenset()

    @property
    def minors(self) -> bool:
        """Whether who is under eighteen may have it."""
        return self.facts.minors

    @property
    def together(self) -> bool:
        """Whether several people apply, each from her own account."""
        return self.facts.together

    @property
    def audiences(self) -> frozenset[Audience]:
        """Whom it is for, as people ask: for persons, for firms and other organisations, or both."""
        return _audiences(self.card.targets)

    @property
    def for_firms(self) -> bool:
        """Whether a firm can apply in its own name, as :attr:`ItemVersion.for_firms`."""
        return "firm" in self.audiences and not self.together


@cache
def _audiences(targets: tuple[str, ...]) -> frozenset[Audience]:
    found: set[Audience] = {"person" if target == "1" else "firm" for target in targets}
    return frozenset(found)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What of the catalogue somebody wants to see; what is None lets everything through.

    ``mode`` is how it is done, by a counting rule; ``district`` is where its organ is, ``kind`` the item type 事项类型.
    """

    audience: Audience | None = None
    theme: str | None = None
    department: str | None = None
    mode: Mode | None = None
    district: str | None = None
    kind: str | None = None

    def lets(self, line: Listed) -> bool:
        """Whether a line passes all filters."""
        return all(value in VALUES[name](line) for name, value in self.chosen)

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The filters that are set, by name and value."""
        return [(name, value) for name in FILTERS if (value := getattr(self, name)) is not None]

    @property
    def any(self) -> bool:
        """Whether anything is filtered at all."""
        return self != NO_FILTERS


FILTERS: tuple[str, ...] = Filters.__struct_fields__
NO_FILTERS = Filters()


#: For each filter the values under which a line is found.
VALUES: dict[str, Callable[[Listed], Collection[str]]] = {
    "audience": lambda line: line.audiences,
    "theme": lambda line: line.card.themes,
    "department": lambda line: (line.card.department_kind,),
    "mode": lambda line: line.counts,
    "district": lambda line: (line.district,),
    "kind": lambda line: (line.facts.kind,),
}


class Facet(msgspec.Struct, frozen=True):
    """One value of a filter and how many lines it would leave, the other filters as they are."""

    value: str
    count: int


def facets(lines: Iterable[Listed], filters: Filters) -> dict[str, list[Facet]]:
    """For each filter its values, the most frequent first, counted over what the other filters let through.

    One pass: a line that one filter alone holds back counts for the values of that filter, a line that none holds back
    for those of all. A chosen value is there though it leaves none.
    """
    chosen = filters.chosen
    through: list[Listed] = []
    held: dict[str, list[Listed]] = {name: [] for name in FILTERS}
    for line in lines:
        back = [name for name, value in chosen if value not in VALUES[name](line)]
        if not back:
            through.append(line)
        elif len(back) == 1:
            held[back[0]].append(line)
    found = {
        name: Counter(chain.from_iterable(map(values, chain(through, held[name]))))
        for name, values in VALUES.items()
    }
    for name, value in chosen:
        found[name][value] += 0
    return {
        name: [Facet(value, count) for value, count in counted.most_common() if value]
        for name, counted in found.items()
    }
