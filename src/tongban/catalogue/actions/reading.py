"""Reading the catalogue: items in force, pinned versions, sources, search."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from tongban import regions
from tongban.catalogue import files
from tongban.catalogue.model import (
    CITY,
    NO_FILTERS,
    Act,
    Filters,
    Hit,
    ItemVersion,
    Listed,
    NoSuchItem,
    NotOnline,
    Questionnaire,
    Register,
    Source,
    SourceUse,
    Theme,
    source_uses,
    terms_of_query,
)
from tongban.catalogue.model.adjusting import Adjustment
from tongban.catalogue.model.cancelling import Cancellation, cancelled_by
from tongban.catalogue.model.counting import Counts, counted, in_year
from tongban.catalogue.model.coverage import Coverage, coverage
from tongban.catalogue.store import adjusting as adjusting_store
from tongban.catalogue.store import cancelling as cancelling_store
from tongban.catalogue.store import guided as guided_store
from tongban.catalogue.store import items as store
from tongban.catalogue.store import searching
from tongban.catalogue.store import sources as sources_store
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.forms import Form, compile_form
from tongban.kit.i18n import Language, Text

#: Seconds after which an item in force is read again: a new version reaches every process within them.
FRESH_SECONDS = 5.0
#: Versions kept in memory; they never change, so the oldest read goes first.
KEPT = 512


class Listing(msgspec.Struct, frozen=True):
    """The catalogue as a list: its lines by code, in the order of pinyin, and the themes in the city's; with the names
    of the districts by their codes, those of the organs of the whole city by their kinds, and those of the departments
    that its lines name."""

    lines: dict[str, Listed]
    themes: tuple[Theme, ...]
    districts: dict[str, Text]
    organs: dict[str, Text]
    departments: dict[str, Text]


class KnownSources(msgspec.Struct, frozen=True):
    """The register of sources as the gate looks through it: what gives something now, what is announced, and the
    commitments; ``since`` is from when a source has been in its state, by kind and code."""

    register: Register
    planned: Register
    commitments: tuple[Source, ...]
    since: dict[tuple[str, str], datetime]


class _Copies:
    """What one process keeps of one database."""

    def __init__(self) -> None:
        self.in_force: dict[str, tuple[float, ItemVersion]] = {}
        self.after: tuple[float, dict[str, tuple[ItemVersion, ...]]] | None = None
        self.listing: tuple[float, Listing] | None = None
        self.sources: tuple[float, KnownSources] | None = None
        self.guided: tuple[float, tuple[Questionnaire, ...]] | None = None
        self.cancelled: tuple[float, dict[str, Cancellation]] | None = None
        self.adjusted: tuple[float, dict[str, Adjustment]] | None = None
        self.versions: OrderedDict[tuple[str, int], ItemVersion] = OrderedDict()

    def keep(self, version: ItemVersion) -> ItemVersion:
        """One object per version, so that what is compiled from it is compiled once."""
        kept = self.versions.setdefault((version.code, version.number), version)
        if len(self.versions) > KEPT:
            self.versions.popitem(last=False)
        return kept


_copies: WeakKeyDictionary[Any, _Copies] = WeakKeyDictionary()


def _of(db: Database) -> _Copies:
    key = db.origin
    return _copies.setdefault(key, _Copies())


async def current(db: Database, item_code: str) -> ItemVersion:
    """The version of an item that is in force, at most :data:`FRESH_SECONDS` old; raises NoSuchItem.

    The rare read goes over a handle of its own: reference data are not one of a page's statements.
    """
    copies = _of(db)
    moment = time.monotonic()
    kept = copies.in_force.get(item_code)
    if kept is not None and moment - kept[0] < FRESH_SECONDS:
        return kept[1]
    version = await store.current_version(db.sibling(), code=item_code)
    if version is None:
        copies.in_force.pop(item_code, None)
        raise NoSuchItem
    version = copies.keep(version)
    copies.in_force[item_code] = (moment, version)
    return version


async def in_force(db: Database) -> list[ItemVersion]:
    """The whole catalogue, each item's version in force: for loaders and commands, no page needs so much. One
    statement; nothing of it is kept."""
    return await store.every_in_force(db)


async def counts(db: Database, *, year: int, today: date) -> Counts:
    """What the city counts of its catalogue on this day, from the versions in force of the items that it offers then;
    ``year`` as in :func:`counted`. One statement.

    What a city declares is what people can apply for, so a cancelled item is in none of its figures from its day on; of
    the 2,035 that the demo city declares none is cancelled.
    """
    off = cancelled_by(await cancellations(db), today)
    return counted((one for one in await store.every_in_force(db) if one.code not in off), year=year)


async def version(db: Database, item_code: str, number: int) -> ItemVersion:
    """The version that a case pins; raises NoSuchItem."""
    copies = _of(db)
    kept = copies.versions.get((item_code, number))
    if kept is not None:
        return kept
    found = await store.version_of(db.sibling(), code=item_code, number=number)
    if found is None:
        raise NoSuchItem
    return copies.keep(found)


async def questionnaires(db: Database) -> tuple[Questionnaire, ...]:
    """The guided questionnaires in force, in the city's order; as old as :func:`current`."""
    copies = _of(db)
    moment = time.monotonic()
    if copies.guided is None or moment - copies.guided[0] >= FRESH_SECONDS:
        found = tuple(await guided_store.in_force(db.sibling()))
        if copies.guided is not None and found == copies.guided[1]:
            found = copies.guided[1]  # what is worked out from them is worked out once
        copies.guided = (moment, found)
    return copies.guided[1]


