"""Firms are asked for every day, however many there are and whatever the register says of one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.identity.conftest import LI, enrolled
from tests.identity.firms import CAFE, EARLY, SHOP, Firms
from tongban import identity
from tongban.identity import actions
from tongban.identity.actions import firm_changes
from tongban.identity.model.powers import PowerOver
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import hash_of, opening_session

pytestmark = pytest.mark.usefixtures("register")

NOW = clock.now()
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


async def _session(db: Database, who: Actor, now: datetime) -> Actor:
    cookie, opening = opening_session(who, now=now)
    await write(db, Part("SELECT 1 AS one"), opening)
    return msgspec.structs.replace(who, session=hash_of(cookie))
