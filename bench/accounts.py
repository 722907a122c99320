"""``python -m bench.accounts [--accounts N]``: finding who logs in among twelve million, and recognising a session.

The accounts are laid down in SQL, in the real tables with their keys and indexes; then the very verbs of the house are
called. What a password costs is told beside: it is meant to be dear, and a log-in is bound by it alone.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from statistics import quantiles

import asyncpg

from bench.__main__ import resting
from bench.house import own_house
from bench.rows import Row, join, table
from tongban.identity.actions import passwords
from tongban.identity.store import accounts, attempts
from tongban.kit import clock
from tongban.kit.db import Database, Part, connect, write
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import Actor, Role
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.sessions import opening_session

#: As many as the city has: 10.08 M persons and 1.99 M legal persons.
ACCOUNTS = 12_000_000
FOUND = f"log-in: the account of a number or phone, 95 of 100 calls, among {ACCOUNTS:,}"
TRIED = f"log-in: the same with its try counted, 95 of 100 calls, among {ACCOUNTS:,}"
FROM_MEMORY, ANEW = (
    "session check, from memory",
    "session check, looked up anew, as every two seconds",
)
NAMES = (FOUND, TRIED, FROM_MEMORY, ANEW)
_BATCH = 50_000
_CALLS = 4_000
#: An id of the house's making is not needed to be found: any will do that is its row's own.
_LAID = """
WITH made AS (
    SELECT (n % 1024)::smallint AS bucket, uuidv7() AS id, n FROM generate_series($1::bigint, $2::bigint) AS n
), opened AS (
    INSERT INTO identity.account (bucket, id, role, name_sealed, phone_sealed, level, password, opened_at)
    SELECT bucket, id, 'resident', sha256(n::text::bytea) || '\\x00000000'::bytea,
        sha256(n::text::bytea) || '\\x0000000000000000'::bytea, 1, repeat('x', 97), now() FROM made
)
INSERT INTO identity.id_index (hash, kind, bucket, account, at)
SELECT '\\x01' || sha256(('number ' || n)::bytea) || '\\x00000000000000000000000000000000',
    'id_number', bucket, id, now() FROM made
UNION ALL SELECT '\\x01' || sha256(('phone ' || n)::bytea) || '\\x00000000000000000000000000000000',
    'phone', bucket, id, now() FROM made
"""
#: A hash is as long as those of the house, 49 bytes (docs/adr/0015), so that the index is as large.
_BEFORE, _AFTER = b"\x01", bytes(16)


async def _lay(dsn: str, number: int) -> None:
    """Over a connection of its own, without the house's limit on a statement. The key of hashes is made at the end:
    kept up meanwhile, it costs three quarters of an hour, and is the same afterwards."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("ALTER TABLE identity.id_index DROP CONSTRAINT id_index_pkey")
        for first in range(0, number, _BATCH):
            await connection.execute(_LAID, first, min(first + _BATCH, number) - 1)
            print(f"{min(first + _BATCH, number):>12,} accounts", flush=True)
        await connection.execute(
            "ALTER TABLE identity.id_index ADD CONSTRAINT id_index_pkey PRIMARY KEY (hash)"
        )
        await connection.execute("VACUUM ANALYZE identity.account, identity.id_index")
    finally:
        await connection.close()


async def _timed(name: str, number: int, look: Callable[[bytes], Awaitable[bool]]) -> Row:
    """How long it takes to find the account of a number or phone, one call at a time."""
    took = []
    for _ in range(_CALLS):
        word = secrets.choice(("number", "phone"))
        middle = hashlib.sha256(f"{word} {secrets.randbelow(number)}".encode()).digest()
        begun = time.perf_counter()
        assert await look(_BEFORE + middle + _AFTER)
        took.append((time.perf_counter() - begun) * 1000)
    cuts = quantiles(took, n=100)
    return Row(
        name=name.replace(f"{ACCOUNTS:,}", f"{number:,}"),
        value=round(cuts[94], 3),
        unit="ms",
        target=5.0,
        p50_ms=round(cuts[49], 3),
        p99_ms=round(cuts[98], 3),
        statements=1,
    )


async def _looked_up(db: Database, number: int) -> list[Row]:
    """The look-up alone, and as a resident's log-in makes it: in the statement that counts the try, a durable write."""

    async def found(hash_: bytes) -> bool:
        return await accounts.account_by_claim(db, hash_) is not None

    async def tried(hash_: bytes) -> bool:
        network = secrets.token_bytes(16)
        one = await attempts.try_password(db, hash_, network=network, network_key=network, now=clock.now())
        return one.account is not None

    return [await _timed(FOUND, number, found), await _timed(TRIED, number, tried)]


async def _recognised(db: Database) -> list[Row]:
    """Processor time of this process for a session's look-up: from memory, and anew by its statement."""
    actor = Actor(Role.RESIDENT, new_id(new_bucket()), "李*雯", level=1)
    cookie, part = opening_session(actor, now=clock.now())
    await write(db, Part("SELECT 1 AS one"), part)
    sessions = Sessions(db)
    rows = []
    for name, anew in ((FROM_MEMORY, False), (ANEW, True)):
        begun = time.process_time()
        for _ in range(_CALLS):
            if anew:
                sessions.forget(cookie)
            assert await sessions.actor(cookie, now=clock.now()) is not None
        spent = (time.process_time() - begun) * 1000 / _CALLS
        rows.append(Row(name=name, value=round(spent, 4), unit="ms CPU", target=0.3))
    return rows


async def _argon2() -> Row:
    stored = await passwords.hashed("a password of the bench")
    begun = time.process_time()
    for _ in range(40):
        assert await passwords.holds(stored, "a password of the bench")
    spent = (time.process_time() - begun) * 1000 / 40
    return Row(name="log-in: a password's Argon2id, 19 MiB, 2 passes", value=round(spent, 2), unit="ms CPU")


async def _measured(dsn: str, number: int) -> list[Row]:
    await _lay(dsn, number)
    db = await connect(dsn, size=2)
    try:
        return [*await _looked_up(db, number), *await _recognised(db), await _argon2()]
    finally:
        await db.close()


def main() -> None:
    """Measure and print; the lines of the city's own number are kept."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--accounts", type=int, default=ACCOUNTS)
    number: int = asked.parse_args().accounts
    with own_house() as house, resting(house):
        os.environ["TONGBAN_DATA"] = str(house.data)  # the look-up keys are the house's own
        rows = asyncio.run(_measured(house.dsn, number))
    if number == ACCOUNTS:
        join(rows)
    print(table(rows))


if __name__ == "__main__":
    main()
