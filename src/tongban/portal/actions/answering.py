"""The department's side of requests about data: its queue, looking at one under its purpose, and the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, identity, regions
from tongban.kit import files, papers
from tongban.kit.db import Database, beside, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.keys.ring import normalised
from tongban.kit.policy import Actor, Relation, Verdict
from tongban.portal.actions.following import ended, tell, thing_of
from tongban.portal.model import (
    LOOKING,
    POLICY,
    SAID_MOST,
    OwnRequest,
    RequestInvalid,
    RequestOver,
    RequestState,
    RequestUnknown,
    RightsRequest,
    Said,
    Sort,
    proof_reference,
)
from tongban.portal.store import requests as store

#: Which action of the policy table answers which sort.
ANSWERS: dict[Sort, str] = {
    "correction": "portal.answer_correction",
    "review": "portal.answer_review",
}
_ANSWERED: dict[tuple[Sort, RequestState], tuple[Message, Message]] = {
    ("correction", RequestState.GRANTED): (
        N_("已更正：{thing}"),
        N_("{department}已在登记中更正。答复：{answer}"),
    ),
    ("correction", RequestState.REFUSED): (
        N_("不予更正：{thing}"),
        N_("{department}的理由：{answer} {complain}"),
    ),
    ("review", RequestState.GRANTED): (
        N_("人工复核后改变：{thing}"),
        N_("{department}负责人复核后改变了系统的决定：{answer}"),
    ),
    ("review", RequestState.REFUSED): (
        N_("人工复核后维持：{thing}"),
        N_("{department}负责人复核后认为系统的决定正确：{answer} {complain}"),
    ),
}
#: What is an address, or may tell one: masked as an address is on other pages.
_ADDRESSES = frozenset({"identity.residence.hukou", "identity.residence.residence", "exchange.call.register"})
#: A number of a paper, a phone or an account, also one that was typed in groups or in wide digits.
_NUMBER = re.compile(r"(?<![\dA-Za-z])[A-Za-z]?\d(?: ?\d){5,17} ?[\dXxＸｘ](?![\dA-Za-z])")


class InQueue(msgspec.Struct, frozen=True):
    """A line of the queue: nothing in it is personal but the masked name."""

    request: RightsRequest
    thing: Text | Message
    name: str
    late: bool


class AtDesk(msgspec.Struct, frozen=True):
    """A request as its officer sees it; ``full`` after a reasoned click, else name, numbers and words are masked."""

    request: RightsRequest
    thing: Text | Message
    name: str
    number: str
    phone: str
    said: Said
    proof: Sequence[files.File]
    full: bool


async def queue(
    db: Database, actor: Actor, *, after: tuple[datetime, UUID] | None, limit: int, now: datetime
) -> list[InQueue]:
    """What waits for the officer's department and is hers to answer by her duties; the most urgent first.

    Two statements, however many wait.
    """
    POLICY.require(actor, "portal.desk_requests", Relation.DEPARTMENT)
    sorts = [
        sort
        for sort, action in ANSWERS.items()
        if POLICY.decide(actor, action, Relation.DEPARTMENT) is not Verdict.REFUSE
    ]
    found = await store.waiting(db, actor.department or "", sorts=sorts, after=after, limit=limit)
    names = await identity.masked_names(db, {one.subject for one in found})
    return [InQueue(one, thing_of(one), names[one.subject], one.due < now) for one in found]


async def _hers(db: Database, actor: Actor, subject: UUID, request: UUID) -> RightsRequest:
    """A request of the officer's department that she may answer. Raises RequestUnknown, NotAllowed, RequestOver,
    OwnRequest."""
    POLICY.require(actor, "portal.desk_requests", Relation.DEPARTMENT)
    found = await store.at_desk(db, subject, request, actor.department or "")
    if found is None:
        raise RequestUnknown
    POLICY.require(actor, ANSWERS[found.sort], Relation.DEPARTMENT)
    if found.state is not RequestState.ASKED:
        raise RequestOver
    if await identity.own_matter(db, actor, await identity.person(db, subject)):
        raise OwnRequest
    return found


async def look(
    db: Database, actor: Actor, *, subject: UUID, request: UUID, why: str | None = None, now: datetime
) -> AtDesk:
    """Open a request, with a ledger row under its purpose; ``why`` (a key of LOOKING) shows all in full.

    Raises RequestUnknown, RequestOver, OwnRequest, RequestInvalid for a reason that is none.
    """
    found = await _hers(db, actor, subject, request)
    if why is not None and why not in LOOKING:
        raise RequestInvalid({"why": N_("请选择查看完整内容的理由。")})
    read = await write(
        db,
        store.readable(subject, request, found.department),
        audit.record(
            actor,
            "portal.read_request" if why is None else "portal.reveal_request",
            subject=subject,
            reference=request,
            purpose=found.purpose,
            kind="read",
            detail={"thing": found.thing} if why is None else {"thing": found.thing, "why": why},
            now=now,
        ),
    )
    if read is None:
        raise RequestOver
    person = await identity.person(db, subject)
    proof = await files.kept_about(db, subject=subject, reference=proof_reference(request))
    full = why is not None
    return AtDesk(
        found,
        thing_of(found),
        person.name if full else person.name_masked,
        person.id_number if full else person.id_masked,
        person.phone if full else person.phone_masked,
        found.said if full else masked(found, person.name),
        proof,
        full,
    )


def masked(one: RightsRequest, name: str) -> Said:
    """What she said with numbers and her own ``name`` masked; a name or an address wholly where it is about one, also
    where her further words repeat it."""
    said = one.said
    mask = _mask_of(one.thing)
    why = said.why
    if mask is not None:
        for told in sorted(filter(None, (said.stands, said.should)), key=len, reverse=True):
            why = why.replace(told, mask(told))
        said = Said(mask(said.stands), mask(said.should), why)
    words = [
        _NUMBER.sub(lambda found: papers.mask_paper(normalised(found[0])), text).replace(
            name, papers.mask_name(name)
        )
        for text in (said.stands, said.should, said.why)
    ]
    return Said(words[0], words[1], words[2], one.said.place)


def _mask_of(thing: str) -> Callable[[str], str] | None:
    """How the whole of a value is masked by its kind; None where it is free text."""
    if thing.endswith(".name"):
        return papers.mask_name
    return _address if thing in _ADDRESSES else None


def _address(text: str) -> str:
    return papers.masked(text, head=1, tail=0)


async def proof(
    db: Database, actor: Actor, *, subject: UUID, request: UUID, file_id: UUID, now: datetime
) -> files.File:
    """A file of a request of the officer's department; the look is in the ledger. Raises NoSuchFile, as `look` does."""
    found = await _hers(db, actor, subject, request)
    row = await write(
        db,
        beside(
            store.readable(subject, request, found.department),
            files.reading(file_id, subject=subject, reference=proof_reference(request)),
        ),
        audit.record(
            actor,
            "portal.read_proof",
            subject=subject,
            reference=request,
            purpose=found.purpose,
            kind="read",
            detail={"file": str(file_id)},
            now=now,
        ),
    )
    if row is None:
        raise files.NoSuchFile
    return files.as_read(row)


