"""Answering once: the same idempotency key gets the same answer, whoever of two requests came first."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from tongban.kit import idempotency
from tongban.kit.db import Database, Part
from tongban.kit.errors import Conflict, Refused
from tongban.kit.i18n import N_

Answer = dict[str, Any]


class StillRunning(Conflict):
    """The first request with this key has not ended within five seconds."""

    def __init__(self) -> None:
        super().__init__("still-running", N_("同一请求正在处理，请稍后再查看结果。"), retry_after=2)


def body_hash(body: Any) -> bytes:
    """What two requests with one key must share."""
    return hashlib.sha256(msgspec.json.encode(body, order="deterministic")).digest()


async def answer_once(
    db: Database,
    act: Callable[[Callable[[Answer], tuple[Part, ...]]], Awaitable[Answer]],
    *,
    bucket: int,
    caller: str,
    key: str | None,
    body: Any,
    now: datetime,
) -> Answer:
    """Run ``act`` once per key.

    ``act`` gets a function that turns its answer into the part to be joined to its write. Without a key
    that part is empty. A repeated key gets the first answer (one read); another body raises KeyReused; a
    request still in flight is waited for by the unique index, up to the statement's lock time-out.
    """
    if key is None:
        return await act(lambda _answer: ())
    digest = body_hash(body)

    def remembering(answer: Answer) -> tuple[Part, ...]:
        return (
            idempotency.answering(
                bucket=bucket, caller=caller, key=key, body_hash=digest, answer=answer, now=now
            ),
        )

    refusal: Refused | None = None
    try:
        return await act(remembering)
    except asyncpg.UniqueViolationError as repeated:
        if not idempotency.was_answered(repeated):
            raise
    except Refused as moved_on:
        # The first request may have moved the record on, so that the rule refuses its own repetition.
        refusal = moved_on
    except asyncpg.LockNotAvailableError as locked:
        raise StillRunning from locked
    known = await idempotency.earlier(db, bucket=bucket, caller=caller, key=key, body_hash=digest)
    if known is None:
        raise refusal or StillRunning
    return known.answer
