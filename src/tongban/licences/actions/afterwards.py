"""Life after the decision 许可后续办理: what the holder is offered, what a case asks, letters before the end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue, notices
from tongban.catalogue import Act, After
from tongban.kit import clock, keys
from tongban.kit.clock import Calendar
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Message, Text, both
from tongban.kit.policy import SYSTEM
from tongban.licences import store
from tongban.licences.actions.issue import Replacing
from tongban.licences.actions.types import licence_type, licence_types
from tongban.licences.model import (
    Licence,
    LicenceType,
    LicenceUnknown,
    NotStanding,
    RowAltered,
    State,
    last_day,
    opened,
    row_holds,
    state_words,
)
from tongban.licences.model.afterwards import Offer, in_time, no_longer, offer_of, refusal_of

#: Letters written in one round of the job, of one type.
_BATCH = 200
#: How long before the window's end the second letter is written, in days.
_LAST_CALL = 10


class Holding(msgspec.Struct, frozen=True):
    """A licence as a case about it needs it: the row, its type, and in clear whose it is."""

    licence: Licence
    kind: LicenceType
    holder_name: str
    holder_code: str
    face: dict[str, Any]

    @property
    def name(self) -> Text:
        """How the licence is called."""
        return self.kind.name


async def holding(db: Database, *, holder: UUID, reference: UUID) -> Holding:
    """The licence that the decision on ``reference`` founded, of this holder: one statement.

    Raises LicenceUnknown, also for another's; RowAltered.
    """
    row = await store.licence_for(db, holder=holder, reference=reference)
    if row is None:
        raise LicenceUnknown
    ring = keys.current()
    if not row_holds(row, ring):
        raise RowAltered
    return Holding(
        row,
        await licence_type(db, row.type_code),
        opened(ring, row.id, "holder_name", row.holder_name_sealed),
        opened(ring, row.id, "holder_code", row.holder_code_sealed),
        msgspec.json.decode(opened(ring, row.id, "face", row.face_sealed), type=dict[str, Any]),
    )


async def must_be_askable(
    db: Database, held: Holding, after: After, *, now: datetime, own: bool = False
) -> None:
    """Raise AfterwardsRefused, with the sentence why, when this cannot be asked for the licence now.

    ``own``: the case that asks is under way itself. Raises LicenceUnknown for a licence of another type.
    """
    if held.licence.type_code != after.licence_type:
        raise LicenceUnknown
    calendar = await clock.current_calendar(db)
    refused = refusal_of(held.licence, after, today=clock.city_day(now), calendar=calendar, own=own)
    if refused is not None:
        raise refused


async def keeps_valid(db: Database, held: Holding, after: After, *, now: datetime) -> bool:
    """Whether what is filed now keeps the licence valid until it is decided (行政许可法 art. 50)."""
    calendar = await clock.current_calendar(db)
    return in_time(held.licence, after, today=clock.city_day(now), calendar=calendar)


def must_stand(held: Holding) -> None:
    """Raise NotStanding, with what is left to decide, for a licence that was ended for good: none takes its place."""
    licence = held.licence
    if licence.state not in (State.VALID, State.SUSPENDED, State.EXPIRED):
        raise NotStanding(state_words(licence, licence.state), deciding=True)


def gone_words(held: Holding, act: Act, *, now: datetime) -> Message | None:
    """How the licence stands for which an act is under way, once it holds no more; None while it does."""
    return no_longer(held.licence, act, today=clock.city_day(now))


def replacing(held: Holding, after: After, *, now: datetime) -> Replacing:
    """What the licence that takes the place of this one has of it 换发.

    A renewal runs from the old end or from the decision, as the item says; a change keeps the validity, a reissue the
    first day too. Raises NotStanding when the licence was ended for good.
    """
    must_stand(held)
    licence, today = held.licence, clock.city_day(now)
    until = licence.valid_until
    if after.act is Act.RENEW and until is not None and after.window is not None:
        from_end = after.window.counted == "end" and until >= today
        until = last_day(held.kind, until + timedelta(days=1) if from_end else today)
    return Replacing(
        licence=licence.id,
        act=after.act.value,
        version=licence.version + 1,
        number=licence.number if held.kind.carrier == "electronic" else None,
        valid_from=licence.valid_from if after.act is Act.REISSUE else None,
        valid_until=until,
    )


def asking(held: Holding, act: Act, *, reference: UUID, keeps_valid: bool, now: datetime) -> Part:
    """The part that enters what a case asks for the licence; another under way raises UniqueViolationError."""
    return store.asking(held.licence, act=act.value, reference=reference, keeps_valid=keeps_valid, now=now)


def settling(*, holder: UUID, reference: UUID, now: datetime) -> Part:
    """The part that goes with the end of a case: what it asked for is under way no more."""
    return store.settling(holder=holder, reference=reference, now=now)


def no_longer_kept(*, holder: UUID, reference: UUID) -> Part:
    """The part by which a renewal keeps its licence valid no more: its applicant owes the organ a correction."""
    return store.no_longer_kept(holder=holder, reference=reference)


def asking_again(*, holder: UUID, reference: UUID, keeps_valid: bool) -> Part:
    """The part that goes with taking back a case's end: it asks again, unless another one does."""
    return store.asking_again(holder=holder, reference=reference, keeps_valid=keeps_valid)


