"""An agent's limit on what is paid: a fee above it is refused at submission, and the draft stays."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests import cast, make
from tests.cases import together
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases import actions
from tongban.kit import clock
from tongban.kit.acting import Acting, BeyondPower
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.policy import OFFICERS_DUTIES

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
#: What the registration of a dwelling costs, in fen (city/items/property_transfer.yaml).
FEE = 8000


async def test_a_fee_above_the_limit_is_refused_and_the_draft_stays(
    city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    third = await cast.resident(city, outside)
    answers = together.sellers(owner, other, third) | {"property_use": "home"}
    case_id = await together.draft(city, owner, answers, item=together.TRANSFER)
    until = clock.now() + timedelta(days=30)
    acting = Acting(new_id(owner.actor.bucket), "attorney", other.actor.id, other.name, until, most=FEE - 1)
    agent = msgspec.structs.replace(owner.actor, acting=acting)
    with pytest.raises(BeyondPower) as refused:
        await cases.submit(city, agent, case_id=case_id, key=None, now=clock.now())
    assert "80.00 元" in str(refused.value.message) and "79.99 元" in str(refused.value.message)
    assert await make.state(city, case_id) == "draft"
    enough = msgspec.structs.replace(agent, acting=msgspec.structs.replace(acting, most=FEE))
    assert (await cases.submit(city, enough, case_id=case_id, key=None, now=clock.now()))["code"] is None


async def test_a_correction_costs_no_more_than_the_limit_either(city: Database, owner: Resident) -> None:
    """A renewal for 20 yuan is put right to a replacement for 40. How it can fail (tried): ask at submission only."""
    await city.sibling().run("UPDATE identity.account SET level = 3 WHERE id = $1", owner.actor.id)
    case_id = await make.answered_case(city, owner, "id_card")
    assert (await cases.progress(city, owner.actor, case_id=case_id)).stated["reissue_reason"] == "expiring"
    department = str((await make.row(city, case_id))["department"])
    officer = make.officer_with(department, *OFFICERS_DUTIES)
    said = {"reissue_reason": "您说证件丢失了，请改选原因。"}
    await cases.ask_correction(city, officer, case_id=case_id, said=said, now=clock.now())
    sheet = await actions.correction_sheet(city, owner.actor, case_id=case_id)
    posted = {"reissue_reason": "lost"}
    await actions.keep_corrections(
        city, owner.actor, case_id=case_id, posted=posted, version=sheet.case.version, now=clock.now()
    )
    until = clock.now() + timedelta(days=30)
    acting = Acting(new_id(owner.actor.bucket), "attorney", owner.actor.id, owner.name, until, most=2000)
    agent = msgspec.structs.replace(owner.actor, acting=acting)
    with pytest.raises(BeyondPower):
        await cases.correct(city, agent, case_id=case_id, key=None, now=clock.now())
    assert await make.state(city, case_id) == "correcting"
