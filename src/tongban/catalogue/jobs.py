"""What the worker does for the catalogue when the register of sources has changed, a version is in force, or a day has
come."""

from __future__ import annotations

from datetime import datetime

from tongban.catalogue.actions.checking import recheck
from tongban.catalogue.actions.loading import task_days
from tongban.catalogue.actions.publishing import count_asked
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM
from tongban.settings import settings


async def check_again(db: Database, event: Event, *, now: datetime) -> None:
    """A source is there, or is one no longer: the whole catalogue is held against the register."""
    del event
    await recheck(db, SYSTEM, days=task_days(settings().city_dir), now=now)


async def count_published(db: Database, event: Event, *, now: datetime) -> None:
    """catalogue.published: what the catalogue asks for is counted, as often as it comes."""
    del event
    await count_asked(db, now=now)


async def count_day(db: Database, *, now: datetime) -> None:
    """Each hour: what is cancelled from this day leaves the count. One write, which changes nothing where nothing has
    changed."""
    await count_asked(db, now=now)
