"""Publishing: versions that never change, refused drafts, the same content again."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import msgspec
import pytest
from pypinyin import lazy_pinyin

from tests.catalogue.conftest import CODES, NOW, draft, published_as_told_only
from tests.conftest import CITY
from tongban import catalogue, exchange
from tongban.catalogue import jobs
from tongban.catalogue.actions import indexing, publishing, terms
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of, drafts_of
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, VISITOR, Actor, Role


async def test_the_city_is_loaded_once_however_often(city: Database) -> None:
    await exchange.load(city, CITY)
    await catalogue.load(city, CITY, now=NOW)
    rows = await city.rows("SELECT code, number FROM catalogue.item_version ORDER BY code")
    codes = sorted(one.code for one in drafts_of(CITY))
    assert set(CODES) < set(codes), "each file is an item, and those for its licences come with it"
    assert sorted((row["code"], row["number"]) for row in rows) == [(code, 1) for code in codes]
    assert await city.value("SELECT count(*) FROM audit.ledger WHERE action = 'catalogue.publish'") == len(
        codes
    )


async def test_what_was_published_reads_as_it_was_drafted(city: Database) -> None:
    version = await catalogue.current(city, "residence_permit")
    expected = msgspec.structs.replace(draft(), number=1, published_on=version.published_on)
    assert version == expected
    assert str(version.published_on) == "2026-11-24"
    limits = version.clock
    assert (limits.accept_days, limits.promise_days, limits.statutory_days) == (5, 15, 15)


async def test_a_change_makes_a_new_version_and_leaves_the_old(city: Database) -> None:
    changed = msgspec.structs.replace(draft(), summary=Text("新的说明", "Another summary"))
    published = await catalogue.publish(city, SYSTEM, draft=changed, area_code="021", now=NOW)
    assert published.number == 2
    assert (await catalogue.current(city, "residence_permit")).summary.zh == "新的说明"
    assert (await catalogue.version(city, "residence_permit", 1)).summary == draft().summary
    again = await catalogue.publish(city, SYSTEM, draft=changed, area_code="021", now=NOW)
    assert again.number == 2
    [hit] = [
        hit for hit in await catalogue.search(city, "居住证申领", "zh") if hit.code == "residence_permit"
    ]
    assert hit.card.summary.zh == "新的说明"


async def test_a_kill_behind_a_publication_leaves_no_old_count(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How it can fail: nobody counts what was published before the kill; a second count of the day is a new
    row, or one that found nothing new is one."""

    async def count() -> list[tuple[int, int]]:
        found = await city.rows("SELECT items, materials FROM catalogue.asked_count ORDER BY on_day")
        return [(one["items"], one["materials"]) for one in found]

    (before,) = await count()
    await city.run("UPDATE catalogue.asked_count SET materials = 0")
    more = msgspec.structs.replace(draft(), summary=Text("另一个说明", "One more summary"))

    async def killed(*_: object, **__: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "count_asked", killed)
        with pytest.raises(ConnectionResetError):
            await catalogue.publish(city, SYSTEM, draft=more, area_code="021", now=NOW)
    assert await count() == [(before[0], 0)]
    (news,) = await city.rows("SELECT * FROM kit.outbox WHERE topic = 'catalogue.published'")
    event = Event(news["id"], news["topic"], news["subject"], news["reference"], {}, news["at"])
    for _ in range(2):
        await jobs.count_published(city, event, now=NOW)
    assert await count() == [before]
    await city.run("UPDATE catalogue.asked_count SET materials = 0")
    await catalogue.publish(
        city, SYSTEM, draft=more, area_code="021", now=NOW
    )  # changes nothing, makes up for it
    assert await count() == [before]
    await jobs.count_published(city, event, now=NOW + timedelta(days=1))
    assert len(await count()) == 1


async def test_versions_are_kept_in_memory_and_cost_no_statement(city: Database) -> None:
    first = await catalogue.current(city, "residence_permit")
    before = city.count
    assert await catalogue.current(city, "residence_permit") is first
    assert await catalogue.version(city, "residence_permit", 1) is first
    assert city.count == before


