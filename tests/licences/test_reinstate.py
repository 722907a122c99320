"""A decision that was overturned is undone once; what was replaced or has another in its place is left, and told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from tongban import licences
from tongban.kit import keys, outbox
from tongban.kit.db import Database, write
from tongban.kit.i18n import N_, Text
from tongban.kit.ids import new_id
from tongban.kit.outbox import Event
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Role
from tongban.licences import State, store
from tongban.licences.model import Licence, LicenceMovedOn, signed

from .conftest import DEPARTMENT, NOW, Founding, last_day_of

OFFICER = Actor(Role.OFFICER, new_id(7), "李警官", department=DEPARTMENT, duties=OFFICERS_DUTIES)
BY = licences.OverturnedBy(
    code="2026112600001000010",
    number="2026112600001000010-07",
    paper="/my/cases/x/papers/approval.pdf?step=7",
    words=N_("撤销原决定"),
    organ=Text("示范市司法局", "Justice Bureau"),
    department="justice-310000",
)


async def revoked(city: Database, row: Licence, *, suspended: bool = False) -> None:
    """Revoked, or only suspended, with a paper of that number."""
    act = licences.suspend if suspended else licences.revoke
    await act(city, OFFICER, licence=row.id, reason="持证人已迁出本市", now=NOW)
    found = await store.licence(city, bucket=row.bucket, licence=row.id)
    assert found is not None
    decided = await licences.decision(city, licence=row.id, revision=found.revision)
    assert decided is not None
    paper = licences.answering(decided, paper="/x", number="1-02", now=NOW)
    await write(city, store.unchanged(found), paper)


async def overturned(city: Database, row: Licence, *, one_each: bool = True, later: int = 0) -> Licence:
    """The news that the revocation was overturned, so many days later; gives the licence."""
    now = NOW + timedelta(days=later)
    news = Event(new_id(row.bucket), "cases.granted", row.holder, str(row.reference), {}, now, 1)
    mark = outbox.handling(news, "cases.jobs.apply_outcome", now=now)
    await licences.reinstate(
        city, licence=row.id, contested="1-02", by=BY, one_each=one_each, mark=mark, now=now
    )
    found = await store.licence(city, bucket=row.bucket, licence=row.id)
    assert found is not None
    return found


async def told(city: Database, row: Licence) -> str:
    return str(
        await city.value(
            "SELECT body_zh FROM notices.inbox WHERE recipient = $1 ORDER BY id DESC LIMIT 1", row.holder
        )
    )


async def test_it_stands_again_as_it_did_once(city: Database, issued: Founding) -> None:
    row = await issued()
    await licences.suspend(city, OFFICER, licence=row.id, reason="情况正在查明", now=NOW)
    await revoked(city, row)
    back = await overturned(city, row)
    assert back.state is State.SUSPENDED and BY.number in back.state_reason
    letters = await city.value("SELECT count(*) FROM notices.inbox")
    assert await overturned(city, row) == back
    assert await city.value("SELECT count(*) FROM notices.inbox") == letters
    assert await city.value("SELECT count(*) FROM kit.outbox WHERE topic = 'licences.reinstated'") == 1


async def test_what_was_cancelled_for_being_revoked_falls_with_the_revocation(
    city: Database, issued: Founding
) -> None:
    row = await issued()
    await revoked(city, row)
    await licences.cancel(city, OFFICER, licence=row.id, reason="办理注销手续。", ground="taken", now=NOW)
    back = await overturned(city, row)
    assert back.state is State.VALID and BY.number in back.state_reason
    await licences.cancel(
        city, OFFICER, licence=row.id, reason="持证人已经身故。", ground="deceased", now=NOW
    )
    assert (await overturned(city, row)).state is State.CANCELLED, "decided anew, and for a reason of its own"


@pytest.mark.parametrize("one_each", [True, False])
async def test_where_its_holder_has_another_one_it_is_left_and_she_is_told(
    city: Database, issued: Founding, one_each: bool
) -> None:
    row = await issued()
    await revoked(city, row)
    await issued()
    left = await overturned(city, row, one_each=one_each)
    assert left.state is (State.REVOKED if one_each else State.VALID)
    assert ("另外取得一张同类证照" in await told(city, row)) is one_each


async def test_past_its_last_day_it_has_expired(city: Database, issued: Founding) -> None:
    row = await issued()
    await revoked(city, row)
    days = (last_day_of(row) - NOW.date()).days + 2
    assert (await overturned(city, row, later=days)).state is State.EXPIRED


async def test_one_that_was_replaced_stays_replaced(city: Database, issued: Founding) -> None:
    row = await issued()
    await revoked(city, row)
    now = await store.licence(city, bucket=row.bucket, licence=row.id)
    assert now is not None
    replaced = signed(msgspec.structs.replace(now, state=State.SUPERSEDED, revision=9), keys.current())
    await write(city, store.changing(now, replaced))
    assert (await overturned(city, row)).state is State.SUPERSEDED
    assert "已经由新证代替" in await told(city, row)


async def test_a_suspension_that_the_issuer_has_ended_needs_no_undoing(
    city: Database, issued: Founding
) -> None:
    row = await issued()
    await revoked(city, row, suspended=True)
    resumed = await licences.resume(city, OFFICER, licence=row.id, reason="情况已经查明", now=NOW)
    assert (await overturned(city, row)).revision == resumed.revision
    assert "证照现在有效，可以继续使用" in await told(city, row)


async def test_what_changes_while_it_is_judged_is_judged_again_and_nothing_is_told(
    city: Database, dsn: str, issued: Founding
) -> None:
    row = await issued()
    await revoked(city, row, suspended=True)
    await licences.resume(city, OFFICER, licence=row.id, reason="情况已经查明", now=NOW)
    letters = await city.value("SELECT count(*) FROM notices.inbox")
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'licences.decision'::regclass"
    other = await asyncpg.connect(dsn)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE licences.decision IN ACCESS EXCLUSIVE MODE")
            judged = asyncio.create_task(overturned(city, row))
            for _ in range(500):  # it has read the licence, and waits to read what was decided
                if await other.fetchval(waits):
                    break
                await asyncio.sleep(0.02)
            await other.execute(
                "UPDATE licences.licence SET signature = $2 WHERE id = $1", row.id, b"another"
            )
    finally:
        await other.close()
    with pytest.raises(LicenceMovedOn):
        await judged
    assert await city.value("SELECT count(*) FROM notices.inbox") == letters
    assert (
        await city.value("SELECT count(*) FROM kit.handled WHERE handler = 'cases.jobs.apply_outcome'") == 0
    )
