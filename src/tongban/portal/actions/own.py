"""What the portal itself holds about a person: her copies and her requests, for her copy and her erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.personal import Erasure, counted
from tongban.portal.store import copies, requests


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's copies and requests, the latter with what was said and answered (PIPL art. 45)."""
    return [*await copies.holdings(db, person), *await requests.holdings(db, person)]


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """Copies go; requests stay as long as the city's table says, for she may sue over an answer."""
    gone = await copies.erase(db, who, closing=closing, look=look, now=now)
    stays = counted({"portal.request": await requests.number_of(db, who)})
    return Erasure(gone.goes, {**gone.stays, **stays})
