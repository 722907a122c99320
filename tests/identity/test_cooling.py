"""The day after a recovery at a window: whoever was believed there wrongly reaches nobody else by it."""

from __future__ import annotations

import msgspec
import pytest

from tests.identity.conftest import LI, WANG, Register, enrolled, last_code
from tests.identity.firms import CAFE
from tests.identity.test_powers import NOW, offer_to, session_of
from tests.identity.test_window import NEW_PHONE, clerk
from tongban.identity import actions
from tongban.identity.actions import window_recovering
from tongban.identity.model.cooling import COOLS, CoolingOff
from tongban.identity.model.powers import PowerOver
from tongban.identity.model.seen import Seen
from tongban.kit.db import Database

SEEN = Seen("111", LI.id_number, LI.name, None, same_face=True, genuine=True, for_good=True)


async def recovered(db: Database, register: Register) -> None:
    """Somebody is given Li's account at a window."""
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone=NEW_PHONE)
    officer = await clerk(db)
    recovery = await window_recovering.begin_recovery(db, officer, seen=SEEN, phone=NEW_PHONE, now=NOW)
    code = await last_code(db, NEW_PHONE)
    await window_recovering.finish_recovery(db, officer, recovery=recovery, code=code, now=NOW)


async def test_who_cools_acts_for_nobody_and_founds_nothing(db: Database, register: Register) -> None:
    """Offers that waited are taken back; agents whom she named before go on. How it can fail (tried): leave out the
    question in ``switch``, that in ``bind_firm``, ``taking_back_offers``."""
    li, wang = [(await enrolled(db, one, now=NOW)).actor for one in (LI, WANG)]
    hers = await actions.offer_power(db, wang, offer_to(paper=LI.paper, name=LI.name), now=NOW)
    await actions.answer_power(db, li, power_id=hers, accept=True, now=NOW)
    named = await actions.offer_power(db, li, offer_to(kind="family"), now=NOW)
    await actions.answer_power(db, wang, power_id=named, accept=True, now=NOW)
    waits = await actions.offer_power(db, li, offer_to(), now=NOW)
    li, wang = await session_of(db, li), await session_of(db, wang)
    await recovered(db, register)
    with pytest.raises(CoolingOff):
        await actions.switch(db, li, power_id=hers, now=NOW)
    with pytest.raises(CoolingOff):
        await actions.bind_firm(db, li, code=CAFE, now=NOW)
    with pytest.raises(PowerOver):
        await actions.answer_power(db, wang, power_id=waits, accept=True, now=NOW + COOLS)
    assert (await actions.switch(db, wang, power_id=named, now=NOW)).actor.id == li.id
