"""The worker's calls: one handler, three periodic jobs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.kit import outbox
from tongban.kit.db import Database
from tongban.kit.outbox import Event, RefusedForGood
from tongban.licences import actions
from tongban.licences.model import LicenceUnknown, RowAltered


async def order_card(db: Database, event: Event, *, now: datetime) -> None:
    """On ``licences.making``: the licence's card is ordered, once.

    Raises RefusedForGood for a licence that is not there or not as it was signed: waiting mends neither.
    """
    try:
        await actions.order_card(
            db,
            licence=UUID(event.payload["licence"]),
            purpose=UUID(purpose) if (purpose := event.payload["purpose"]) else None,
            mark=outbox.handling(event, "licences.jobs.order_card", now=now),
            now=now,
        )
    except LicenceUnknown as unknown:
        raise RefusedForGood("there is no such licence") from unknown
    except RowAltered as altered:
        raise RefusedForGood("the licence's row is not as it was signed") from altered


async def send_batches(db: Database, *, now: datetime) -> int:
    """Every second: waiting orders go to the card maker in batches."""
    return await actions.send_batches(db, now=now)


async def collect_cards(db: Database, *, now: datetime) -> int:
    """Every second: cards that are made make their licences valid."""
    return await actions.collect_cards(db, now=now)


async def remind(db: Database, *, now: datetime) -> int:
    """Hourly: holders are told that a licence can be renewed, and once more before it is too late."""
    return await actions.remind(db, now=now)
