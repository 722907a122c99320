"""Identifiers that carry their shard: UUIDv7 (RFC 9562) whose rand_a field holds the bucket.

A bucket (0–1023) is given to a person or an organisation at birth and never changes; whatever
belongs to them gets an id of the same bucket, so an id alone finds its rows when the tables are
distributed. Of the 74 bits after the millisecond, 10 are the bucket, 12 the moment within the
millisecond (RFC 9562, 6.2, method 3) and 52 random: what one process gives birth to in one bucket
sorts in that order, however fast it comes.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

BUCKETS = 1024
#: Ticks of a millisecond: 12 bits, 244 ns each.
TICKS = 4096
_last = 0


def new_bucket() -> int:
    """A bucket for somebody who is being born into the system: even by construction."""
    return int.from_bytes(os.urandom(2), "big") % BUCKETS


#: The accounts of one person as a list's statement takes them, each with its bucket: few rows, to each of which the
#: list's own index is asked; ``$1`` and ``$2`` are what :func:`by_bucket` gives.
OWN_ACCOUNTS = "unnest($1::smallint[], $2::uuid[]) AS own (bucket, account)"


def bucket_of_text(value: str) -> int:
    """The fixed bucket of something known only by a text key (a phone that nobody owns yet)."""
    return int.from_bytes(hashlib.sha256(value.encode()).digest()[:2], "big") % BUCKETS


def new_id(bucket: int) -> UUID:
    """A fresh UUIDv7 in ``bucket``; sorts by birth: to the millisecond, within a bucket of a process always."""
    if not 0 <= bucket < BUCKETS:
        raise ValueError(f"bucket {bucket} is outside 0–{BUCKETS - 1}")
    return _id(bucket, _tick())


def id_at(bucket: int, moment: datetime) -> UUID:
    """An id as it would have been born at ``moment``: for loaders that lay rows into the past, sorted like the rest."""
    return _id(bucket, int(moment.timestamp() * 1_000_000) * TICKS // 1_000)


def earliest(moment: datetime) -> UUID:
    """What no id that was born at ``moment`` or later is below: where an index of ids begins to be read."""
    return UUID(int=int(moment.timestamp() * 1_000) << 80)


def _id(bucket: int, tick: int) -> UUID:
    milliseconds, part = divmod(tick, TICKS)
    tail = (part << 52) | (int.from_bytes(os.urandom(7), "big") >> 4)
    rand_a = (bucket << 2) | (tail >> 62)
    return UUID(
        int=(milliseconds << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | (tail & ((1 << 62) - 1))
    )


def _tick() -> int:
    """Now in ticks since 1970; one further than the last where the clock stood still or was set back."""
    global _last  # noqa: PLW0603 - the one clock of the process
    _last = max(time.time_ns() * TICKS // 1_000_000, _last + 1)
    return _last


def id_told(text: str | None) -> UUID | None:
    """The id that an address or a form names, None for any other text.

    In its one spelling only (RFC 9562, 4: groups of lower-case digits): what is kept or compared as a text would be two
    for one id otherwise. :class:`UUID` takes braces, ``urn:uuid:``, capitals and wide digits too.
    """
    try:
        found = UUID(text or "")
    except ValueError:
        return None
    return found if str(found) == text else None


def bucket_of(identifier: UUID) -> int:
    """The bucket that an id of this house carries."""
    return (identifier.int >> 66) & 0x3FF


def by_bucket(accounts: Sequence[UUID]) -> tuple[list[int], list[UUID]]:
    """The buckets of a person's accounts and the accounts, as :data:`OWN_ACCOUNTS` takes them."""
    return [bucket_of(one) for one in accounts], list(accounts)
