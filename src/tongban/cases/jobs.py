"""What news and timers do to cases. Each function calls one action; the action carries the event's mark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from tongban.cases import actions
from tongban.cases.model import NoSuchCase
from tongban.kit.db import Database
from tongban.kit.outbox import Event, RefusedForGood
from tongban.kit.policy import SYSTEM


@contextmanager
def _of_a_case() -> Iterator[None]:
    """News about a case that does not exist will never find it: it is given up, for the operator to look at."""
    try:
        yield
    except NoSuchCase as gone:
        raise RefusedForGood("no such case") from gone


async def tell(db: Database, event: Event, *, now: datetime) -> None:
    """Any step of a case: the applicant is told."""
    with _of_a_case():
        await actions.tell(db, event=event, now=now)


async def deem_accepted(db: Database, event: Event, *, now: datetime) -> None:
    """The acceptance timer: five working days without an answer."""
    with _of_a_case():
        await actions.deem_accepted(db, case_id=UUID(event.reference), event=event, now=now)


async def terminate(db: Database, event: Event, *, now: datetime) -> None:
    """The correction timer: what had to be put right was not, in time."""
    with _of_a_case():
        await actions.terminate(db, case_id=UUID(event.reference), event=event, now=now)


async def recheck(db: Database, event: Event, *, now: datetime) -> None:
    """The recheck timer: a register was down when the case was submitted."""
    with _of_a_case():
        await actions.recheck(db, SYSTEM, case_id=UUID(event.reference), event=event, now=now)


async def complete(db: Database, event: Event, *, now: datetime) -> None:
    """licences.issued: the licence that this case asked for stands in the library."""
    with _of_a_case():
        await actions.complete(db, event=event, now=now)


async def expire_drafts(db: Database, *, now: datetime) -> None:
    """Hourly: drafts of thirty days are let go, with the right to read that they had."""
    await actions.expire_drafts(db, now=now)


async def forget_batches(db: Database, *, now: datetime) -> None:
    """Hourly: what bulk actions of more than a week ago came to is dropped."""
    await actions.forget_batches(db, now=now)


async def recount(db: Database, *, now: datetime) -> None:
    """Each minute: dates that an amended calendar moves. One statement more than none while nothing was amended."""
    await actions.recount(db, now=now)
