"""What every question to a register shares: its standing purpose, its shape on the wire, the rows it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit
from tongban.exchange.model import (
    Call,
    PurposeMissing,
    Reached,
    Resource,
    Told,
    Wire,
    WireCheck,
)
from tongban.exchange.store import calls as store
from tongban.kit.db import Database, write
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.papers import CITIZEN, Paper
from tongban.kit.policy import Actor
from tongban.kit.signing import node


class Asked(msgspec.Struct, frozen=True):
    """One question and what became of it."""

    resource: Resource
    fields: list[str]
    message: UUID
    reached: Reached[Any]


async def standing_for(
    db: Database,
    actor: Actor,
    questions: list[tuple[Resource, list[str]]],
    *,
    subject: UUID,
    purpose: UUID,
    now: datetime,
) -> audit.Purpose:
    """The purpose under which these questions are asked; raises PurposeMissing, with rows, where none covers them."""
    standing = await audit.standing_purpose(db, id=purpose, subject=subject, now=now)
    wanted = {f"{resource.code}.{field}" for resource, fields in questions for field in fields}
    if standing is not None and wanted <= set(standing.fields):
        return standing
    # Nothing is read, so this is an act, not a reading: the daily count of readings without a purpose stays true.
    refused: Reached[Any] = Reached("refused", 0, 0)
    calls = [
        logged(resource, fields, new_id(bucket_of(subject)), refused, subject, purpose, now)
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


def question_of(message: UUID, resource: Resource, paper: Paper, purpose: audit.Purpose) -> dict[str, Any]:
    """What every question says: which message it is, of whom, who asks and what for."""
    other = {} if paper.kind == CITIZEN else {"paper_kind": paper.kind, "country": paper.country}
    return other | {
        "msg_id": str(message),
        "resource": resource.wire_code,
        "id_number": paper.number,
        "purpose": {"id": str(purpose.id), "kind": purpose.kind, "reference": purpose.reference},
        "caller": node(),
    }


def is_of(told: Wire | WireCheck, resource: Resource, message: UUID) -> bool:
    """Whether an answer is this resource's, to this question, with an instant that is one."""
    return told.msg_id == message and told.source == resource.wire_code and told.as_of.utcoffset() is not None


def decoded(content: bytes, kind: type[Told]) -> Told | None:
    """An answer in its shape, None where it is no answer."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


async def write_down(
    db: Database, actor: Actor, asked: Sequence[Asked], purpose: audit.Purpose, *, now: datetime
) -> None:
    """All rows of these calls in one statement: the call log first, then a ledger row each."""
    calls = [
        logged(one.resource, one.fields, one.message, one.reached, purpose.subject, purpose.id, now)
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


def logged(
    resource: Resource,
    fields: list[str],
    message: UUID,
    reached: Reached[Any],
    subject: UUID,
    purpose: UUID,
    now: datetime,
) -> Call:
    """A call as its log keeps it: no value, no number."""
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