async def form_named(db: Database, name: str) -> Form:
    """The form of the version that a page names, ``code.number``; raises NoSuchItem."""
    code, _, number = name.rpartition(".")
    if not number.isdecimal() or len(number) > 9:
        raise NoSuchItem
    return compile_form((await version(db, code, int(number))).form)


async def afterwards(db: Database, licence_type: str) -> tuple[ItemVersion, ...]:
    """The items for a held licence of this type 许可后续办理, in the order of their acts; as old as :func:`current`."""
    copies = _of(db)
    moment = time.monotonic()
    if copies.after is None or moment - copies.after[0] >= FRESH_SECONDS:
        by_type: dict[str, list[ItemVersion]] = {}
        for version in await store.for_held_licences(db.sibling()):
            if version.after is not None:
                by_type.setdefault(version.after.licence_type, []).append(copies.keep(version))
        order = list(Act)
        copies.after = (
            moment,
            {
                code: tuple(sorted(ones, key=lambda one: order.index(one.after.act) if one.after else 0))
                for code, ones in by_type.items()
            },
        )
    return copies.after[1].get(licence_type, ())


async def listing(db: Database) -> Listing:
    """The whole catalogue as a list with its themes, as old as :func:`current`."""
    copies = _of(db)
    moment = time.monotonic()
    if copies.listing is None or moment - copies.listing[0] >= FRESH_SECONDS:
        sibling = db.sibling()
        organs = await regions.departments(sibling)
        districts = {organ.uscc: organ.district or CITY for organ in organs}
        year = figures.year if (figures := files.figures()) else None
        lines = [_placed(line, districts, year) for line in await searching.every_line(sibling)]
        themes = await searching.themes(sibling)
        listed = Listing(
            {line.code: line for line in lines},
            tuple(themes),
            {one.code: one.name for one in await regions.districts(sibling)},
            {organ.kind: organ.name for organ in organs if organ.district is None},
            {line.card.department_kind: line.card.department for line in lines},
        )
        copies.listing = (moment, listed)
    return copies.listing[1]


def _placed(line: Listed, districts: Mapping[str, str], year: int | None) -> Listed:
    """A line with the district of its organ, and what it counts for in the city's year."""
    district = districts.get(line.facts.organ, CITY)
    return msgspec.structs.replace(line, district=district, counts=in_year(line, year))


async def offered(db: Database, *, today: date) -> list[Listed]:
    """The lines of the list without those of items that are cancelled by this day; as old as :func:`listing`."""
    off = cancelled_by(await cancellations(db), today)
    return [line for line in (await listing(db)).lines.values() if line.code not in off]


async def covered(db: Database, *, today: date) -> Coverage:
    """The legal list against the items that are offered on this day, as old as :func:`listing`; no statement of its
    own."""
    off = cancelled_by(await cancellations(db), today)
    lines = (await listing(db)).lines.values()
    return coverage(
        files.basic_list(),
        (line.facts.catalog_code for line in lines if line.code not in off),
        (line.facts.catalog_code for line in lines if line.code in off),
    )


