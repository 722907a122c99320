"""The worker's calls of the portal."""

from __future__ import annotations

from datetime import datetime

from tongban.kit import outbox
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.portal.actions import erasing, following, holding, keeping


async def make_copy(db: Database, event: Event, *, now: datetime) -> None:
    """On ``portal.copy_requested``: the copy of a person's data is made, and she is told."""
    mark = outbox.handling(event, "portal.jobs.make_copy", now=now)
    await holding.make_copy(db, event, mark=mark, now=now)


async def close_account(db: Database, event: Event, *, now: datetime) -> None:
    """On ``timer.identity.closing``: the waiting time is over, the account closes."""
    mark = outbox.handling(event, "portal.jobs.close_account", now=now)
    await erasing.close_account(db, event, mark=mark, now=now)


async def tell_overdue(db: Database, event: Event, *, now: datetime) -> None:
    """On ``timer.portal.request``: a department has not answered in time; she is told where to complain."""
    mark = outbox.handling(event, "portal.jobs.tell_overdue", now=now)
    await following.tell_overdue(db, event, mark=mark, now=now)


async def keep(db: Database, *, now: datetime) -> None:
    """Hourly: what is over by the city's table of periods goes, and what ended accounts of a phone alone held."""
    await keeping.keep(db, now=now)
    await erasing.erase_ended(db, now=now)
