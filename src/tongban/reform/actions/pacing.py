"""How long a decided case took, added to its item's month."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import cases
from tongban.kit.db import Database, write
from tongban.kit.outbox import Event, handling
from tongban.reform.model import Pace
from tongban.reform.store import paces


async def add_pace(db: Database, *, event: Event, now: datetime) -> None:
    """A case was decided: its days are added to the sums, once for each news. Raises NoSuchCase; two statements.

    A decision that was taken back and made anew counts each time: the office spent the days each time.
    """
    spent = await cases.time_spent(db, case_id=UUID(event.reference))
    if spent is None:
        return
    row = Pace(
        item=spent.item,
        month=spent.decided_on.replace(day=1),
        decided=1,
        promised_days=spent.promised_days,
        used_days=spent.used_days,
    )
    await write(db, paces.adding(row), handling(event, "reform.add_pace", now=now))
