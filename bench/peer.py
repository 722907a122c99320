"""The peer: pgbench with the same statements on the same server, in a database of its own with computable ids."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import msgspec

from bench.crowd import Prototype
from bench.statements import APPLICANT, BUCKET, CASE, PURPOSE, uuid_of
from tongban.kit.db import migrations

CLIENTS = 16
SEED, PEER = "bench_seed", "bench_peer"


class Measured(msgspec.Struct, frozen=True):
    """What one run gave: transactions or requests a second, latencies in ms where known."""

    per_second: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    done: int = 0
    cpu_ms: float | None = None


def at(dsn: str, database: str) -> str:
    """The same server, another database."""
    return urlsplit(dsn)._replace(path=f"/{database}").geturl()


async def seed(dsn: str, model: Prototype, *, drafts: int, cases: int) -> None:
    """Make the seed database: bench rows 1…drafts are drafts, the next ``cases`` are submitted, for reading."""
    admin = await asyncpg.connect(dsn)
    for name in (PEER, SEED):
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await admin.execute(f'CREATE DATABASE "{SEED}"')
    await admin.close()
    await migrations.apply(at(dsn, SEED))
    connection = await asyncpg.connect(at(dsn, SEED))
    await fill(connection, model, drafts=drafts, cases=cases)
    await connection.execute("CREATE EXTENSION pg_prewarm")
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _sql(expression: str) -> str:
    return expression.replace(":i::int", "i")


async def fill(connection: Any, model: Prototype, *, drafts: int, cases: int) -> None:
    """Load bench rows into an empty ``cases`` schema: drafts first, then submitted cases with their step."""
    case = model.case
    json = [msgspec.json.encode(value).decode() for value in (case.answers, case.facts, case.finding)]
    bucket, ids = _sql(BUCKET), {kind: _sql(uuid_of(kind)) for kind in (CASE, APPLICANT, PURPOSE)}
    await connection.execute(
        f"""INSERT INTO cases."case" (bucket, id, applicant, item, item_version, state, version, applicant_masked,
            answers, facts, finding, purpose, opened_at, department, district, number, short_code, submitted_at,
            accept_due)
        SELECT {bucket}, {ids[CASE]}, {ids[APPLICANT]}, $1::text, $2::integer,
            CASE WHEN i > $9 THEN 'submitted' ELSE 'draft' END,
            $3::integer + CASE WHEN i > $9 THEN 1 ELSE 0 END, $4::text, $5::text::jsonb, $6::text::jsonb,
            $7::text::jsonb, {ids[PURPOSE]}, $8::timestamptz,
            CASE WHEN i > $9 THEN $11::text END, CASE WHEN i > $9 THEN '310101' END,
            CASE WHEN i > $9 THEN 'n' || lpad(i::text, 43, '0') END,
            CASE WHEN i > $9 THEN lpad(i::text, 19, '0') END, CASE WHEN i > $9 THEN $8::timestamptz END,
            CASE WHEN i > $9 THEN $8::timestamptz + interval '5 days' END
        FROM generate_series(1, $9::int + $10::int) AS i""",
        *(case.item, case.item_version, case.version, case.applicant_masked, *json, case.opened_at),
        *(drafts, cases, model.department),
    )
    await connection.execute(
        f"""INSERT INTO audit.purpose (bucket, id, subject, kind, reference, item, fields, basis, opened_at, until)
        SELECT {bucket}, {ids[PURPOSE]}, {ids[APPLICANT]}, 'draft', {ids[CASE]}::text, $1::text,
            ARRAY['population.name'], 'bench', $2::timestamptz, $2::timestamptz + interval '30 days'
        FROM generate_series(1, $3::int) AS i""",
        *(case.item, case.opened_at, drafts),
    )
    await connection.execute(
        f"""INSERT INTO cases.event (bucket, case_id, version, move, from_state, to_state, actor_role, actor_name,
            at, detail)
        SELECT {bucket}, {ids[CASE]}, $1::integer, 'submit', 'draft', 'submitted', 'resident', '', $2::timestamptz,
            '{{"code": "3101012611240000011"}}' FROM generate_series($3::int + 1, $3::int + $4::int) AS i""",
        *(case.version + 1, case.opened_at, drafts, cases),
    )


async def fresh(dsn: str) -> None:
    """A new copy of the seed, in the server's memory: every run finds the same drafts."""
    admin = await asyncpg.connect(dsn)
    await admin.execute(f'DROP DATABASE IF EXISTS "{PEER}" WITH (FORCE)')
    await admin.execute(f'CREATE DATABASE "{PEER}" TEMPLATE "{SEED}" STRATEGY FILE_COPY')
    await admin.close()
    connection = await asyncpg.connect(at(dsn, PEER))
    await warm(connection)
    await connection.close()


async def warm(connection: Any) -> None:
    """Read the hot tables into the server's memory, so that no run begins colder than another."""
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    for name in (
        "cases.case_pkey",
        'cases."case"',
        "audit.purpose_pkey",
        "audit.purpose_open",
        "audit.purpose",
    ):
        await connection.fetchval("SELECT pg_prewarm($1::text::regclass)", name)


def run(program: Path, dsn: str, script: str, *, seconds: int, rows: range, folder: Path) -> Measured:
    """One pgbench run: 16 clients, prepared statements.

    ``:n`` is a number of its own for each run of each client; ``:i`` the bench row it works on: ``rows`` are shared
    out evenly among the clients, and each goes round its share.
    """
    own = len(rows) // CLIENTS
    head = (
        "\\set k :k + 1\n\\set n :client_id * 1000000 + :k\n"
        f"\\set i {rows.start} + :client_id * {own} + (:k - 1) % {own}\n"
    )
    path = folder / "peer.sql"
    path.write_text(head + script)
    parts = urlsplit(dsn)
    where = {name: values[0] for name, values in parse_qs(parts.query).items()}
    told = subprocess.run(
        [
            *(str(program), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds)),
            *("-D", "k=0", "-f", str(path), "-h", where.get("host", parts.hostname or "127.0.0.1")),
            *("-p", str(where.get("port", parts.port or 5432)), "-U", parts.username or "", PEER),
        ],
        env={"PGPASSWORD": parts.password or "", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^tps = ([\d.]+)", told.stdout, re.MULTILINE)
    if told.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench failed: {told.stderr[-2000:]}")
    latency = re.search(r"latency average = ([\d.]+)", told.stdout)
    done = re.search(r"actually processed: (\d+)", told.stdout)
    return Measured(float(found[1]), float(latency[1]) if latency else None, done=int(done[1]) if done else 0)
