"""What news and the worker's round do in the reform room."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tongban import cases
from tongban.kit.db import Database
from tongban.kit.outbox import Event, RefusedForGood
from tongban.reform import actions


async def add_pace(db: Database, event: Event, *, now: datetime) -> None:
    """A case was decided: its days are added to the ledger."""
    try:
        await actions.pacing.add_pace(db, event=event, now=now)
    except cases.NoSuchCase as gone:
        raise RefusedForGood("no such case") from gone


async def load(db: Database, city_dir: Path, *, now: datetime) -> None:
    """With the city: its files are checked (ReformDataWrong), what the catalogue has published is measured, and the
    catalogue is told what is cancelled."""
    actions.loading.check_city(city_dir)
    await actions.approving.follow_approvals(db, now=now)
    await actions.loading.measure_new(db)


async def measure_new(db: Database, *, now: datetime) -> None:
    """Each minute: what was published since is measured. One statement."""
    del now
    await actions.loading.measure_new(db)


async def follow_approvals(db: Database, *, now: datetime) -> None:
    """Every five minutes: approvals whose day has come are carried out. One read when there is nothing to do."""
    await actions.approving.follow_approvals(db, now=now)
