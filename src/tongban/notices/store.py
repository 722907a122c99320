"""SQL of the notices room. Every statement names the recipient."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from tongban.kit import keys
from tongban.kit.db import Bulk, Database, Part
from tongban.kit.i18n import Text
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket
from tongban.kit.personal import Erasure, counted
from tongban.kit.sealed import Sealed
from tongban.kit.sealed_news import FIND, PUT, USES
from tongban.kit.sweeps import Sweep
from tongban.notices.model import OF_LICENCE, Notice, Reach, phone_place, words_place

#: What of an inbox ``i`` somebody reads: by the three parameters that :func:`_reached` gives.
_REACHED = """(CAST($3 AS text[]) IS NULL OR i.item = ANY($3)) AND ($4::boolean OR i.item IS NOT NULL)
            AND ($5::text IS NULL OR i.item IS DISTINCT FROM $5)"""


def _reached(reach: Reach) -> tuple[list[str] | None, bool, str | None]:
    items = None if reach.items is None else sorted(reach.items)
    return items, reach.own, None if reach.licences else OF_LICENCE


def adding(notice: Notice, *, recipient: UUID, item: str | None) -> Part:
    """The part that puts a notice into its recipient's inbox; ``item`` is that of the case it is about."""
    return Part(
        """INSERT INTO notices.inbox
            (bucket, id, recipient, title_zh, title_en, body_zh, body_en, link, at, item)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::text, $8::text, $9::timestamptz,
            $10::text
        FROM guard""",
        (
            bucket_of(recipient),
            notice.id,
            recipient,
            notice.title.zh,
            notice.title.en,
            notice.body.zh,
            notice.body.en,
            notice.link,
            notice.at,
            item,
        ),
    )


def many(notices: Iterable[tuple[UUID, Notice]]) -> Bulk:
    """Notices to be copied in, each with its recipient."""
    return Bulk(
        "notices",
        "inbox",
        *(
            (
                "bucket",
                "recipient",
                "id",
                "title_zh",
                "title_en",
                "body_zh",
                "body_en",
                "link",
                "at",
                "read_at",
            ),
            [
                (
                    *(bucket_of(to), to, one.id, one.title.zh, one.title.en, one.body.zh, one.body.en),
                    *(one.link, one.at, one.read_at),
                )
                for to, one in notices
            ],
        ),
    )


def reading(notice: UUID, *, recipient: UUID, reach: Reach, now: datetime) -> Part:
    """The guard that marks a notice as read; read again it keeps its first time. Gives the link.

    Lost where it lies beyond ``reach``.
    """
    return Part(
        f"""UPDATE notices.inbox AS i SET read_at = coalesce(i.read_at, $7::timestamptz)
        WHERE i.bucket = $1::smallint AND i.id = $2::uuid AND i.recipient = $6::uuid AND {_REACHED}
        RETURNING i.link""",
        (bucket_of(recipient), notice, *_reached(reach), recipient, now),
    )


async def inbox(
    db: Database, accounts: Sequence[UUID], *, limit: int, before: UUID | None, reach: Reach
) -> list[Notice]:
    """One page of a person's inbox, of all her accounts, newest first, older than ``before``."""
    rows = await db.rows(
        f"""SELECT one.* FROM {OWN_ACCOUNTS} CROSS JOIN LATERAL (
            SELECT i.id, i.title_zh, i.title_en, i.body_zh, i.body_en, i.link, i.at, i.read_at FROM notices.inbox i
            WHERE i.bucket = own.bucket AND i.recipient = own.account AND ($6::uuid IS NULL OR i.id < $6)
            AND {_REACHED} ORDER BY i.id DESC LIMIT $7
        ) one ORDER BY one.id DESC LIMIT $7""",
        *by_bucket(accounts),
        *_reached(reach),
        before,
        limit,
    )
    return [_notice(row) for row in rows]


async def whose(db: Database, notice: UUID, accounts: Sequence[UUID]) -> UUID | None:
    """Which of these accounts of one person was told this; None for a notice that is none of hers."""
    found = await db.value(
        "SELECT recipient FROM notices.inbox WHERE bucket = $1 AND id = $2 AND recipient = ANY($3)",
        *(bucket_of(notice), notice, list(accounts)),
    )
    return found if isinstance(found, UUID) else None


async def unread(db: Database, accounts: Sequence[UUID], *, most: int, reach: Reach) -> int:
    """How many notices a person has not read, counted up to ``most``."""
    return int(
        await db.value(
            f"""SELECT count(*) FROM (
                SELECT 1 FROM {OWN_ACCOUNTS} JOIN notices.inbox i
                    ON i.bucket = own.bucket AND i.recipient = own.account AND i.read_at IS NULL
                    AND {_REACHED} LIMIT $6
            ) AS few""",
            *by_bucket(accounts),
            *_reached(reach),
            most,
        )
    )


def _notice(row: Record) -> Notice:
    return Notice(
        row["id"],
        Text(row["title_zh"], row["title_en"]),
        Text(row["body_zh"], row["body_en"]),
        row["link"],
        row["at"],
        row["read_at"],
    )


#: Messages that are older than anybody can rely on; some at a time, for the first sweep of an old house.
OLD = Sweep(
    """-- across people: the hourly sweep (inbox_at)
    WITH gone AS (
        DELETE FROM notices.inbox WHERE (bucket, id) IN
            (SELECT bucket, id FROM notices.inbox WHERE at < $1 LIMIT 20000) RETURNING 1
    ) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM notices.inbox WHERE at < $1""",
)


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's inbox, one row each: for the copy that a person may ask for (PIPL art. 45)."""
    rows = await db.rows(
        """SELECT title_zh, title_en, body_zh, body_en, at, read_at FROM notices.inbox
        WHERE bucket = $1 AND recipient = $2 ORDER BY id DESC""",
        bucket_of(person),
        person,
    )
    return [dict(row) for row in rows]


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """Messages that were read may go; unread ones too when the account is ``closing`` (PIPL art. 47)."""
    row = await db.row(
        """SELECT count(*) FILTER (WHERE $3 OR read_at IS NOT NULL) AS goes,
            count(*) FILTER (WHERE NOT $3 AND read_at IS NULL) AS stays
        FROM notices.inbox WHERE bucket = $1 AND recipient = $2 AND at <= $4""",
        bucket_of(who),
        who,
        closing,
        now,
    )
    if not look:
        await db.run(
            """DELETE FROM notices.inbox
            WHERE bucket = $1 AND recipient = $2 AND ($3 OR read_at IS NOT NULL) AND at <= $4""",
            bucket_of(who),
            who,
            closing,
            now,
        )
    goes, stays = (row["goes"], row["stays"]) if row else (0, 0)
    return Erasure(counted({"notices.inbox": goes}), counted({"notices.inbox": stays}))


async def _change(_db: Database, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Number and words under the newest key."""
    ring, payload, who = keys.current(), dict(row["payload"]), row["subject"]
    for name, place in (("phone", phone_place(who)), ("words", words_place(who))):
        payload[name] = b64encode(ring.resealed(b64decode(payload[name]), place)).decode()
    return (payload,)


#: SMS on their way: number and words lie sealed in the payload of the news.
SEALED = (Sealed(table="kit.outbox", columns=("payload",), find=FIND, put=PUT, uses=USES, change=_change),)
