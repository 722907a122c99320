"""On what the time of a special procedure 特别程序 does not count: a law that says so, else our own rule."""

from __future__ import annotations

from tongban.cases.model.course import SPECIALS
from tongban.cases.model.papers.kinds import LICENSING
from tongban.catalogue import ItemVersion, SpecialProcedure
from tongban.kit.i18n import Text

#: What 行政许可法 art. 45 names: hearing, tender, auction, inspection, test, quarantine, appraisal, expert
#: review. A site inspection 现场核查 it does not name.
NAMED_BY_LAW = frozenset(SPECIALS) - {"site_inspection"}
#: What is said where no law takes the time out of the limit.
OURS = Text(
    "按演示城市的设定不计入办理时限，没有法律规定（参照《行政许可法》第四十五条，该条没有列出这一程序）",
    "Not counted by the demo city's own rule; no law says so (after the Administrative Licensing Law, art. 45, which "
    "does not name it)",
)


def stops_by_law(version: ItemVersion) -> dict[str, Text]:
    """What may stop the clock of the item's type, by code: as its clock profile says, else what art. 45 names and the
    site inspection."""
    return {one.code: one.name for one in version.clock.stops} or SPECIALS


def coded(version: ItemVersion) -> list[tuple[str, SpecialProcedure]]:
    """The item's own special procedures by the code that a case's course keeps of each."""
    named = {words.zh: code for code, words in stops_by_law(version).items()}
    return [
        (named.get(one.name.zh, f"own-{place}"), one)
        for place, one in enumerate(version.special_procedures, 1)
    ]


def _own(version: ItemVersion, kind: str) -> list[SpecialProcedure]:
    """Those of the item's own data that are really law."""
    return [one for code, one in coded(version) if code == kind and one.mark == "real"]


def _named(version: ItemVersion, kind: str) -> bool:
    stops = {one.code for one in version.clock.stops}
    return kind in (stops or NAMED_BY_LAW)


def ordered_by_law(version: ItemVersion, kind: str) -> bool:
    """Whether it may be said that the procedure is needed by law 依法: the item's own law orders it, that of its type
    names it, or it is licensing and art. 45 names it."""
    if _named(version, kind):
        return bool(version.clock.stops) or version.kind == LICENSING
    return bool(_own(version, kind))


def by_our_rule(version: ItemVersion, kind: str) -> bool:
    """Whether its time does not count by this platform's rule alone: no law names it, and none lets that time pass."""
    return not _named(version, kind) and not any(one.condition == "time" for one in _own(version, kind))


def laws_of_stop(version: ItemVersion, kind: str) -> tuple[Text, ...]:
    """The laws that the procedure stands on: the item's own, where that is really law, then what its clock profile
    says of a procedure that the law of its type names."""
    own = tuple(one.basis for one in _own(version, kind))
    profile = version.clock.basis.get("special")
    return (*own, profile) if profile and _named(version, kind) else own


def stands_on(version: ItemVersion, kind: str) -> tuple[Text, ...]:
    """On what the time of a special procedure does not count, as page and notice say it: :func:`laws_of_stop`, and
    :data:`OURS` where no law takes the time out."""
    laws = laws_of_stop(version, kind)
    return (*laws, OURS) if by_our_rule(version, kind) else laws
