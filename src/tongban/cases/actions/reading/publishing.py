"""Publishing decisions that grant a licence, at once and within seven working days at the latest; taking them off."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from tongban import audit, catalogue, licences, regions
from tongban.cases import store
from tongban.cases.actions.reading.cases import laid_open
from tongban.cases.model import POLICY, NoSuchCase
from tongban.cases.model.answers import FIRM_CODE, FIRM_NAME, by_element
from tongban.cases.model.publication import PUBLISHED_WITHIN, Publication, grant_of
from tongban.cases.store import publications as rows
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.i18n import Text
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, Relation

log = structlog.get_logger("tongban.cases.publishing")


async def publish(db: Database, *, event: Event, now: datetime) -> None:
    """Make a decision public that grants a licence 行政许可; other items' are not. Idempotent; two statements.

    Raises NoSuchCase. One that comes late is published all the same; the log says so, and `tongban doctor` counts it.
    """
    found = await store.with_steps(db, case_id=UUID(event.reference))
    if found is None:
        raise NoSuchCase
    case, events = found
    version = await catalogue.version(db, case.item, case.item_version)
    granted = grant_of(events, item_kind=version.kind)
    if granted is None:
        return
    opened = await laid_open(db, case, events)
    firm = by_element(opened.form, opened.answers, FIRM_NAME)
    calendar = await clock.current_calendar(db)
    row = Publication(
        bucket=case.bucket,
        id=new_id(bucket_of(case.applicant)),
        case_id=case.id,
        item=case.item,
        department=case.department or "",
        number=case.number or "",
        holder_kind="firm" if firm else "person",
        holder=firm or case.applicant_masked,
        holder_code=by_element(opened.form, opened.answers, FIRM_CODE) if firm else "",
        decided_at=granted.at,
        due_on=calendar.add_working_days(clock.city_day(granted.at), PUBLISHED_WITHIN),
        published_at=now,
    )
    if clock.city_day(now) > row.due_on:
        log.warning("a decision is published after its day", case=str(case.id), due=str(row.due_on))
    await write(
        db,
        rows.publishing(row),
        audit.record(SYSTEM, "cases.publish", subject=case.applicant, reference=case.id, now=now),
    )


async def unpublish(db: Database, *, event: Event, now: datetime) -> None:
    """Take a decision off the public list when it has been revoked 撤销 (行政许可法 art. 69), or has come to nothing.

    Idempotent. News of a revocation that comes again after a reconsideration has overturned it changes nothing.
    """
    if event.topic == "licences.revoked" and not await _revoked(db, event):
        return
    await write(
        db,
        rows.withdrawing(UUID(event.reference), now=now),
        audit.record(SYSTEM, "cases.unpublish", subject=event.subject, reference=event.reference, now=now),
    )


async def republish(db: Database, *, event: Event, now: datetime) -> None:
    """Make a decision public again whose revocation was overturned on reconsideration; one that is public stays so.

    Idempotent. News that comes again after the licence was revoked anew changes nothing.
    """
    if await _revoked(db, event):
        return
    await write(
        db,
        rows.returning(UUID(event.reference)),
        audit.record(SYSTEM, "cases.republish", subject=event.subject, reference=event.reference, now=now),
    )


async def _revoked(db: Database, event: Event) -> bool:
    """Whether the licence stands revoked now, or cancelled for that: the order of the news is not promised, so it is
    asked."""
    held = await licences.holding(db, holder=event.subject, reference=UUID(event.reference))
    licence = held.licence
    if licence.state is not licences.State.CANCELLED:
        return licence.state is licences.State.REVOKED
    before = await licences.decision(db, licence=licence.id, revision=licence.revision - 1)
    return before is not None and before.act is licences.Move.REVOKE


class Published(msgspec.Struct, frozen=True):
    """A public decision with its words: item, organ, and how the organ is registered (GB 32100).

    ``cancels`` tells one that grants the cancellation 注销 of a licence, which is no licence granted.
    """

    row: Publication
    item: Text
    organ: Text
    organ_code: str
    cancels: bool


async def published(
    db: Database,
    actor: Actor,
    *,
    item: str | None = None,
    department: str | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Published]:
    """Decisions that are public, latest first, of one item or one department if asked: one statement, keyset."""
    POLICY.require(actor, "cases.published", Relation.ANY)
    found = await rows.published(db, item=item, department=department, before=before, limit=limit)
    return [await _worded(db, row) for row in found]


async def _worded(db: Database, row: Publication) -> Published:
    organ = await regions.department(db, row.department)
    item = await catalogue.current(db, row.item)
    cancels = item.after is not None and item.after.act is catalogue.Act.CANCEL
    return Published(row, item.name, organ.name, organ.uscc, cancels)
