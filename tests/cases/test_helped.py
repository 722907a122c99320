"""Who helped somebody with an application at the window neither takes it up nor decides it."""

from __future__ import annotations

import msgspec
import pytest

from tests import make
from tests.cast import officer_of, resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases import actions
from tongban.cases.model import HelpedHerself
from tongban.cases.model.records import FiledBy
from tongban.kit import clock
from tongban.kit.acting import Acting
from tongban.kit.db import Database
from tongban.kit.ids import new_id


async def test_who_helped_does_not_decide(city: Database, outside: Sandbox) -> None:
    owner = await resident(city, outside)
    helper = await officer_of(city, owner.district)
    now = clock.now()
    assert owner.actor.id is not None
    acting = Acting(
        *(new_id(owner.actor.bucket), "assisted", helper.id, helper.name, now.replace(year=now.year + 1)),
        level=3,
    )
    helped = msgspec.structs.replace(owner, actor=msgspec.structs.replace(owner.actor, acting=acting))
    case = await make.submitted(city, helped)
    with pytest.raises(HelpedHerself):
        await cases.accept(city, helper, case_id=case, now=clock.now())
    assert await make.state(city, case) == "submitted"
    (line,) = await actions.desk(city, helper, after=None, limit=9, now=clock.now())
    assert line.filed_by is not None and str(line.filed_by.words) == f"{helper.name}帮办"
    assert str(FiledBy("王佳悦", "attorney").words) == "王*悦代办", (
        "who is no officer is masked, as the applicant is"
    )
    colleague = msgspec.structs.replace(helper, id=new_id(helper.bucket))
    await cases.accept(city, colleague, case_id=case, now=clock.now())
    submitted = (await make.steps(city, case))[-2]
    assert (submitted["detail"]["agent"], submitted["detail"]["agent_kind"]) == (helper.name, "assisted")
