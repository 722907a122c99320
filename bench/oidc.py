"""``python -m bench.oidc [--seconds N]``: the token endpoint over HTTP, each code once, as systems ask.

The codes lie in the table, as many log-ins left them; each exchange is whole: the system's secret, the code,
PKCE, two ES256 signatures, one read and one write with its ledger row. Worker and sandbox rest meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from bench import load
from bench.__main__ import resting
from bench.house import House, own_house
from bench.rows import Row, join, table
from tongban.identity.model.oidc import Client, code_in, hash_of
from tongban.identity.store import oidc as store
from tongban.kit.db import Database, connect
from tongban.kit.i18n import Text
from tongban.kit.ids import bucket_of, new_id

NAME = "log-in for systems: tokens for a code, over HTTP"
TARGET = 1000.0
#: More than two cores can sell in a second; a run that uses its codes up is refused.
_PER_SECOND = 2500
_SECRET = "of-the-bench"
_VERIFIER = "v" * 64
_SYSTEM = Client(
    "bench",
    Text("台架", "Bench"),
    "human-resources-310000",
    "residents",
    "client_secret_post",
    ("http://localhost:1/callback",),
    Text("台架", "Bench"),
    "bench",
    ("openid", "profile"),
    secrets=(hashlib.sha256(_SECRET.encode()).hexdigest(),),
)


async def _codes(db: Database, number: int) -> list[str]:
    """So many codes of sessions that stand, of the residents in turn; gives the requests that spend them."""
    await store.put_clients(db, [_SYSTEM])
    people: list[UUID] = await db.value("SELECT array_agg(id) FROM identity.account WHERE role = 'resident'")
    owners = [people[place % len(people)] for place in range(number)]
    buckets = [bucket_of(owner) for owner in owners]
    logins = [new_id(bucket) for bucket in buckets]
    codes = [code_in(bucket, os.urandom(32)) for bucket in buckets]
    await db.run(
        """INSERT INTO identity.oidc_login
            (bucket, id, account, client, session, level, duties, auth_at, opened_at, until)
        SELECT bucket, id, account, 'bench', id, 1, '{}', now(), now(), now() + interval '2 hours'
        FROM unnest($1::smallint[], $2::uuid[], $3::uuid[]) AS made (bucket, id, account)""",
        buckets,
        logins,
        owners,
    )
    await db.run(
        """INSERT INTO identity.oidc_code
            (bucket, hash, login, client, redirect, scope, nonce, challenge, expires_at)
        SELECT bucket, hash, login, 'bench', $4, 'openid profile', 'n', $5, now() + interval '1 hour'
        FROM unnest($1::smallint[], $2::bytea[], $3::uuid[]) AS made (bucket, hash, login)""",
        buckets,
        [hash_of(code) for code in codes],
        logins,
        _SYSTEM.redirects[0],
        create_s256_code_challenge(_VERIFIER),
    )
    await db.run("VACUUM ANALYZE identity.oidc_login, identity.oidc_code")
    same = {
        "grant_type": "authorization_code",
        "client_id": "bench",
        "client_secret": _SECRET,
        "redirect_uri": _SYSTEM.redirects[0],
        "code_verifier": _VERIFIER,
    }
    return [f"POST\t/oidc/token\t\t{urlencode({**same, 'code': code})}" for code in codes]


async def _prepared(house: House, seconds: int) -> list[str]:
    db = await connect(house.dsn, size=1)
    try:
        return await _codes(db, seconds * _PER_SECOND)
    finally:
        await db.close()


def main() -> None:
    """Measure and print, and keep the line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=10)
    seconds: int = asked.parse_args().seconds
    with own_house() as house, tempfile.TemporaryDirectory(prefix="tongban-bench-") as place:
        requests = asyncio.run(_prepared(house, seconds))
        with resting(house):
            found = load.run(house.base, requests, seconds=seconds, expect=200, folder=Path(place), once=True)
    row = Row(
        name=NAME,
        value=round(found.per_second, 2),
        unit="1/s",
        target=TARGET,
        p50_ms=found.p50_ms,
        p99_ms=found.p99_ms,
        statements=2,
    )
    join([row])
    print(table([row]))


if __name__ == "__main__":
    main()
