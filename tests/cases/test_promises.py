"""Notified commitment 告知承诺 after the grant: its check, putting right, revocation, credit entry, who gives none."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import cast, filling, make
from tests.cases.test_every_item import officer_at
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, catalogue, notices
from tongban.cases import jobs
from tongban.cases.actions.afterwards.committing import (
    check_promise,
    give_promise,
    note_revoked,
    record_check,
)
from tongban.cases.model.commitments import (
    AT_DESK,
    BY_OFFICER,
    LIFE,
    PROMISE_TONES,
    PROMISE_WORDS,
    Committed,
    Promise,
    PromiseMovedOn,
    Turn,
    turned,
)
from tongban.cases.store import commitments as rows
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor
from tongban.notices.model import open_words

NOW = datetime(2026, 9, 28, 3, 0, tzinfo=UTC)
ITEM = "public_place_hygiene"
END = {Promise.CHECK_OK, Promise.CURED, Promise.RESTORED}


@given(st.lists(st.sampled_from(Turn), max_size=12))
def test_whatever_is_tried_it_moves_along_the_table_and_ends_once(turns: list[Turn]) -> None:
    """How it can fail (tried): a check that held is undone, or one is revoked that nobody found wrong."""
    state, failed = Promise.PROMISED, False
    for turn in turns:
        if (state, turn) not in LIFE:
            with pytest.raises(PromiseMovedOn):
                turned(state, turn)
            continue
        assert state not in END
        state, failed = turned(state, turn), failed or turn is Turn.FAIL
    assert not failed or state in {*AT_DESK, Promise.CURED, Promise.RESTORED} - {Promise.CHECK_DUE}
    assert state not in {Promise.REVOKED, Promise.RESTORED} or failed


def test_the_table_reaches_every_state_and_each_has_its_words() -> None:
    """How it can fail (tried): a state is added that no turn leads to, or that an officer's list does not know."""
    assert {Promise.PROMISED, *LIFE.values()} == set(Promise) == set(PROMISE_WORDS) == set(PROMISE_TONES)
    assert {state for state, _ in LIFE} == {Promise.PROMISED, *AT_DESK} == set(Promise) - END
    assert {turn for _, turn in LIFE} == set(Turn) > BY_OFFICER


async def test_the_draw_takes_its_share_and_anybody_can_do_it_again(city: Database) -> None:
    """How it can fail (tried): the share counts from 1, so that none of a hundred per cent is left out."""
    asks = (await catalogue.current(city, ITEM)).commitment
    assert asks is not None
    drawn = [asks.drawn(f"{number:05d}", NOW.isoformat()) for number in range(5000)]
    assert drawn == [asks.drawn(f"{number:05d}", NOW.isoformat()) for number in range(5000)]
    assert abs(sum(drawn) / 50 - asks.share) < 2
    for share, every in ((0, False), (100, True)):
        other = msgspec.structs.replace(asks, share=share)
        assert {other.drawn(str(number), "x") for number in range(500)} == {every}
    for code in ("public_place_hygiene", "fire_check", "hr_service"):
        version = await catalogue.current(city, code)
        assert version.commitment is not None
        material = next(one for one in version.materials if one.code == version.commitment.material)
        assert material.route == "commitment" and material.commitment == version.commitment.tick
        assert version.commitment.tick in version.form["properties"]
        for check in version.commitment.checks:
            assert check.field in version.purpose_fields[check.resource]
            assert check.answer in version.form["properties"]


async def granted(db: Database, outside: Sandbox, item: str = ITEM) -> tuple[Resident, UUID, Actor]:
    """A case granted on commitment, its promise given; and who approved it."""
    who = await cast.resident(db, outside)
    case_id = await cases.start(db, who.actor, item=item, now=NOW)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(NOW))
    await make.answered(db, case_id, sheet.form, answers)
    await cases.submit(db, who.actor, case_id=case_id, key=None, now=NOW)
    officer = await officer_at(db, (await make.row(db, case_id))["department"])
    await cases.accept(db, officer, case_id=case_id, now=NOW)
    approver = await make.up_the_chain(db, case_id, sheet.version, officer.department or "")
    await make.approve(db, approver, case_id, note="已核对承诺，符合条件。", now=NOW)
    news = make.event("cases.approved", subject=who.actor.id, reference=case_id)  # type: ignore[arg-type]
    for _ in range(2):  # the same news twice
        await give_promise(db, event=news, now=NOW)
    return who, case_id, approver


async def fires(db: Database, who: Resident, case_id: UUID, at: datetime) -> Committed:
    news = make.event("timer.cases.promise", subject=who.actor.id, reference=case_id)  # type: ignore[arg-type]
    await check_promise(db, event=news, now=at)
    one = await rows.promise_of(db, case_id=case_id)
    assert one is not None
    return one