async def answer(
    db: Database,
    actor: Actor,
    *,
    subject: UUID,
    request: UUID,
    outcome: str,
    words: str,
    now: datetime,
) -> None:
    """Answer a request: ``granted`` or ``refused``, with words that she is told.

    Raises RequestInvalid, RequestUnknown, RequestOver, NotAllowed, OwnRequest. Two round trips besides the reads.
    """
    found = await _hers(db, actor, subject, request)
    faults: dict[str, Words] = {}
    if outcome not in ("granted", "refused"):
        faults["outcome"] = N_("请选择答复的结果。")
    if len(words) < 5:
        faults["answer"] = N_("请写明怎么处理的或者为什么不改，本人会看到。")
    elif len(words) > SAID_MOST:
        faults["answer"] = N_("请控制在 {most} 字以内。", most=SAID_MOST)
    if faults:
        raise RequestInvalid(faults)
    state = RequestState(outcome)
    done = await write(
        db,
        store.ending(found, state, now=now, officer=actor.id, answer=words),
        *ended(found, now=now),
        audit.record(
            actor,
            ANSWERS[found.sort],
            subject=subject,
            reference=request,
            detail={"thing": found.thing, "outcome": outcome},
            now=now,
        ),
        await tell(db, found, _ANSWERED[found.sort, state], answer=words, now=now),
    )
    if done is None:
        raise RequestOver


async def department_name(db: Database, actor: Actor) -> Text:
    """The officer's department, for the head of her queue."""
    return (await regions.department(db, actor.department or "")).name
