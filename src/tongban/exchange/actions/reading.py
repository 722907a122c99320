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
from uuid import UUID

import msgspec

from tongban import audit, identity
from tongban.exchange.actions.asking import (
    Asked,
    decoded,
    is_of,
    question_of,
    standing_for,
    write_down,
)
from tongban.exchange.actions.calling import call
from tongban.exchange.actions.resources import resource_telling
from tongban.exchange.model import (
    Answer,
    Resource,
    SourceDown,
    Wire,
    mapped,
)
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.papers import CITIZEN, Paper
from tongban.kit.policy import Actor


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
    standing = await standing_for(db, actor, questions, subject=subject, purpose=purpose, now=now)
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


async def _ask_and_write(
    db: Database,
    actor: Actor,
    questions: list[tuple[Resource, list[str]]],
    paper: Paper,
    purpose: audit.Purpose,
    now: datetime,
) -> list[Asked]:
    """All questions at once; nothing is told before its rows are durable."""
    asked = await asyncio.gather(
        *(_ask(resource, fields, paper, purpose, now) for resource, fields in questions)
    )
    await write_down(db, actor, asked, purpose, now=now)
    return asked


async def _ask(
    resource: Resource,
    fields: list[str],
    paper: Paper,
    purpose: audit.Purpose,
    now: datetime,
) -> Asked:
    message = new_id(bucket_of(purpose.subject))
    reached = await call(
        resource,
        question_of(message, resource, paper, purpose) | {"fields": resource.wire_fields(fields)},
        understood=partial(_answer, resource, fields, message, clock.city_day(now)),
    )
    if reached.told is not None and not reached.told.found:
        reached = msgspec.structs.replace(reached, outcome="none")
    return Asked(resource, fields, message, reached)


def _answer(
    resource: Resource, fields: list[str], message: UUID, today: date, content: bytes
) -> Answer | None:
    """The wire's answer as the house's; None when it answers another question or in another shape."""
    told = decoded(content, Wire)
    if told is None or not is_of(told, resource, message):
        return None
    if not told.found:
        return Answer(False, dict.fromkeys(fields), resource.provider, told.as_of)
    try:
        data = mapped(resource, fields, told.data, today=today)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return Answer(True, data, resource.provider, told.as_of)
