"""A firm's certificate that ends: who represents and who runs the firm are told in time, each once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

import asyncpg
import pytest

from tests.identity.conftest import CHAN, LI, WANG, enrolled
from tests.identity.firms import CAFE, Firms
from tongban import identity
from tongban.identity import actions, jobs
from tongban.identity.actions import firm_log_in
from tongban.identity.model.certificates import Certified
from tongban.identity.model.powers import Offer, Power
from tongban.identity.store import firms
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("register")

NOW = clock.now()
#: The certificate holds until noon of its last day.
LAST = clock.city_day(NOW) + timedelta(days=100)
UNTIL = clock.instant_of(LAST, time(12))
FIRST_AT = clock.instant_of(LAST - timedelta(days=30), time())
LAST_AT = clock.instant_of(LAST, time())
MOMENT = timedelta(seconds=1)


@pytest.fixture
async def people(db: Database) -> dict[str, Actor]:
    """Li represents the firm and acts for it, Wang is its 管理员, Chan its 经办人."""
    identity.plug_firm_check(Firms().check)
    then = NOW - timedelta(minutes=30)
    found = {one.name: (await enrolled(db, one, now=then)).actor for one in (LI, WANG, CHAN)}
    bound = await actions.bind_firm(db, found[LI.name], code=CAFE, now=NOW)
    assert bound.power is not None
    power = await actions.power(db, found[LI.name], power_id=bound.power)
    firm = Actor(found[LI.name].role, power.principal, power.principal_name, level=1, acting=power.acting())
    for who, kind in ((WANG, "steward"), (CHAN, "agent")):
        offer = Offer(who.paper, who.name, kind, None, None, None, NOW, NOW + timedelta(days=400))  # type: ignore[arg-type]
        offered = await actions.offer_power(db, firm, offer, now=NOW)
        await actions.answer_power(db, found[who.name], power_id=offered, accept=True, now=NOW)
    await db.run("DELETE FROM notices.inbox")
    return {"firm": firm, **found}


async def known(db: Database, firm: Actor, serial: str, *, keeper: str, until: datetime) -> Power:
    """The power of a certificate by which somebody has just come in."""
    assert firm.id is not None
    found = await firms.firm(db, firm.id)
    assert found is not None
    return await firm_log_in._power(db, found, Certified(CAFE, keeper, serial, until), now=NOW)


async def due(db: Database, now: datetime) -> list[Event]:
    """The timers that fire by then, as the worker has them in hand for the last time."""
    await timers.fire_due(db, now=now)
    events = await outbox.claim(db, now=now)
    await outbox.finish(db, events)
    return [one for one in events if one.topic == "timer.identity.certificate"]


async def told(db: Database) -> dict[UUID, list[tuple[str, str, str]]]:
    """Title in both languages and body of each notice, by who reads it, oldest first."""
    rows = await db.rows("SELECT * FROM notices.inbox ORDER BY at, id")
    found: dict[UUID, list[tuple[str, str, str]]] = {}
    for row in rows:
        found.setdefault(row["recipient"], []).append((row["title_zh"], row["title_en"], row["body_zh"]))
    return found


async def test_they_are_told_a_month_before_and_on_the_last_day(
    db: Database, people: dict[str, Actor]
) -> None:
    """Each by a timer, once however often its event is handed over; the agent of some matters is told nothing.

    How it can fail (tried): without ``mark`` (told twice); without the timer of the last day; with ``until`` in the
    place of ``_morning`` (the last day is told of when it is over); with every power in the place of ``_TOLD``.
    """
    power = await known(db, people["firm"], "0a", keeper="陈出纳", until=UNTIL)
    assert await known(db, people["firm"], "0a", keeper="陈出纳", until=UNTIL) == power
    both = {people[LI.name].id, people[WANG.name].id}
    for nth, at in enumerate((FIRST_AT, LAST_AT), start=1):
        assert await due(db, at - MOMENT) == []
        [event] = await due(db, at)
        await jobs.tell_certificate(db, event, now=at)
        with pytest.raises(asyncpg.UniqueViolationError, match="handled_pkey"):
            await jobs.tell_certificate(db, event, now=at)
        letters = await told(db)
        assert letters.keys() == both and {len(one) for one in letters.values()} == {nth}
        for title, english, body in (one[-1] for one in letters.values()):
            assert str(LAST) in title and str(LAST) in english and title != english
            assert (
                "陈出纳" in body and ("之后不能" in body) is (nth == 2) and "{" not in title + english + body
            )
    assert await due(db, UNTIL + timedelta(days=400)) == []
    noted = "SELECT detail FROM audit.ledger WHERE action = 'identity.tell_certificate' ORDER BY xid, id"
    assert [row["detail"] for row in await db.rows(noted)] == [
        {"told": 2, "last": False},
        {"told": 2, "last": True},
    ]


async def test_nobody_is_told_of_what_was_taken_back_or_has_a_later_one(
    db: Database, people: dict[str, Actor]
) -> None:
    """One that comes in first within its last month is told of at once; after an outage the last notice stands alone.

    How it can fail (tried): with ``ever_given`` for ``living_given``; without ``_replaced``; with ``_replaced`` that
    asks for no keeper; with a ``last`` that is not asked of the day.
    """
    firm = people["firm"]
    back = await known(db, firm, "0b", keeper="陈出纳", until=UNTIL)
    await actions.revoke_power(db, firm, power_id=back.id, now=NOW)
    await known(db, firm, "0c", keeper="张会计", until=UNTIL)
    await known(db, firm, "0d", keeper="张会计", until=UNTIL + timedelta(days=300))
    for event in await due(db, FIRST_AT):
        await jobs.tell_certificate(db, event, now=FIRST_AT)
    assert await told(db) == {}
    soon = NOW + timedelta(days=9)
    await known(db, firm, "0e", keeper="陈出纳", until=soon)
    [event] = await due(db, NOW)
    late = clock.instant_of(clock.city_day(soon), time()) + MOMENT
    await jobs.tell_certificate(db, event, now=late)
    letters = await told(db)
    assert {len(one) for one in letters.values()} == {1} and len(letters) == 2
    assert all("之后不能" in body for one in letters.values() for _, _, body in one)
    assert await due(db, soon) == []