async def offers(db: Database, licence: Licence, *, now: datetime) -> tuple[Offer, ...]:
    """What the holder may ask for a licence, each with when or why not; nothing for one that was ended."""
    calendar = await clock.current_calendar(db)
    today = clock.city_day(now)
    found = [
        offer_of(licence, item.after, item.code, today=today, calendar=calendar)
        for item in await catalogue.afterwards(db, licence.type_code)
        if item.after is not None
    ]
    return tuple(one for one in found if one is not None)


async def remind(db: Database, *, now: datetime) -> int:
    """Write to holders whose licence can be renewed from now on, and once more before it is too late; gives how many.

    Each letter once for a licence and its last day, whoever else runs this. Nobody is written to whose renewal is
    under way.
    """
    calendar, today, told = await clock.current_calendar(db), clock.city_day(now), 0
    for kind in await licence_types(db):
        for item in await catalogue.afterwards(db, kind.code):
            if item.after is not None and item.after.window is not None:
                told += await _remind(db, kind, item.after, calendar, today=today, now=now)
    return told


async def _remind(
    db: Database,
    kind: LicenceType,
    after: After,
    calendar: Calendar,
    *,
    today: date,
    now: datetime,
) -> int:
    assert after.window is not None
    reach, told = today + timedelta(days=2 * after.window.opens + 14), 0
    for letter in ("opens", "closes"):
        for row in await store.ending_soon(
            db, type_code=kind.code, kind=letter, since=today, until=reach, limit=_BATCH
        ):
            assert row.valid_until is not None
            opens = after.window.opens_on(row.valid_until, calendar)
            closes = after.window.closes_on(row.valid_until, calendar)
            first = opens if letter == "opens" else max(opens, closes - timedelta(days=_LAST_CALL))
            if first <= today <= closes:
                told += await _write(db, kind, row, letter=letter, closes=closes, now=now)
    return told


async def _write(
    db: Database,
    kind: LicenceType,
    row: Licence,
    *,
    letter: str,
    closes: date,
    now: datetime,
) -> int:
    """One letter; 0 when it was written before."""
    assert row.valid_until is not None
    first = letter == "opens"
    title = (
        N_("{licence}可以延续了", licence=kind.name)
        if first
        else N_("{licence}的延续快要截止", licence=kind.name)
    )
    body = N_(
        "有效期至 {ends}，延续申请最晚 {last} 提交。内容已经带出，没有变化的不用再填。",
        ends=row.valid_until,
        last=closes,
    )
    done = await write(
        db,
        store.reminding(row, kind=letter, now=now),
        audit.record(
            SYSTEM,
            "licences.remind",
            subject=row.holder,
            reference=row.id,
            detail={"letter": letter, "until": str(row.valid_until)},
            now=now,
        ),
        notices.telling(
            recipient=row.holder,
            title=both(title),
            body=both(body),
            link=f"/my/licences/{row.id}",
            item=notices.OF_LICENCE,
            now=now,
        ),
    )
    return 1 if done is not None else 0
