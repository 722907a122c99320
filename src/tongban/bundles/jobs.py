"""What news does to bundles. Each function calls one action, which finds by the cases how far it has come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.bundles.actions import sending
from tongban.kit.db import Database
from tongban.kit.outbox import Event

#: The news of a case by which the run that it is part of goes on.
GOES_ON_BY = tuple(
    f"cases.{what}"
    for what in (
        *("submitted", "granted", "closed", "refused", "not_accepted"),
        *("withdrawn", "terminated", "called_off"),
    )
)


async def follow(db: Database, event: Event, *, now: datetime) -> None:
    """bundles.sent: what is due is filed, should the page that sent it have been cut off."""
    await sending.follow(db, UUID(event.reference), now=now)


async def follow_case(db: Database, event: Event, *, now: datetime) -> None:
    """News of a case: the run that it is part of goes on."""
    await sending.follow_case(db, UUID(event.reference), now=now)
