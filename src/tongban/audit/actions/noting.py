"""Noting once: what would be written again at each reload of a page is one row of the ledger an hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from tongban.audit.actions.record import record
from tongban.audit.store import ledger
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor

#: What somebody does again within the hour of the clock is the same look. Ours.
AGAIN = timedelta(hours=1)
#: What this process has written down lately; it asks no statement for what is in it. Emptied when it is full.
_noted: set[tuple[object, ...]] = set()
_MOST = 50_000


async def note_once(
    db: Database,
    actor: Actor,
    action: str,
    *,
    subject: UUID,
    reference: UUID,
    now: datetime,
    purpose: UUID | None = None,
    detail: Mapping[str, str] | None = None,
    parts: tuple[Part, ...] = (),
) -> None:
    """Write a reading down unless the same one stands in the ledger since the hour began: one statement, or none.

    The same is: by the same power or person, of the same thing (``reference`` and ``detail``). ``parts`` are written
    with it, such as its purpose. Two processes at once may write it twice. Raises what the database does.
    """
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    by = (actor.lasting or actor.id, None if actor.acting is None else actor.acting.power)
    key = (*by, action, subject, reference, msgspec.json.encode(detail or {}, order="sorted"), hour)
    if key in _noted:
        return
    row = record(
        *(actor, action),
        subject=subject,
        reference=reference,
        purpose=purpose,
        kind="read",
        detail=detail or {},
        now=now,
    )
    guard = ledger.not_noted(subject, action, str(reference), detail or {}, by=by, span=(hour, hour + AGAIN))
    await write(db, guard, row, *parts)
    if len(_noted) >= _MOST:
        _noted.clear()
    _noted.add(key)


async def note_agents_reading(
    db: Database, actor: Actor, action: str, *, reference: UUID, detail: Mapping[str, str], now: datetime
) -> None:
    """Write down what an agent has opened of her principal's, once an hour: one statement, or none.

    It has no purpose of its own: the power that the row names is why it is lawful, as the principal's own look is by
    herself (民法典 art. 162). Raises what the database does.
    """
    assert actor.id is not None
    await note_once(db, actor, action, subject=actor.id, reference=reference, detail=detail, now=now)
