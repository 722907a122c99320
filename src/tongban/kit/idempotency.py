"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header): a repeated POST gets the first answer.

The answer is written in the statement of the change. Two at once meet in the unique index: the second
insert waits for the first to commit, then fails and reads its answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from tongban.kit.db import Database, DatabaseBusy, Part
from tongban.kit.errors import Conflict, Invalid, Refused
from tongban.kit.i18n import N_


class KeyReused(Invalid):
    """The same key came with another body."""

    def __init__(self) -> None:
        super().__init__("idempotency-key-reused", N_("这个幂等键已用于另一份内容，请换一个新的键。"))


#: Turns an answer into the part that remembers it: nothing when the request came without a key.
Remembering = Callable[[dict[str, Any]], tuple[Part, ...]]


class Answered(msgspec.Struct, frozen=True):
    """The answer that the first request with this key got."""

    answer: dict[str, Any]


def answering(
    *, bucket: int, caller: str, key: str, body_hash: bytes, answer: dict[str, Any], now: datetime
) -> Part:
    """The part that remembers the answer under (bucket, caller, key)."""
    return Part(
        """INSERT INTO kit.idempotency (bucket, caller, key, body_hash, answer, at)
        SELECT $1::smallint, $2::text, $3::text, $4::bytea, $5::jsonb, $6::timestamptz FROM guard""",
        (bucket, caller, key, body_hash, answer, now),
    )


def was_answered(error: BaseException) -> bool:
    """Whether a unique violation says that the key has its answer already."""
    return getattr(error, "constraint_name", None) == "idempotency_pkey"


async def earlier(db: Database, *, bucket: int, caller: str, key: str, body_hash: bytes) -> Answered | None:
    """The earlier answer for this key, None when there is none; raises KeyReused for another body."""
    row = await db.row(
        "SELECT body_hash, answer FROM kit.idempotency WHERE bucket = $1 AND caller = $2 AND key = $3",
        bucket,
        caller,
        key,
    )
    if row is None:
        return None
    if row["body_hash"] != body_hash:
        raise KeyReused
    return Answered(row["answer"])


async def is_known(db: Database, *, bucket: int, caller: str, key: str) -> bool:
    """Whether a request with this key was answered, whatever it asked: asked before a large body is read again."""
    return bool(
        await db.value(
            "SELECT EXISTS (SELECT FROM kit.idempotency WHERE bucket = $1 AND caller = $2 AND key = $3)",
            bucket,
            caller,
            key,
        )
    )


class StillRunning(Conflict):
    """The first request with this key has not ended within five seconds."""

    def __init__(self) -> None:
        super().__init__("still-running", N_("同一请求正在处理，请稍后再查看结果。"), retry_after=2)


def body_hash(body: Any) -> bytes:
    """What two requests with one key must share."""
    return hashlib.sha256(msgspec.json.encode(body, order="deterministic")).digest()


async def answer_once(
    db: Database,
    act: Callable[[Remembering], Awaitable[dict[str, Any]]],
    *,
    bucket: int,
    caller: str,
    key: str | None,
    body: Any,
    now: datetime,
) -> dict[str, Any]:
    """Run ``act`` once per key.

    ``act`` gets a function that turns its answer into the part to be joined to its write. Without a key
    that part is empty. A repeated key gets the first answer (one read); another body raises KeyReused; a
    request still in flight is waited for by the unique index, up to the statement's lock time-out.
    """
    if key is None:
        return await act(lambda _answer: ())
    digest = body_hash(body)

    def remembering(answer: dict[str, Any]) -> tuple[Part, ...]:
        return (answering(bucket=bucket, caller=caller, key=key, body_hash=digest, answer=answer, now=now),)

    refusal: Refused | None = None
    try:
        return await act(remembering)
    except asyncpg.UniqueViolationError as repeated:
        if not was_answered(repeated):
            raise
    except DatabaseBusy as busy:
        if isinstance(busy.__cause__, asyncpg.LockNotAvailableError):
            raise StillRunning from busy
        raise
    except Refused as moved_on:
        # The first request may have moved the record on, so that the rule refuses its own repetition.
        refusal = moved_on
    known = await earlier(db, bucket=bucket, caller=caller, key=key, body_hash=digest)
    if known is None:
        raise refusal or StillRunning
    return known.answer
