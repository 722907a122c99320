"""The worker's jobs of the identity room: what it does by the hour, and what it does when something has happened."""

from __future__ import annotations

from datetime import datetime

from tongban.identity import actions
from tongban.identity.actions import oidc_leaving, passkeys
from tongban.kit import outbox
from tongban.kit.db import Database
from tongban.kit.outbox import Event


async def forget(db: Database, *, now: datetime) -> None:
    """Every hour: what is over and has no rule in ``city/keeping.yaml`` is dropped."""
    await actions.forget(db, now=now)
    await passkeys.forget(db, now=now)
    await oidc_leaving.forget(db, now=now)


async def expire_powers(db: Database, *, now: datetime) -> None:
    """Every hour: powers whose last day is over are written down as ended."""
    await actions.expire_powers(db, now=now)


async def bind_powers(db: Database, event: Event, *, now: datetime) -> None:
    """An account was opened: the powers that waited for its holder are hers to answer."""
    await actions.bind_powers(db, person=event.subject, now=now)


async def end_power(db: Database, event: Event, *, now: datetime) -> None:
    """A power has ended: no session does anything more by it."""
    await actions.end_sessions(db, principal=event.subject, now=now)


async def follow_sessions(db: Database, *, now: datetime) -> None:
    """Every second: sessions at departments' systems end with the sessions that they hang on."""
    await oidc_leaving.follow_sessions(db, now=now)


async def tell_system(db: Database, event: Event, *, now: datetime) -> None:
    """On ``identity.left_system``: the system is told that a session is over."""
    mark = outbox.handling(event, "identity.jobs.tell_system", now=now)
    await oidc_leaving.tell_system(db, event, mark=mark, now=now)
