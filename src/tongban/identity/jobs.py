"""What the worker does for the identity room: by the hour, and when something has happened or a day has come."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tongban.identity import actions
from tongban.identity.actions import (
    deciding_staff,
    ending_certificates,
    ending_staff,
    firm_certificates,
    firm_changes,
    locked_out,
    oidc_leaving,
    passkeys,
    residence,
)
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


async def ask_firms(db: Database, *, now: datetime) -> None:
    """Every minute: bindings of firms that wait for the register are asked for again."""
    await actions.ask_firms(db, now=now)


async def recheck_firms(db: Database, *, now: datetime) -> None:
    """Every five minutes: firms of which the register was not asked for a day are asked for, until none is left."""
    await actions.recheck_firms(db, now=now)


async def follow_certificates(db: Database, *, now: datetime) -> None:
    """Every minute: what firms' certificates do that the authority has taken back meanwhile ends."""
    await firm_certificates.follow_certificates(db, now=now)


async def bind_powers(db: Database, event: Event, *, now: datetime) -> None:
    """An account was opened: the powers that waited for its holder are hers to answer."""
    await actions.bind_powers(db, person=event.subject, now=now)


async def end_power(db: Database, event: Event, *, now: datetime) -> None:
    """A power has ended: no session does anything more by it."""
    await actions.end_sessions(db, principal=event.subject, now=now)


async def end_left(db: Database, event: Event, *, now: datetime) -> None:
    """A firm is no more: what was given in its name in that very moment ends too."""
    await firm_changes.end_left(db, event.subject, now=now)


async def follow_sessions(db: Database, *, now: datetime) -> None:
    """Every second: sessions at departments' systems end with the sessions that they hang on."""
    await oidc_leaving.follow_sessions(db, now=now)


async def tell_system(db: Database, event: Event, *, now: datetime) -> None:
    """On ``identity.left_system``: the system is told that a session is over."""
    mark = outbox.handling(event, "identity.jobs.tell_system", now=now)
    await oidc_leaving.tell_system(db, event, mark=mark, now=now)


async def end_posting(db: Database, event: Event, *, now: datetime) -> None:
    """A posting's last day is over: she is where she was."""
    mark = outbox.handling(event, "identity.end_posting", now=now)
    until = date.fromisoformat(event.payload["until"])
    await deciding_staff.end_posting(db, officer=event.subject, until=until, mark=mark, now=now)


async def tell_certificate(db: Database, event: Event, *, now: datetime) -> None:
    """On ``timer.identity.certificate``: a firm's certificate ends in a month, or today."""
    mark = outbox.handling(event, "identity.jobs.tell_certificate", now=now)
    await ending_certificates.tell_ending(
        db, firm=event.subject, power=UUID(event.reference), mark=mark, now=now
    )


async def end_sessions(db: Database, event: Event, *, now: datetime) -> None:
    """Somebody has left: what was being opened while she left ends too."""
    mark = outbox.handling(event, "identity.end_sessions", now=now)
    await ending_staff.end_sessions_of(db, officer=event.subject, mark=mark, now=now)


async def tell_security(db: Database, event: Event, *, now: datetime) -> None:
    """A log-in of staff was locked: the security administrators are told."""
    mark = outbox.handling(event, "identity.tell_security", now=now)
    await locked_out.tell_security(db, officer=event.subject, mark=mark, now=now)


async def ask_residence(db: Database, *, now: datetime) -> None:
    """Every minute: of whom logged in with an old answer, hukou and residence are asked for anew."""
    await residence.ask_wanted(db, now=now)


async def ask_about_children(db: Database, *, now: datetime) -> None:
    """Every minute: the register of families is asked once more about claims that it left unanswered."""
    await actions.ask_again(db, now=now)
