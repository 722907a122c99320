"""Reading a person's data from the registers: under a standing purpose, in the ledger before anything is told.

The rows are written when the answer is there, since they say what became of the question. A process killed between
the two leaves a question that only the register's own log tells of, with message, caller and purpose; nobody here was
told its answer. Comparing that log with ours by ``msg_id`` finds such questions; a row written before the call would
be a second durable write for every reading, and one that says of none whether it took place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, identity
from tongban.exchange.actions.calling import call
from tongban.exchange.actions.resources import resource_telling
from tongban.exchange.model import (
    Answer,
    Call,
    PurposeMissing,
    Reached,
    Resource,
    SourceDown,
    Told,
    Wire,
    WireCheck,
    mapped,
)
from tongban.exchange.store import calls as store
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.papers import CITIZEN, Paper
from tongban.kit.policy import SYSTEM, Actor
from tongban.kit.signing import node

#: What the identity check looks at; the purpose of an enrolment covers these.
CHECKED = ("name", "phone", "status")


class _Asked(msgspec.Struct, frozen=True):
    """One question and what became of it."""

    resource: Resource
    fields: list[str]
    message: UUID
    reached: Reached[Any]


async def read(
    db: Database,
    actor: Actor,
    *,
    resource: str,
    subject: UUID,
    fields: Sequence[str],
    purpose: UUID,
    now: datetime,
    id_number: str | None = None,
) -> Answer:
    """Read ``fields`` of ``subject`` from ``resource`` under ``purpose``.

    Raises PurposeMissing when the purpose does not stand, is another person's or does not cover a field, and
    SourceDown when the source gives no answer within its limit. Either way, and for every answer, one ledger row
    and one row of the call log are durable before this returns. ``id_number``, a citizen's, saves its look-up.
    """
    answers = await read_many(
        *(db, actor),
        wanted={resource: fields},
        subject=subject,
        purpose=purpose,
        now=now,
        id_number=id_number,
    )
    answer = answers[resource]
    if isinstance(answer, SourceDown):
        raise answer
    return answer


async def read_many(
    db: Database,
    actor: Actor,
    *,
    wanted: Mapping[str, Sequence[str]],
    subject: UUID,
    purpose: UUID,
    now: datetime,
    id_number: str | None = None,
) -> dict[str, Answer | SourceDown]:
    """Read several resources at once, each as :func:`read` does; a source that is down answers SourceDown.

    The purpose must cover all of it. One statement checks it, one writes every ledger row.
    """
    if not wanted:
        return {}
    questions = [
        (await resource_telling(db, name, list(fields)), list(fields)) for name, fields in wanted.items()
    ]
    standing = await _standing(db, actor, questions, subject=subject, purpose=purpose, now=now)
    if id_number is None:
        paper = await identity.paper_of(db, person=subject, purpose=purpose, now=now, actor=actor)
    else:
        paper = Paper(CITIZEN, id_number)
    # Whoever waits may go away meanwhile; what was asked is written down all the same.
    work = asyncio.ensure_future(_ask_and_write(db, actor, questions, paper, standing, now))
    asked = await asyncio.shield(work)
    return {
        one.resource.code: one.reached.told or SourceDown(one.resource.code, one.resource.provider)
        for one in asked
    }


async def check_person(
    db: Database,
    *,
    candidate: UUID,
    name: str,
    id_number: str,
    phone: str,
    now: datetime,
    paper_kind: str = CITIZEN,
    country: str = "",
    subject: UUID | None = None,
) -> identity.CheckResult:
    """Whether name, paper and phone are one living person's: the register check that identity declares.

    Asked under the purpose whose id is ``candidate``, of ``subject`` where that is not the candidate herself; the
    ledger row tells the outcome, never the values.
    """
    fields = list(CHECKED)
    population = await resource_telling(db, "population", ["name", "status"])
    standing = await _standing(
        *(db, SYSTEM, [(population, fields)]), subject=subject or candidate, purpose=candidate, now=now
    )
    paper = Paper(paper_kind, id_number, country)
    compared = {"name": name, "phone": phone} if phone else {"name": name}
    told = await _checked(db, population, fields, standing, paper, compared, now=now)
    return identity.CheckResult(told.match, told.reasons, told.as_of)


async def check_parent(
    db: Database,
    *,
    purpose: UUID,
    subject: UUID,
    child: identity.Named,
    parent: identity.Named,
    now: datetime,
) -> identity.ParentResult:
    """Whether ``parent`` is entered as the parent of ``child``: the check that identity declares.

    Asked under ``purpose``, which is of ``subject``; the ledger row tells the outcome, never the values. Raises
    PurposeMissing and SourceDown.
    """
    kinship = await resource_telling(db, "kinship", ["parents"])
    standing = await _standing(
        db, SYSTEM, [(kinship, ["parents"])], subject=subject, purpose=purpose, now=now
    )
    compared = {
        "name": child.name,
        "parent_name": parent.name,
        "parent_id_number": parent.id_number,
    }
    paper = Paper(CITIZEN, child.id_number)
    told = await _checked(db, kinship, ["parents"], standing, paper, compared, now=now)
    return identity.ParentResult(told.match, told.reasons, told.relation or "", told.as_of)


async def _checked(
    db: Database,
    register: Resource,
    fields: list[str],
    purpose: audit.Purpose,
    paper: Paper,
    compared: dict[str, str],
    *,
    now: datetime,
) -> WireCheck:
    """The register's verdict; raises SourceDown. As in read_many: whoever waits may go away, it is written down."""
    work = asyncio.ensure_future(_check_and_write(db, register, fields, purpose, paper, compared, now))
    told = await asyncio.shield(work)
    if told is None:
        raise SourceDown(register.code, register.provider)
    return told