async def sources_of(db: Database, version: ItemVersion) -> list[SourceUse]:
    """What is read of whom for this item, in words: what a person is told before she starts (PIPL art. 17)."""
    if not version.purpose_fields:
        return []
    known = {source.code: source for source in await sources(db.sibling()) if source.kind == "resource"}
    return source_uses(version, known)


def must_be_online(version: ItemVersion) -> None:
    """Raise NotOnline for an item that this platform only tells about."""
    if not version.is_online:
        raise NotOnline


async def search(db: Database, words: str, language: Language, filters: Filters = NO_FILTERS) -> list[Hit]:
    """What people mean by ``words``: characters, pinyin, initials, English, what they call it; best first.

    One statement; none for words in which there is nothing to look for. What the list does not know yet (another
    process published it a moment ago) is found within :data:`FRESH_SECONDS`.
    """
    wanted = terms_of_query(words)
    if not wanted.terms:
        return []
    found = await searching.matching(db, wanted, language)
    lines = (await listing(db)).lines
    return [
        Hit(code, lines[code].card, lines[code].online, score)
        for code, score in found
        if code in lines and filters.lets(lines[code])
    ]


async def known_sources(db: Database) -> KnownSources:
    """The register of sources for who looks through it at every application; as old as :func:`current`."""
    copies = _of(db)
    moment = time.monotonic()
    if copies.sources is None or moment - copies.sources[0] >= FRESH_SECONDS:
        sibling = db.sibling()
        every = await sources_store.every_source(sibling)
        announced = [msgspec.structs.replace(one, state="up") for one in every if one.state == "planned"]
        known = KnownSources(
            Register(every),
            Register(announced),
            tuple(one for one in every if one.kind == "commitment"),
            await sources_store.states_since(sibling),
        )
        copies.sources = (moment, known)
    return copies.sources[1]


async def cancellations(db: Database) -> dict[str, Cancellation]:
    """What is decided of each item that is cancelled or will be, by its code; as old as :func:`current`."""
    copies = _of(db)
    moment = time.monotonic()
    if copies.cancelled is None or moment - copies.cancelled[0] >= FRESH_SECONDS:
        copies.cancelled = (moment, await cancelling_store.cancellations(db.sibling()))
    return copies.cancelled[1]


async def adjustments(db: Database) -> dict[str, Adjustment]:
    """What is decided of each item that is adjusted or will be, by its code; as old as :func:`current`."""
    copies = _of(db)
    moment = time.monotonic()
    if copies.adjusted is None or moment - copies.adjusted[0] >= FRESH_SECONDS:
        copies.adjusted = (moment, await adjusting_store.adjustments(db.sibling()))
    return copies.adjusted[1]


async def sources(db: Database) -> list[Source]:
    """The register of sources."""
    return await sources_store.every_source(db)


def forget_copies() -> None:
    """Drop what this process keeps: after publishing, and between tests."""
    _copies.clear()


class Expected(msgspec.Struct, frozen=True):
    """The day by which who applies now may expect the result.

    ``provisional``: a year whose holidays are not published yet may move it. ``special``: the longest time of the
    item's special procedures is counted in, which the promise does not count (行政许可法 art. 45).
    """

    day: date
    provisional: bool
    special: bool


async def expected_end(
    db: Database, version: ItemVersion, *, answers: Mapping[str, Any] | None = None, now: datetime
) -> Expected:
    """The day of the result for who applies now and is accepted on the day of receipt; of who applies in person on that
    of coming, as booked.

    What comes after office hours counts as received on the next working day; a special procedure's days that would
    end on a holiday end on the next working day (民法典 art. 203). Of the procedures those are counted that an
    application with these ``answers`` goes through, all of them before there are any.
    """
    calendar = await clock.current_calendar(db)
    start = calendar.received_day(now)
    if version.in_person is not None and (booked := (answers or {}).get(version.in_person.booked)):
        start = max(start, date.fromisoformat(booked))
    procedures = [one for one in version.special_procedures if one.due_for(answers or {})]
    for one in procedures:
        start = calendar.add_working_days(start + timedelta(days=one.calendar_days), one.working_days)
    end = calendar.add_working_days(start, version.clock.promise_days)
    special = any(one.calendar_days or one.working_days for one in procedures)
    return Expected(end, calendar.provisional(end.year), special)