async def test_a_draft_with_faults_is_refused_with_all_of_them(city: Database) -> None:
    wrong = msgspec.structs.replace(draft(), visits=1, task_code="123")
    with pytest.raises(catalogue.PublishingRefused) as refused:
        await catalogue.publish(city, SYSTEM, draft=wrong, now=NOW)
    rules = {finding.rule for finding in refused.value.findings}
    assert {"CODE-31", "VISIT-1", "VISIT-2"} <= rules
    assert "task_code" in refused.value.fields
    assert (await catalogue.current(city, "residence_permit")).number == 1


async def test_items_need_their_sources(db: Database) -> None:
    with pytest.raises(catalogue.PublishingRefused, match="SOURCE-1"):
        await catalogue.load(db, CITY, now=NOW)


async def test_only_the_system_publishes(city: Database) -> None:
    for actor in (VISITOR, Actor(Role.RESIDENT, new_id(1)), Actor(Role.OFFICER, new_id(1))):
        with pytest.raises(NotAllowed):
            await catalogue.publish(city, actor, draft=draft(), now=NOW)


async def test_unknown_items_and_versions_are_named(city: Database) -> None:
    with pytest.raises(catalogue.NoSuchItem):
        await catalogue.current(city, "flying_licence")
    with pytest.raises(catalogue.NoSuchItem):
        await catalogue.version(city, "residence_permit", 99)


async def test_guide_only_items_cannot_be_applied_for(city: Database) -> None:
    catalogue.must_be_online(await catalogue.current(city, "residence_permit"))
    with pytest.raises(catalogue.NotOnline):
        catalogue.must_be_online(await published_as_told_only(city))


async def test_the_list_holds_every_item_once_by_pinyin(city: Database) -> None:
    lines = (await catalogue.listing(city)).lines
    assert sorted(lines) == list(CODES)
    sounds = [" ".join(lazy_pinyin(line.card.name.zh)) for line in lines.values()]
    assert sounds == sorted(sounds)


async def test_sources_are_registered_with_their_elements(city: Database) -> None:
    sources = {(source.kind, source.code): source for source in await catalogue.sources(city)}
    assert "contribution_run" in sources["resource", "employment"].elements
    assert sources["licence_type", "11310000002000995C002"].name.zh == "居民身份证"
    assert ("commitment", "residence_true") in sources


async def test_what_is_read_of_whom_is_told_in_words(city: Database) -> None:
    uses = await catalogue.sources_of(city, await catalogue.current(city, "residence_permit"))
    assert len(uses) == 5
    population = uses[0]
    assert population.source.zh == "公安 人口库"
    assert population.read.zh.startswith("姓名、性别、出生日期、户籍地址")
    assert "户籍不在本市" in population.read.zh, "what only the rule looks at is told too"
    assert population.purpose == Text("预填表单、核对条件", "Filling in the form; checking the conditions")
    assert population.read.en.startswith("Name, sex, date of birth, address of household registration")
    assert await catalogue.sources_of(city, await published_as_told_only(city)) == []


async def test_the_child_tells_the_terms_of_each_item_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that publishing starts, which other tests spare: what it answers is what is computed here.

    How it can fail (tried): the child answers in another order; it fails and nobody says so.
    """
    drafts = [draft_of(CITY / "items" / f"{code}.yaml", CityFiles(CITY)) for code in ("passport", "pension")]
    assert await indexing.index(drafts) == [terms.entry(indexing.wording(one)) for one in drafts]
    assert await indexing.index([]) == []
    monkeypatch.setattr(indexing, "_CHILD", "tongban.no_such_child")
    with pytest.raises(indexing.IndexingFailed, match="no_such_child"):
        await indexing.index(drafts)


def test_no_serving_process_holds_the_dictionaries() -> None:
    asked = (
        "import sys, tongban.rooms; print([name for name in ('jieba', 'pypinyin') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
