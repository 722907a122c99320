"""The worker's periodic job of the identity room."""

from __future__ import annotations

from datetime import datetime

from tongban.identity import actions
from tongban.kit.db import Database


async def forget(db: Database, *, now: datetime) -> None:
    """Every hour: tries, codes and enrolments that are over for a day are dropped."""
    await actions.forget(db, now=now)