async def letters(city: Database, who: Resident, case_id: UUID) -> list[str]:
    """What she was told by now, after the worker has had the news of the promise, some of it twice."""
    waiting = await city.sibling().rows(
        "SELECT * FROM kit.outbox WHERE reference = $1 AND topic = 'cases.promise_turned' ORDER BY at, id",
        str(case_id),
    )
    for row in waiting:
        news = Event(row["id"], row["topic"], row["subject"], row["reference"], row["payload"], row["at"])
        for _ in range(2):
            with suppress(asyncpg.UniqueViolationError):
                await jobs.tell_promise(city, news, now=row["at"])
    assert who.actor.id is not None
    return [str(one.body) for one in await notices.inbox(city, who.actor.id, limit=30)]


async def test_what_was_put_right_is_cured_and_what_held_is_over(city: Database, outside: Sandbox) -> None:
    """How it can fail: the timer takes a promise that was put right for broken; the days of the check are counted on
    the calendar; an officer records it before it is due."""
    who, case_id, officer = await granted(city, outside)
    given_at = await rows.promise_of(city, case_id=case_id)
    assert given_at is not None and given_at.state is Promise.PROMISED
    calendar = await clock.current_calendar(city)
    assert clock.city_day(given_at.check_due) == calendar.add_working_days(clock.city_day(NOW), 40)
    with pytest.raises(PromiseMovedOn):
        await record_check(city, officer, case_id=case_id, turn="hold", found="", now=NOW)
    await fires(city, who, case_id, NOW + timedelta(days=2))
    failed = await record_check(
        city, officer, case_id=case_id, turn="fail", found="通风设施没有清洗", now=NOW
    )
    cured = await record_check(
        city, officer, case_id=case_id, turn="cure", found="", now=NOW + timedelta(days=3)
    )
    assert cured.state is Promise.CURED and failed.cure_due is not None
    assert (await fires(city, who, case_id, failed.cure_due)).state is Promise.CURED
    revoked = make.event("licences.revoked", subject=who.actor.id, reference=case_id)  # type: ignore[arg-type]
    await note_revoked(city, event=revoked, now=NOW)
    assert "cases.promise_broken" not in await make.news(city, case_id)
    await _told_of_what_ends_well(city, who, case_id, officer)


async def _told_of_what_ends_well(city: Database, who: Resident, case_id: UUID, officer: Actor) -> None:
    """That it was put right, that a check held and that an entry has run out is told once each, in her language.

    How it can fail (tried): the letter of one is that of another, the news is told as often as it comes, her phone is
    told in Chinese.
    """
    await city.run("""UPDATE cases."case" SET language = 'en'""")
    await city.run("UPDATE cases.commitment SET state = 'check_due'")
    await record_check(city, officer, case_id=case_id, turn="hold", found="", now=NOW)
    await city.run("UPDATE cases.commitment SET state = 'revoked', until = $1", NOW)
    assert (await fires(city, who, case_id, NOW)).state is Promise.REVOKED
    bodies = await letters(city, who, case_id)
    sent = await city.rows("SELECT payload FROM kit.outbox WHERE topic = 'notices.sms' ORDER BY at, id")
    assert who.actor.id is not None
    for what, zh, en in (
        ("cure", "整改到位，许可继续有效。", "It was put right; the permit stands."),
        ("hold", "核查通过，您的承诺属实。", "The check found it as you promised."),
        (
            "expired",
            "承诺不实的信用记录已到期失效，可以再用告知承诺。",
            "The entry of the broken commitment has run out.",
        ),
    ):
        assert sum(zh in body for body in bodies) == 1, what
        texts = [
            open_words(row["payload"]["words"], who.actor.id)
            for row in sent
            if row["payload"]["template"] == f"cases.promise.{what}"
        ]
        assert len(texts) == 1 and en in texts[0], (what, texts)


async def test_what_a_register_tells_is_checked_by_data_under_a_purpose_that_ends(
    city: Database, outside: Sandbox
) -> None:
    """How it can fail: the purpose stays open, a silent register counts as a broken promise, or data alone
    settle a case that was drawn for a look on the spot, or an English letter quotes Chinese."""
    who, case_id, _ = await granted(city, outside, "hr_service")
    await city.run("UPDATE cases.commitment SET drawn = false WHERE case_id = $1", case_id)
    await city.run("UPDATE cases.\"case\" SET language = 'en' WHERE id = $1", case_id)
    open_before = await make.purposes(city, case_id)
    outside.http.post(
        "/faults", json={"service": "enterprise", "mode": "down", "seconds": 60}
    ).raise_for_status()
    make.forget_breakers()
    silent = await fires(city, who, case_id, NOW + timedelta(days=2))
    assert silent.state is Promise.CHECK_DUE
    assert "cases.promise" in await make.timers(city, case_id)
    outside.http.delete("/faults").raise_for_status()
    make.forget_breakers()
    said = await fires(city, who, case_id, NOW + timedelta(days=3))
    # The address in the application is made up: no firm is registered there.
    assert (
        said.state is Promise.CURING and said.found == "Not as promised, by the register: Registered address"
    )
    after = await make.purposes(city, case_id)
    assert len(after) == len(open_before) + 2 and all(not standing for _, standing in after[-2:])