async def _check_and_write(
    db: Database,
    register: Resource,
    fields: list[str],
    purpose: audit.Purpose,
    paper: Paper,
    compared: dict[str, str],
    now: datetime,
) -> WireCheck | None:
    """The register's verdict, or None where it gives none; either way its rows are durable."""
    message = new_id(bucket_of(purpose.subject))
    reached = await call(
        register,
        _question(message, register, paper, purpose) | compared,
        understood=partial(_verdict, register, message),
        path=register.path.rpartition("/")[0] + "/check",
    )
    told = reached.told
    if told is not None and not told.match:
        reached = msgspec.structs.replace(reached, outcome="none")
    await _write(db, SYSTEM, [_Asked(register, fields, message, reached)], purpose, now=now)
    return told


async def _standing(
    db: Database,
    actor: Actor,
    questions: list[tuple[Resource, list[str]]],
    *,
    subject: UUID,
    purpose: UUID,
    now: datetime,
) -> audit.Purpose:
    standing = await audit.standing_purpose(db, id=purpose, subject=subject, now=now)
    wanted = {f"{resource.code}.{field}" for resource, fields in questions for field in fields}
    if standing is not None and wanted <= set(standing.fields):
        return standing
    # Nothing is read, so this is an act, not a reading: the daily count of readings without a purpose stays true.
    refused: Reached[Any] = Reached("refused", 0, 0)
    calls = [
        _logged(resource, fields, new_id(bucket_of(subject)), refused, subject, purpose, now)
        for resource, fields in questions
    ]
    records = [
        audit.record(
            actor,
            "exchange.refused",
            subject=subject,
            reference=standing.reference if standing else "",
            purpose=purpose,
            detail={"resource": resource.code, "fields": fields},
            now=now,
        )
        for resource, fields in questions
    ]
    await write(db, *store.logging(calls), *records)
    raise PurposeMissing


async def _ask_and_write(
    db: Database,
    actor: Actor,
    questions: list[tuple[Resource, list[str]]],
    paper: Paper,
    purpose: audit.Purpose,
    now: datetime,
) -> list[_Asked]:
    """All questions at once; nothing is told before its rows are durable."""
    asked = await asyncio.gather(
        *(_ask(resource, fields, paper, purpose, now) for resource, fields in questions)
    )
    await _write(db, actor, asked, purpose, now=now)
    return asked


async def _ask(
    resource: Resource,
    fields: list[str],
    paper: Paper,
    purpose: audit.Purpose,
    now: datetime,
) -> _Asked:
    message = new_id(bucket_of(purpose.subject))
    reached = await call(
        resource,
        _question(message, resource, paper, purpose) | {"fields": resource.wire_fields(fields)},
        understood=partial(_answer, resource, fields, message, clock.city_day(now)),
    )
    if reached.told is not None and not reached.told.found:
        reached = msgspec.structs.replace(reached, outcome="none")
    return _Asked(resource, fields, message, reached)


def _question(message: UUID, resource: Resource, paper: Paper, purpose: audit.Purpose) -> dict[str, Any]:
    """What every question says: which message it is, of whom, who asks and what for."""
    other = {} if paper.kind == CITIZEN else {"paper_kind": paper.kind, "country": paper.country}
    return other | {
        "msg_id": str(message),
        "resource": resource.wire_code,
        "id_number": paper.number,
        "purpose": {"id": str(purpose.id), "kind": purpose.kind, "reference": purpose.reference},
        "caller": node(),
    }


def _is_of(told: Wire | WireCheck, resource: Resource, message: UUID) -> bool:
    """Whether an answer is this resource's, to this question, with an instant that is one."""
    return told.msg_id == message and told.source == resource.wire_code and told.as_of.utcoffset() is not None


def _answer(
    resource: Resource, fields: list[str], message: UUID, today: date, content: bytes
) -> Answer | None:
    """The wire's answer as the house's; None when it answers another question or in another shape."""
    told = _decoded(content, Wire)
    if told is None or not _is_of(told, resource, message):
        return None
    if not told.found:
        return Answer(False, dict.fromkeys(fields), resource.provider, told.as_of)
    try:
        data = mapped(resource, fields, told.data, today=today)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return Answer(True, data, resource.provider, told.as_of)


def _verdict(register: Resource, message: UUID, content: bytes) -> WireCheck | None:
    told = _decoded(content, WireCheck)
    return told if told is not None and _is_of(told, register, message) else None


def _decoded(content: bytes, kind: type[Told]) -> Told | None:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


async def _write(
    db: Database, actor: Actor, asked: Sequence[_Asked], purpose: audit.Purpose, *, now: datetime
) -> None:
    """All rows of these calls in one statement: the call log first, then a ledger row each."""
    calls = [
        _logged(one.resource, one.fields, one.message, one.reached, purpose.subject, purpose.id, now)
        for one in asked
    ]
    records = [
        audit.record(
            actor,
            "exchange.read",
            subject=purpose.subject,
            reference=purpose.reference,
            purpose=purpose.id,
            kind="read",
            detail={
                "resource": one.resource.code,
                "fields": one.fields,
                "outcome": one.reached.outcome,
                "msg_id": str(one.message),
            },
            now=now,
        )
        for one in asked
    ]
    await write(db, *store.logging(calls), *records)


def _logged(
    resource: Resource,
    fields: list[str],
    message: UUID,
    reached: Reached[Any],
    subject: UUID,
    purpose: UUID,
    now: datetime,
) -> Call:
    bucket = bucket_of(subject)
    return Call(
        bucket,
        new_id(bucket),
        now,
        message,
        resource.code,
        purpose,
        fields,
        reached.outcome,
        reached.latency_ms,
        reached.size,
    )
