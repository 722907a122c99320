"""Firms are asked for every day, however many there are and whatever the register says of one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.identity.conftest import CHAN, LI, WANG, enrolled
from tests.identity.firms import CAFE, EARLY, SHOP, Firms
from tests.identity.test_firm_roles import NOW, as_, given, offer, powers_to, titles
from tongban import identity
from tongban.identity import actions, jobs
from tongban.identity.actions import answering, firm_changes
from tongban.identity.model.firms import Firm, FirmGivesNone
from tongban.identity.model.powers import Power, PowerOver, PowerState
from tongban.identity.store import firms, powers, replacing
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import hash_of, opening_session

pytestmark = pytest.mark.usefixtures("register")

DAY = timedelta(days=1)


class Faulty(Firms):
    """A register whose answer about some firms cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[str] = set()

    async def check(self, db: Database, *, code: str, **more: Any) -> identity.FirmResult:
        if code in self.broken:
            raise ValueError("an answer of no known shape")
        return await super().check(db, code=code, **more)


async def test_no_firm_stands_in_the_way_of_another(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that the register has lost and one whose check fails are before a struck-off one, and one is taken at a time.

    How it can fail (tried): without ``asking_later`` of a lost firm and with ``checked_at`` in the place of ``ask_at``
    (the struck-off one is never reached); without the ``except`` of ``_rechecked``; with one batch in the place of
    ``while``.
    """
    register = Faulty()
    identity.plug_firm_check(register.check)
    li = (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor
    for minute, code in enumerate((CAFE, EARLY, SHOP)):
        await actions.bind_firm(db, li, code=code, sure=True, now=NOW + timedelta(minutes=minute))
    del register.firms[CAFE]
    register.broken.add(EARLY)
    register.firms[SHOP][3] = "struck_off"
    monkeypatch.setattr(firm_changes, "_BATCH", 1)
    later = NOW + DAY * 2
    said = await actions.recheck_firms(db, now=later)
    assert dict(said) == {"unknown": 1, "failed": 1}, "a batch of which nothing was said ends the round"
    said = await actions.recheck_firms(db, now=later)
    assert dict(said) == {"confirmed": 1}, "the others have had their turn"
    assert await db.value("SELECT state FROM identity.firm WHERE code = $1", SHOP) == "struck_off"
    asked = len(register.asked)
    assert not await actions.recheck_firms(db, now=later)
    register.broken.clear()
    said = await actions.recheck_firms(db, now=later + timedelta(minutes=10))
    assert dict(said) == {"confirmed": 1}, "a check that failed is made again soon"
    said = await actions.recheck_firms(db, now=later + DAY)
    assert dict(said) == {"unknown": 1} and len(register.asked) == asked + 2, "a lost one again after a day"


async def test_all_that_are_due_are_asked_for_in_one_round(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How it can fail (tried): with one batch in the place of ``while``; a round whose time is over leaves the rest."""
    register = Firms()
    identity.plug_firm_check(register.check)
    li = (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor
    for code in (CAFE, EARLY, SHOP):
        await actions.bind_firm(db, li, code=code, sure=True, now=NOW)
    monkeypatch.setattr(firm_changes, "_BATCH", 1)
    later = NOW + DAY * 2
    assert not await actions.recheck_firms(db, now=later, seconds=-1)
    assert dict(await actions.recheck_firms(db, now=later)) == {"confirmed": 3}


async def test_who_switches_to_a_firm_has_the_register_asked_where_it_was_not_for_a_day(db: Database) -> None:
    """How it can fail (tried): without ``_asked_again`` in ``switch`` (who no longer represents it acts for it)."""
    register = Firms()
    identity.plug_firm_check(register.check)
    li = (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor
    bound = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert bound.power is not None and bound.firm is not None
    asked = len(register.asked)
    await actions.switch(db, await _session(db, li, NOW), power_id=bound.power, now=NOW)
    assert len(register.asked) == asked, "within the day nobody is asked"
    later = NOW + DAY * 2
    register.down = True
    silent = (await actions.switch(db, await _session(db, li, later), power_id=bound.power, now=later)).actor
    assert silent.id == bound.firm.id, "a register that is silent ends nothing"
    noted = "SELECT detail FROM audit.ledger WHERE action = 'identity.act_for' ORDER BY id DESC LIMIT 1"
    assert (await db.value(noted))["register_silent_since"] == clock.city_day(NOW).isoformat()
    register.down = False
    register.firms[CAFE][1:3] = ["110101199003070011", "别人"]
    with pytest.raises(PowerOver):
        await actions.switch(db, await _session(db, li, later), power_id=bound.power, now=later)


class Gone(msgspec.Struct, frozen=True):
    """A firm that was struck off, its steward, and whom it had offered a power; ``at``: when it was asked of."""

    firm: UUID
    steward: Actor
    wang: Actor
    chan: Actor
    stewarding: UUID
    offered: UUID
    at: datetime

    async def alive(self, db: Database) -> None:
        """What it gave is as before its end, as if it had been given in that very moment."""
        back = "UPDATE identity.power SET state = $2, ended_at = NULL, ended_by = NULL WHERE id = $1"
        await db.run(back, self.offered, "offered")
        await db.run(back, self.stewarding, "standing")

    async def states(self, db: Database) -> set[PowerState]:
        return {one.state for who in (self.chan, self.wang) for one in await powers_to(db, who)}


@pytest.fixture
async def gone(db: Database) -> Gone:
    register = Firms()
    identity.plug_firm_check(register.check)
    li, wang, chan = [(await enrolled(db, one, now=NOW - DAY)).actor for one in (LI, WANG, CHAN)]
    bound = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert bound.firm is not None and bound.power is not None
    representative = await as_(db, li, bound.power)
    stewarding = await given(db, representative, wang, offer(WANG, "steward"))
    steward = await as_(db, wang, stewarding)
    offered = await actions.offer_power(db, representative, offer(CHAN, "agent"), now=NOW)
    register.firms[CAFE][3] = "struck_off"
    await actions.recheck_firms(db, now=NOW + DAY * 2)
    return Gone(bound.firm.id, steward, wang, chan, stewarding, offered, NOW + DAY * 2)


async def test_what_a_firm_gave_ends_with_it_whoever_answers_or_uses_it(
    db: Database, gone: Gone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its offers too, which are told of; what was under way in that moment ends when it is met.

    How it can fail (tried): ``standing`` for ``living`` in ``_end``; without ``OFFER_ENDED``; without ``end_left`` of a
    firm ended before, in ``answer_power``, in ``switch``, at the news; without ``FIRM_STANDS`` in ``accepting``.
    """
    assert await gone.states(db) == {PowerState.LAPSED}
    assert "给您的授权没有生效" in str(await titles(db, gone.chan))
    told = str(await titles(db, gone.wang))
    assert "您的授权终止" in told and "没有生效" not in told
    await gone.alive(db)
    with monkeypatch.context() as patched:
        patched.setattr(answering, "end_left", _nothing)
        with pytest.raises(PowerOver):
            await actions.answer_power(db, gone.chan, power_id=gone.offered, accept=True, now=gone.at)
        assert PowerState.OFFERED in await gone.states(db), "the guard alone refuses it"
    with pytest.raises(PowerOver) as over:
        await actions.answer_power(db, gone.chan, power_id=gone.offered, accept=True, now=gone.at)
    assert over.value.state is PowerState.LAPSED and await gone.states(db) == {PowerState.LAPSED}
    await gone.alive(db)
    with pytest.raises(PowerOver) as over:
        await as_(db, gone.wang, gone.stewarding)
    assert "已经不再存续" in str(over.value.message) and await gone.states(db) == {PowerState.LAPSED}
    for ending in (firm_changes.recheck_firm, _by_news):
        await gone.alive(db)
        firm = await firms.firm(db, gone.firm)
        assert firm is not None
        await ending(db, firm, now=gone.at)
        assert await gone.states(db) == {PowerState.LAPSED}


async def test_nobody_gives_a_power_in_the_name_of_a_firm_that_is_no_more(
    db: Database, gone: Gone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not where its end is written between the look at it and the offer either.

    How it can fail (tried): without ``FIRM_STANDS`` in ``making_way``; in ``offering``.
    """
    with pytest.raises(FirmGivesNone, match="firm-closed"):
        await actions.offer_power(db, gone.steward, offer(CHAN, "agent"), now=gone.at)

    async def ended_meanwhile(*args: object, **more: object) -> list[Power]:
        await db.run("UPDATE identity.firm SET state = 'struck_off'")
        return []

    await db.run("UPDATE identity.firm SET state = 'active'")
    monkeypatch.setattr(replacing, "in_the_way", ended_meanwhile)
    with pytest.raises(FirmGivesNone):
        await actions.offer_power(db, gone.steward, offer(CHAN, "agent"), now=gone.at)
    part = powers.offering(
        new_id(bucket_of(gone.firm)),
        offer(CHAN, "agent"),
        principal=gone.firm,
        principal_name="",
        agent=None,
        agent_hash=b"",
        by=gone.firm,
        now=gone.at,
    )
    assert await write(db, part) is None


async def _nothing(*args: object, **more: object) -> bool:
    return False


async def _by_news(db: Database, firm: Firm, *, now: datetime) -> None:
    news = make.event("identity.firm_ended", subject=firm.id, reference=firm.id)
    await jobs.end_left(db, news, now=now)


async def _session(db: Database, who: Actor, now: datetime) -> Actor:
    cookie, opening = opening_session(who, now=now)
    await write(db, Part("SELECT 1 AS one"), opening)
    return msgspec.structs.replace(who, session=hash_of(cookie))
