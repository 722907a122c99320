"""Identifiers that carry their shard: UUIDv7 (RFC 9562) whose rand_a field holds the bucket.

A bucket (0–1023) is given to a person or an organisation at birth and never changes; whatever
belongs to them gets an id of the same bucket, so an id alone finds its rows when the tables are
distributed. rand_a has 12 bits: 10 for the bucket, 2 stay random.
"""

from __future__ import annotations

import hashlib
import os
import time
from uuid import UUID

BUCKETS = 1024


def new_bucket() -> int:
    """A bucket for somebody who is being born into the system: even by construction."""
    return int.from_bytes(os.urandom(2), "big") % BUCKETS


def bucket_of_text(value: str) -> int:
    """The fixed bucket of something known only by a text key (a phone that nobody owns yet)."""
    return int.from_bytes(hashlib.sha256(value.encode()).digest()[:2], "big") % BUCKETS


def new_id(bucket: int) -> UUID:
    """A fresh UUIDv7 in ``bucket``; sorts by time of birth to the millisecond."""
    if not 0 <= bucket < BUCKETS:
        raise ValueError(f"bucket {bucket} is outside 0–{BUCKETS - 1}")
    random = int.from_bytes(os.urandom(10), "big")
    milliseconds = time.time_ns() // 1_000_000
    rand_a = (bucket << 2) | (random >> 78)
    return UUID(
        int=(milliseconds << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | (random & ((1 << 62) - 1))
    )


def bucket_of(identifier: UUID) -> int:
    """The bucket that an id of this house carries."""
    return (identifier.int >> 66) & 0x3FF
