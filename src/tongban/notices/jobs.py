"""The worker's calls of the notices room."""

from __future__ import annotations

from datetime import datetime

from tongban.kit import outbox
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.notices import actions


async def send_sms(db: Database, event: Event, *, now: datetime) -> None:
    """On ``notices.sms``: the message goes to the gateway, once."""
    mark = outbox.handling(event, "notices.jobs.send_sms", now=now)
    await actions.send_sms(db, event, mark=mark, now=now)
