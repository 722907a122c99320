"""What the worker does for the catalogue when the register of sources has changed."""

from __future__ import annotations

from datetime import datetime

from tongban.catalogue.actions.checking import recheck
from tongban.catalogue.actions.loading import task_days
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM
from tongban.settings import settings


async def check_again(db: Database, event: Event, *, now: datetime) -> None:
    """A source is there, or is one no longer: the whole catalogue is held against the register."""
    del event
    await recheck(db, SYSTEM, days=task_days(settings().city_dir), now=now)
