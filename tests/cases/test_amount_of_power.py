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
from tongban.kit import clock
from tongban.kit.acting import Acting, BeyondPower
from tongban.kit.db import Database
from tongban.kit.ids import new_id

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
