"""A licence that is shown leaves a row, whoever shows it 亮证: the holder, or who acts for her."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from tongban import audit
from tongban.audit.actions import noting
from tongban.kit.acting import Acting
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor
from tongban.licences import actions
from tongban.licences.model import Licence

from .conftest import Founding
from .test_verify import LATER, resident

HOUR = timedelta(hours=1)


async def _rows(db: Database, row: Licence) -> list[dict[str, Any]]:
    rows = await db.rows(
        """SELECT kind, actor, purpose, detail FROM audit.ledger
        WHERE action = 'licences.present' AND reference = $1 ORDER BY id""",
        str(row.id),
    )
    return [dict(one) for one in rows]


async def test_each_showing_is_noted_once_an_hour(city: Database, issued: Founding) -> None:
    """The agent's names her power and stands among who looked; both are read under the licence's own purpose.

    How it can fail: without the row in ``code_of``; without the power in the guard (the agent's showing is
    taken for the holder's own).
    """
    row = await issued()
    holder = resident(row.holder)
    power = new_id(3)
    agent = msgspec.structs.replace(
        holder, acting=Acting(power, "family", new_id(5), "李满仓", LATER + timedelta(days=9), level=3)
    )
    begun = LATER.replace(minute=0, second=0)

    async def shown(by: Actor, minutes: int) -> None:
        noting._noted.clear()  # as another process would
        await actions.code_of(city, by, licence=row.id, now=begun + timedelta(minutes=minutes))

    await shown(holder, 1)
    await shown(holder, 59)
    await shown(agent, 5)
    await shown(agent, 6)
    await shown(agent, 61)
    rows = await _rows(city, row)
    assert [None if one["detail"] is None else one["detail"].get("power") for one in rows] == [
        *(None, str(power), str(power)),
    ]
    assert {(one["kind"], one["purpose"]) for one in rows} == {("read", row.id)}
    looks = await actions.lookers(city, holder, licence=row.id)
    assert [(str(one.who), one.how) for one in looks] == [("为您代办的人", "agent_shown")] * 2
    readings = await audit.readings_of(city, subject=row.holder, limit=9)
    told = await audit.shown_readings(city, holder, readings)
    assert [str(one["who"]) for one in told] == ["为您代办的人", "为您代办的人", "您本人"]
    assert await audit.reads_without_purpose(city, now=begun + HOUR * 2, since=begun) == 0
