"""The counts of the catalogue at the city's size come out of its rows, by rules over each item's own content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cache, partial
from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scripts import basic_list
from scripts import catalogue as listing
from tests.catalogue.conftest import NOW
from tests.conftest import CITY
from tongban import catalogue, exchange, licences
from tongban.catalogue.actions.loading import drafts_of
from tongban.catalogue.actions.publishing import listed, put_in_force, work_out_facts
from tongban.catalogue.files import figures as declared_figures
from tongban.catalogue.jobs import count_day
from tongban.catalogue.model import ItemVersion, Listed, Material
from tongban.catalogue.model.counting import Counts, brought, counted, in_year
from tongban.catalogue.model.counting_rules import RULES_BY_KEY
from tongban.catalogue.model.coverage import APPROVAL, coverage
from tongban.catalogue.model.listing import Mode
from tongban.catalogue.store import tasks
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import SYSTEM


@cache
def _every() -> tuple[ItemVersion, ...]:
    """The whole catalogue of the demo city; it is composed once for the tests of this file."""
    return tuple(drafts_of(CITY, listed=True))


def _changed(item: ItemVersion, place: int, **said: object) -> ItemVersion:
    materials = list(item.materials)
    materials[place] = msgspec.structs.replace(materials[place], **said)
    return msgspec.structs.replace(item, materials=tuple(materials))


def _counts(*items: ItemVersion) -> Counts:
    return counted(items, year=listing.YEAR)


def _by_filter(*items: ItemVersion) -> dict[str, int]:
    """How many of these items the list shows under each counting rule."""
    met: Counter[str] = Counter()
    for item in items:
        line = listed(item)
        met.update(in_year(Listed(item.code, line.card, line.online, "", line.facts), listing.YEAR))
    return {name: met[name] for name in get_args(Mode)}


def _told(counts: Counts) -> dict[str, int]:
    """Counts by the keys of the rules."""
    plain = {
        name: getattr(counts, name) for name in Counts.__struct_fields__ if name not in ("items", "police")
    }
    fields = {name: counts.police.get(name.partition(".")[2], 0) for name in get_args(Mode) if "." in name}
    return plain | fields | {"police": sum(counts.police.values())}


def test_the_city_counts_what_the_release_says() -> None:
    """How it can fail (tried): the items for a held licence count too; visits are not looked at.

    The list itself is what its script makes of matters and figures.
    """
    assert (CITY / "catalogue" / "items.csv").read_text(encoding="utf-8") == listing.made()
    counts, figures = _counts(*_every()), listing.FIGURES
    assert sum(counts.police.values()) == figures.police["all"] and len(counts.police) == 4
    assert msgspec.structs.replace(counts, police={}) == msgspec.structs.replace(figures, police={})
    declared = declared_figures(CITY)
    assert declared is not None and declared.year == listing.YEAR
    assert counts.new_city_wide_personal >= declared.targets["new_city_wide_personal"] == 100
    ours = _told(counts) | {"items": counts.items}
    assert (
        declared.declared == {name: ours[name] for name in declared.declared} and len(declared.declared) == 11
    )
    assert {key.partition(".")[0] for key in RULES_BY_KEY} == set(Counts.__struct_fields__)
    assert set(RULES_BY_KEY) == {"items", *get_args(Mode)}
    assert _by_filter(*_every()) == _told(counts), "a search by a rule shows as many as are counted"


def test_every_approval_of_the_legal_list_is_connected_and_each_gap_has_its_name() -> None:
    """How it can fail (tried): the items of the districts are looked for in the list by another code than the line's;
    an approval that is withdrawn is no gap."""
    assert (CITY / "catalogue" / "basic_list.csv").read_text(encoding="utf-8") == basic_list.made(_every())
    lines = catalogue.basic_list(CITY)
    codes = [one.catalog_code for one in _every() if one.after is None]
    cover = coverage(lines, codes)
    assert (cover.approvals.lines, cover.approvals.connected) == (162, 162) and cover.beyond == ()
    assert (cover.lines, cover.connected, len(cover.departments)) == (1214, 1105, 49)
    gaps = [line for one in cover.departments for line in one.gaps]
    assert len(gaps) == 109 and all(line.name.zh and line.name.en for line in gaps)
    assert {line.mark for line in gaps} == {"synthetic"} and APPROVAL not in {line.kind for line in gaps}
    passport = next(one for one in _every() if one.code == "passport").catalog_code
    without = coverage(lines, (code for code in codes if code != passport))
    assert [line.name.zh for line in without.approvals.gaps] == ["普通护照签发"]
    assert without.plain["approvals"] == {"lines": 162, "connected": 161}


def test_the_items_of_the_list_are_items_like_others() -> None:
    """How it can fail: two matters of a department have one name; a district's row keeps the city organ's code;
    a form offers the districts of all to the office of one."""
    every = _every()
    for words in ("code", "handle_code"):
        assert len({getattr(one, words) for one in every}) == len(every)
    for language in ("zh", "en"):
        assert len({getattr(one.name, language) for one in every}) == len(every)
    own = [one for one in every if one.code.endswith("_310104")]
    assert len(own) == 62 and {one.level for one in own} == {"4"}
    asked = [one.form["properties"]["place_district"]["enum"] for one in own if one.is_online]
    assert asked and all(options == ["310104"] for options in asked)
    assert {one.marks["*"] for one in every if one.code == own[0].code} == {"synthetic"}


def test_one_material_moves_the_counts() -> None:
    """How it can fail: zero material, visits or the app are read from what is stored of the item instead of its
    materials."""
    zero = next(one for one in _every() if one.zero_material and _counts(one).app)
    before = _counts(zero)
    asked = _counts(_changed(zero, 0, route="none", source=""))
    assert (before.zero_material, asked.zero_material) == (1, 0)
    paper = _counts(_changed(zero, 0, route="none", source="", medium="1"))
    assert (before.whole_online, before.app) == (1, 1) and (paper.whole_online, paper.app) == (0, 0)
    assert paper.at_most_one_visit == 1, "one visit, to hand the paper in"
    by_post = msgspec.structs.replace(
        _changed(zero, 0, route="none", source="", medium="1"), ways=("2", "3", "4")
    )
    assert _counts(by_post).whole_online == 1 and _counts(by_post).courier == 1
    fee = next(one for one in _every() if one.fees and _counts(one).whole_online)
    unpaid = msgspec.structs.replace(fee, pay_online=False)
    assert (_counts(fee).fees, _counts(unpaid).fees, _counts(unpaid).app) == (1, 0, 0)
    wide = next(one for one in _every() if _counts(one).new_city_wide)
    assert _counts(msgspec.structs.replace(wide, effective_on=None)).new_city_wide == 0
    assert _counts(msgspec.structs.replace(wide, scope="place")).city_wide == 0


@given(
    picked=st.lists(
        st.tuples(st.integers(0, 2034), st.integers(0, 3), st.sampled_from(["1", "2", "3"]), st.booleans()),
        max_size=30,
    )
)
def test_counts_add_up_over_any_items(picked: list[tuple[int, int, str, bool]]) -> None:
    """How it can fail (tried): a zero-material item counts though it asks; the app takes what is not wholly online."""
    every = _every()
    items = []
    for place, material, medium, asked in picked:
        item = every[place]
        if item.materials:
            said: dict[str, object] = {"medium": medium} | ({"route": "none", "source": ""} if asked else {})
            item = _changed(item, material % len(item.materials), **said)
        items.append(item)
    counts = _counts(*items)
    alone = [_counts(one) for one in items]
    assert _by_filter(*items) == _told(counts)
    for name in Counts.__struct_fields__:
        if name != "police":
            assert getattr(counts, name) == sum(getattr(one, name) for one in alone)
    assert counts.app <= counts.whole_online <= counts.at_most_one_visit <= counts.items
    assert counts.new_city_wide_personal <= counts.new_city_wide <= counts.city_wide
    assert counts.across_provinces <= counts.city_wide and sum(counts.police.values()) <= counts.city_wide
    assert counts.zero_material == sum(
        bool(one.materials) and not brought(one) for one in items if one.after is None
    )


def test_a_paper_that_comes_by_itself_is_not_brought() -> None:
    """How it can fail (tried): the optional and the exempt count as brought."""
    every = [material for one in _every() for material in one.materials]
    assert {one.exempt for one in every} == {True, False} and isinstance(every[0], Material)
    assert all(material.required and not material.exempt for one in _every() for material in brought(one))


async def test_the_counts_are_read_in_one_statement(db: Database) -> None:
    """How it can fail (tried): a version that is no longer in force counts beside the one that is; a new version keeps
    the facts of the old one; what an older platform published is never counted; a gap of the list lets the check pass;
    what is cancelled counts on, or goes before its day.
    """
    every = [one for one in _every() if one.code.startswith("archives_")][:6]
    await exchange.load(db, CITY)
    await licences.load(db, CITY)
    await put_in_force(db, SYSTEM, drafts=every, area_code="021", now=NOW)
    changed = msgspec.structs.replace(every[0], scope="city", summary=Text("改", "Changed"))
    await put_in_force(db, SYSTEM, drafts=[changed], area_code="021", now=NOW)
    before = db.count
    counts = await catalogue.counts(db, year=listing.YEAR, today=NOW.date())
    assert db.count == before + 1
    assert counts == _counts(changed, *every[1:]) and counts.items == 6
    catalogue.forget_copies()
    shown = (await catalogue.listing(db)).lines
    assert [shown[one.code].facts for one in every[1:]] == [listed(one).facts for one in every[1:]]
    assert shown[changed.code].facts == listed(changed).facts != listed(every[0]).facts

    await db.run("UPDATE catalogue.search_entry SET facts = '{}' WHERE code = $1", changed.code)
    before = db.count
    assert await work_out_facts(db) == 1 and db.count == before + 2
    assert await work_out_facts(db) == 0 and db.count == before + 3
    assert (await catalogue.listing(db)).lines == shown

    legal = [
        one for one in catalogue.basic_list(CITY) if one.catalog_code in {item.catalog_code for item in every}
    ]
    survey = partial(catalogue.survey, db, year=listing.YEAR, area_code="021")
    before = db.count
    found = await survey(legal=legal, now=NOW)
    assert db.count == before + 4 and found.ends_well and found.plain["coverage"]["connected"] == len(legal)
    approval = next(one for one in catalogue.basic_list(CITY) if one.kind == APPROVAL and one not in legal)
    assert not (await survey(legal=[*legal, approval], now=NOW)).ends_well, (
        "an approval that no item implements"
    )
    item = next(one for one in every[1:] if one.catalog_code == legal[-1].catalog_code)
    found = await _leaves_the_counts_on_its_day(db, item, partial(survey, legal=legal))
    assert found.counts == _counts(changed, *(one for one in every[1:] if one != item))
    cover = found.coverage
    assert (cover.lines, cover.connected, cover.beyond) == (len(legal) - 1, len(legal) - 1, ()), "law no more"
    other = next(one for one in catalogue.basic_list(CITY) if one.kind != APPROVAL and one not in legal)
    assert (await survey(legal=[*legal, other], now=NOW)).ends_well, "a gap of another kind is only named"
    rows = await db.value("SELECT count(*) FROM audit.ledger WHERE action = 'catalogue.publish'")
    assert rows == 7, "each version has its row in the ledger"


async def _leaves_the_counts_on_its_day(
    db: Database, item: ItemVersion, survey: Callable[..., Awaitable[catalogue.Survey]]
) -> catalogue.Survey:
    """The item is cancelled: counted on the day before, and not on its day, though nothing is published then."""
    today, before = NOW.date(), NOW - timedelta(days=1)
    gone = catalogue.Cancellation(code=item.code, on=today, basis=Text("甲", "A"), instead=Text("乙", "B"))
    [(_, every, asked)] = await tasks.asked_counts(db)
    await catalogue.put_cancellations(db, [gone], now=before)
    whole = await survey(now=before)
    assert (whole.on, whole.counts.items, whole.asked) == (before.date(), every, asked)
    assert await tasks.asked_counts(db) == [(today, every, asked)]
    await count_day(db, now=NOW)
    left = asked - sum(not one.exempt for one in item.materials)
    assert await tasks.asked_counts(db) == [(today, every - 1, left)] and left < asked
    assert item.code not in [one.item for one in await tasks.everything_asked(db, day=today)]
    found = await survey(now=NOW)
    counts = await catalogue.counts(db, year=listing.YEAR, today=today)
    assert (found.on, found.counts, found.asked) == (today, counts, left)
    return found
