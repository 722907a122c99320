"""What became of a request about one's data: read by who asked, taken back, told of, dropped when its time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, catalogue, notices, regions
from tongban.kit import clock, files, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Message, Text, both
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, Relation
from tongban.portal import files as tables
from tongban.portal.model import (
    POLICY,
    HeldField,
    HeldKind,
    RequestOver,
    RequestState,
    RequestUnknown,
    RightsRequest,
    proof_reference,
)
from tongban.portal.store import requests as store

_WITHDRAWN = (N_("请求已撤回：{thing}"), N_("部门不再处理这件请求。需要时可以重新提出。"))
_OVERDUE = (
    N_("还没有收到答复：{thing}"),
    N_("{department}没有在 {day} 以前答复您的请求，请求仍在等待。{complain}"),
)


class Shown(msgspec.Struct, frozen=True):
    """A request with the words for what it means and who answers, and the files that were sent with it."""

    request: RightsRequest
    thing: Text | Message
    about: Text | str
    department: Text
    proof: Sequence[files.File] = ()


def things() -> dict[str, tuple[HeldKind, HeldField]]:
    """All that may be said to be wrong, by kind and field, joined by a dot."""
    return {
        f"{kind.code}.{field.code}": (kind, field) for kind in tables.held().kinds for field in kind.wrong
    }


def whose(actor: Actor) -> Relation:
    """Her own, or her principal's for who acts for another."""
    return Relation.OWN if actor.acting is None else Relation.DELEGATED


async def mine(
    db: Database, actor: Actor, *, before: UUID | None = None, limit: int = store.SHOWN
) -> list[Shown]:
    """The actor's requests, the newest first; ``before`` is the last id seen."""
    POLICY.require(actor, "portal.requests", whose(actor))
    found = await store.requests_of(db, actor.accounts, before=before, limit=limit)
    return [await shown(db, one) for one in found]


async def my_request(db: Database, actor: Actor, request: UUID) -> Shown:
    """One of the actor's requests with its files; raises RequestUnknown."""
    POLICY.require(actor, "portal.requests", whose(actor))
    assert actor.id is not None
    found = await store.request_of(db, actor.id, request)
    if found is None:
        raise RequestUnknown
    return await shown(
        db, found, await files.kept_about(db, subject=actor.id, reference=proof_reference(request))
    )


async def shown(db: Database, one: RightsRequest, proof: Sequence[files.File] = ()) -> Shown:
    """A request with its words."""
    department = await regions.department(db, one.department)
    return Shown(one, thing_of(one), await _about_of(db, one), department.name, proof)


def thing_of(one: RightsRequest) -> Text | Message:
    """What a request is about, in words; one of a thing that is no more is named by its room."""
    if one.sort == "review":
        decision = tables.decisions().get(one.thing)
        return N_("系统作出的决定") if decision is None else decision.name
    _, field = things().get(one.thing, (None, None))
    return N_("个人信息") if field is None else field.name


async def _about_of(db: Database, one: RightsRequest) -> Text | str:
    if one.about in tables.rights().registers:
        names = {source.code: source.name for source in await catalogue.sources(db)}
        return names.get(one.about, one.about)
    return ""


async def my_proof(db: Database, actor: Actor, *, request: UUID, file_id: UUID) -> files.File:
    """A file of one of the actor's requests, or of one not sent yet; raises NoSuchFile."""
    POLICY.require(actor, "portal.requests", whose(actor))
    assert actor.id is not None
    found = await files.kept_file(db, file_id=file_id, subject=actor.id, reference=proof_reference(request))
    if found is None:
        raise files.NoSuchFile
    return found


async def withdraw(db: Database, actor: Actor, request: UUID, *, now: datetime) -> None:
    """Take a request back; twice changes nothing. Raises RequestUnknown, RequestOver once it was answered."""
    POLICY.require(actor, "portal.requests", whose(actor))
    assert actor.id is not None
    found = await store.request_of(db, actor.id, request)
    if found is None:
        raise RequestUnknown
    done = await write(
        db,
        store.ending(found, RequestState.WITHDRAWN, now=now),
        *ended(found, now=now),
        audit.record(actor, "portal.withdraw_request", subject=actor.id, reference=request, now=now),
        await tell(db, found, _WITHDRAWN, now=now),
    )
    if done is None:
        again = await store.request_of(db, actor.id, request)
        if again is None or again.state is not RequestState.WITHDRAWN:
            raise RequestOver


def ended(one: RightsRequest, *, now: datetime) -> tuple[Part, ...]:
    """The parts that end what a request opened: its purpose and its limit."""
    return (
        audit.closing_purpose(subject=one.subject, reference=one.id, now=now),
        timers.cancelling("portal.request", subject=one.subject, reference=one.id),
    )


async def tell(
    db: Database, one: RightsRequest, words: tuple[Message, Message], *, now: datetime, **more: object
) -> Part:
    """The notice of a change, in her inbox."""
    told: Mapping[str, object] = {
        "thing": thing_of(one),
        "department": (await regions.department(db, one.department)).name,
        "day": f"{clock.city_day(one.due):%Y-%m-%d}",
        "complain": tables.rights().complain,
        **more,
    }
    title, body = (both(Message(part.msgid, dict(told))) for part in words)
    return notices.telling(
        recipient=one.subject, title=title, body=body, link=f"/my/data/requests/{one.id}", now=now
    )


async def tell_overdue(db: Database, event: Event, *, mark: Part, now: datetime) -> None:
    """The time for an answer is over: she is told where to complain; nothing when it was answered."""
    found = await store.request_of(db, event.subject, UUID(event.reference))
    if found is None:
        return
    await write(
        db,
        store.overdue(found.subject, found.id),
        mark,
        audit.record(SYSTEM, "portal.request_overdue", subject=found.subject, reference=found.id, now=now),
        await tell(db, found, _OVERDUE, now=now),
    )


async def keep_requests(db: Database, *, before: datetime, look: bool) -> int:
    """Requests that ended before this go, with their files; with ``look`` they are only counted."""
    if look:
        return await store.number_over(db, before=before)
    gone = 0
    while over := await store.over(db, before=before, limit=200):
        for subject, request in over:
            await write(
                db,
                store.dropping(subject, request),
                files.dropping_all(subject=subject, reference=proof_reference(request)),
            )
        gone += len(over)
    return gone
