"""``python -m bench [--seconds N]``: measures, writes ``bench/results.json``, prints the table, fails nothing.

Each line alternates the house (A) and its peers (B, C) over the same statements, :data:`PAIRS` times; medians are kept.
Worker and sandbox rest meanwhile (SIGSTOP), as pgbench has neither: they have lines of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import msgspec

from bench import crowd, load, peer
from bench.house import House, cpu_ms, own_house, pss_mb
from bench.peer import Measured
from bench.rows import Row, join, middle, table
from bench.statements import APPLICANT, BUCKET, CASE, Recording, Script, Statement, one_by_one, uuid_of
from tongban import audit, cases, catalogue, rooms
from tongban.audit import jobs as audit_jobs
from tongban.catalogue.store import guided, items
from tongban.kit import clock, heartbeat, keys
from tongban.kit.db import Database, connect
from tongban.kit.db.embedded import EmbeddedPostgres
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Role
from tongban.settings import reload, settings

PAIRS = 5
READ_CASES = 4000
#: More than pgbench can submit in a second here; a run that uses its drafts up is refused.
_PEER_PER_SECOND = 5000
_WORDS = "居住证"
_ITEM, _THEME = "residence_permit", "moving_in"


class Bench:
    """One house under measurement, with its prototype and what its pages asked."""

    def __init__(self, house: House, db: Database, folder: Path, *, seconds: int, pairs: int) -> None:
        self.house = house
        self.db = db
        self.folder = folder
        self.seconds = seconds
        self.pairs = pairs
        self.rows: list[Row] = []
        self.pgbench = EmbeddedPostgres(house.data / "postgres").bin / "pgbench"

    async def prepare(self) -> None:
        """The prototype, the statements of each page, the peer's database."""
        now = clock.now()
        self.model = await crowd.prototype(self.db, now=now)
        self.drafts: list[crowd.Draft] = []
        self.officer = await crowd.officer(self.db, self.model.department, now=now)
        await self._record()
        drafts = self.seconds * _PEER_PER_SECOND
        self.peer_drafts, self.peer_cases = range(1, drafts + 1), range(drafts + 1, drafts + 1 + READ_CASES)
        await peer.seed(self.house.dsn, self.model, drafts=drafts, cases=READ_CASES)
        seeded = await connect(peer.at(self.house.dsn, peer.SEED))
        await rooms.load_city(seeded, settings().city_dir, now=now)
        await audit_jobs.partitions(seeded, now=now)
        await seeded.run("ANALYZE")
        await seeded.close()

    async def _record(self) -> None:
        """Walk through each page's action once and keep its statements."""
        now, key = clock.now(), uuid4().hex
        # Its bucket must not be mistaken for another number of the statements.
        tries = await crowd.drafts(self.db, self.model, 64, now=now)
        one, second = [draft for draft in tries if (draft.case.int >> 66) & 0x3FF > 100][:2]
        resident = Actor(Role.RESIDENT, one.applicant, "", None, 1)
        officer = Actor(
            Role.OFFICER, new_id(new_bucket()), "台架", self.model.department, 1, duties=OFFICERS_DUTIES
        )
        self.said: dict[str, list[Statement]] = {}
        asked: dict[str, Callable[[Database], Any]] = {
            "submit": lambda db: cases.submit(db, resident, case_id=one.case, key=key, now=now),
            "read": lambda db: cases.open_case(db, officer, case_id=one.case, subject=one.applicant, now=now),
            "mine": lambda db: _mine(db, resident, one),
            "search": lambda db: catalogue.search(db, _WORDS, "zh"),
            "guide": lambda db: items.current_version(db, code=_ITEM),
            "guided": guided.in_force,
        }
        for name, act in asked.items():
            await act(
                self.db
            )  # fills what the process keeps, so that only the page's own statements are left
            if name == "submit":
                one, key = second, uuid4().hex
                resident = Actor(Role.RESIDENT, one.applicant, "", None, 1)
            recording = Recording(self.db)
            await act(recording)
            self.said[name] = recording.said
        self.same = await self._same(one, key)

    async def _same(self, one: crowd.Draft, key: str) -> dict[Any, str]:
        row = await self.db.row('SELECT number, short_code FROM cases."case" WHERE id = $1', one.case)
        assert row is not None
        ids = {one.case: uuid_of(CASE), one.applicant: uuid_of(APPLICANT)}
        return {
            **ids,
            **{str(value): f"{sql}::text" for value, sql in ids.items()},
            (one.case.int >> 66) & 0x3FF: BUCKET,
            key: "('bench-' || :n::int)",
            row["number"]: "('n' || lpad((:n::int)::text, 43, '0'))",
            row["short_code"]: "('c' || lpad((:n::int)::text, 18, '0'))",
        }

    def script(self, name: str, *, apart: bool) -> str:
        """A page's statements for pgbench: as they are, or its parts one by one in a transaction."""
        said = self.said[name]
        if apart:
            said = [part for statement in said for part in one_by_one(statement)]
        return Script(self.same).text(said, transaction=apart)

    def pgbench_run(self, script: str, rows: range) -> Measured:
        """One run of the peer."""
        return peer.run(
            self.pgbench, self.house.dsn, script, seconds=self.seconds, rows=rows, folder=self.folder
        )

    def keep(
        self, name: str, runs: Sequence[Measured], *, statements: int, count: int
    ) -> Callable[..., None]:
        """Add a row for each peer of these runs of the house."""
        own = middle([run.per_second for run in runs]) or 0.0

        def against(words: str, peers: Sequence[Measured], target: float | None) -> None:
            other = middle([run.per_second for run in peers])
            self.rows.append(
                Row(
                    name=f"{name}, against {words}",
                    value=own,
                    unit="1/s",
                    peer=other,
                    ratio=middle([a.per_second / b.per_second for a, b in zip(runs, peers, strict=True)]),
                    target=target,
                    p50_ms=middle([run.p50_ms for run in runs]),
                    p99_ms=middle([run.p99_ms for run in runs]),
                    statements=statements,
                    rows=count,
                )
            )

        return against


async def _mine(db: Database, resident: Actor, one: crowd.Draft) -> None:
    await cases.progress(db, resident, case_id=one.case)
    await audit.readings_of(db, subject=one.applicant, limit=5)


async def submitting(bench: Bench) -> None:
    """Submit over HTTP: session, policy, CSRF, validation, ledger, outbox, idempotency, durable commit all on."""
    joined, apart = bench.script("submit", apart=False), bench.script("submit", apart=True)
    warmed = await _submits(bench, seconds=2, expected=3000)
    runs, whole, parts = [], [], []
    for _ in range(bench.pairs):
        runs.append(
            await _submits(bench, seconds=bench.seconds, expected=max(1500, round(warmed.per_second * 1.6)))
        )
        whole.append(await _peer_submits(bench, joined))
        parts.append(await _peer_submits(bench, apart))
    against = bench.keep("submit", runs, statements=len(bench.said["submit"]), count=len(bench.drafts))
    against("the same two statements", whole, 0.35)
    against("the same parts one by one", parts, 0.6)
    bench.rows.append(
        Row(
            name="submit: processor time of the web processes",
            value=middle([run.cpu_ms for run in runs]) or 0.0,
            unit="ms CPU",
            statements=len(bench.said["submit"]),
            rows=len(bench.drafts),
        )
    )


async def _submits(bench: Bench, *, seconds: int, expected: int) -> Measured:
    made = await crowd.drafts(bench.db, bench.model, expected * seconds, now=clock.now())
    await _warm(bench.house.dsn)
    before, used = await _submitted(bench.house.dsn), cpu_ms(bench.house.web_workers())
    run = load.run(
        bench.house.base, load.submits(made), seconds=seconds, expect=303, folder=bench.folder, once=True
    )
    run = msgspec.structs.replace(run, cpu_ms=(cpu_ms(bench.house.web_workers()) - used) / run.done)
    landed = await _submitted(bench.house.dsn) - before
    # The rate is of what stands in the database, not of what was answered.
    if landed < run.done:
        raise load.NotServed(f"{landed} submits stand for {run.done} answers")
    bench.drafts += made[:READ_CASES]
    return run


async def _peer_submits(bench: Bench, script: str) -> Measured:
    await peer.fresh(bench.house.dsn)
    run = bench.pgbench_run(script, bench.peer_drafts)
    landed = await _submitted(peer.at(bench.house.dsn, peer.PEER)) - READ_CASES
    if landed < run.done:
        raise load.NotServed(f"pgbench used its drafts up: {landed} for {run.done}")
    return run


async def _submitted(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    count = await connection.fetchval("SELECT count(*) FROM cases.event WHERE move = 'submit'")
    await connection.close()
    return int(count)


async def _warm(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await peer.warm(connection)
    await connection.close()


async def reading(bench: Bench) -> None:
    """A case read by an officer's program, by the officer (with her queue) and by the resident; search and guides."""
    stand = await bench.db.rows(
        """SELECT id, applicant FROM cases."case" WHERE state = 'submitted' AND department = $1 LIMIT $2""",
        bench.model.department,
        READ_CASES,
    )
    places = [f"{row['applicant']}/{row['id']}" for row in stand]
    asked = [(f"/api/v1/desk/cases/{place}", bench.officer) for place in places]
    await _against(bench, "read", "case read by an officer's program", asked, targets=(0.25, 0.6))
    pages = [(f"/desk/{place}", bench.officer) for place in places]
    await _against(bench, "read", "case read by the officer (desk page)", pages, targets=(None, None), more=2)
    cookies = {draft.case: draft.cookie for draft in bench.drafts}
    own = [(f"/my/cases/{row['id']}", cookies[row["id"]]) for row in stand if row["id"] in cookies]
    await _against(bench, "mine", "case read by the resident", own[:500], targets=(None, None))
    words = [(f"/search?q={quote(_WORDS)}", "")] * load.THREADS
    await _against(bench, "search", "search page", words, targets=(0.12, None))
    # Both are kept in memory for some seconds: the peer reads each time what the house reads once in a while.
    guide = [(f"/items/{_ITEM}", "")] * load.THREADS
    await _against(bench, "guide", "guide page of an item", guide, targets=(0.12, None))
    question = [(f"/start/{_THEME}?hukou=elsewhere", "")] * load.THREADS
    await _against(bench, "guided", "guided question page", question, targets=(0.12, None))


async def _against(
    bench: Bench,
    name: str,
    words: str,
    pages: Sequence[tuple[str, str]],
    *,
    targets: tuple[float | None, float | None],
    more: int = 0,
) -> None:
    """``more`` is how many statements the page runs beside those of ``name``."""
    apart = one_by_one(bench.said[name][0]) != bench.said[name][:1]
    runs, whole, parts = [], [], []
    for _ in range(bench.pairs):
        runs.append(
            load.run(
                bench.house.base,
                load.reads(pages),
                seconds=bench.seconds,
                expect=200,
                folder=bench.folder,
                once=False,
            )
        )
        await peer.fresh(bench.house.dsn)  # fresh ids begin anew with each run
        whole.append(bench.pgbench_run(bench.script(name, apart=False), bench.peer_cases))
        if apart:
            await peer.fresh(bench.house.dsn)
            parts.append(bench.pgbench_run(bench.script(name, apart=True), bench.peer_cases))
    said = len(bench.said[name])
    against = bench.keep(words, runs, statements=said + more, count=len(bench.drafts))
    against("its single statement" if said == 1 else f"its {said} statements", whole, targets[0])
    if apart:
        against("its parts one by one", parts, targets[1])


def memory(bench: Bench) -> None:
    """PSS of the two web processes with their server, and of the worker, after all that load."""
    main, worker = bench.house.pid("web"), bench.house.pid("worker")
    web = sum(pss_mb(pid) for pid in (main, *bench.house.web_workers()) if pid)
    both = round(web + (pss_mb(worker) if worker else 0), 1)
    bench.rows.append(
        Row(name="web (2 processes) and worker", value=both, unit="MB PSS", target=250.0, rss_mb=both)
    )


async def draining(bench: Bench) -> None:
    """How fast the worker tells what was announced: an inbox notice and an SMS over HTTP for each submit."""

    async def handled() -> int:
        return int(await bench.db.value("SELECT count(*) FROM kit.handled"))

    before, began = await handled(), time.monotonic()
    await asyncio.sleep(bench.seconds)
    done = await handled() - before
    rate = round(done / (time.monotonic() - began), 1)
    bench.rows.append(
        Row(name="worker: events handled, with the sandbox's SMS gateway", value=rate, unit="1/s")
    )


@contextmanager
def resting(house: House) -> Iterator[None]:
    """Worker and sandbox stand still for the length of a ``with`` block.

    The supervisor would start a worker without a sign of life anew, so the bench gives the sign in its place.
    """
    pids = [pid for pid in (house.pid("worker"), house.pid("sandbox")) if pid]
    over = threading.Event()

    def beat() -> None:
        while not over.wait(2):
            heartbeat.beat(house.data / "run" / "worker.ready")

    beating = threading.Thread(target=beat, daemon=True)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    beating.start()
    try:
        yield
    finally:
        over.set()
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        beating.join()


async def measure(house: House, folder: Path, *, seconds: int, pairs: int) -> list[Row]:
    """All lines."""
    db = await crowd.opened()
    bench = Bench(house, db, folder, seconds=seconds, pairs=pairs)
    await bench.prepare()
    with resting(house):
        for lines in (submitting, reading):
            await lines(bench)
    memory(bench)
    await draining(bench)
    await db.close()
    return bench.rows


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each run; each line takes ten to fifteen")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="of runs a line; fewer are not kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder, own_house() as house:
        # This process works with the house's keys and city from here on.
        os.environ.update(house.environment | {"DATABASE_URL": house.dsn})
        reload()
        keys.current.cache_clear()
        rows = asyncio.run(measure(house, Path(folder), seconds=given.seconds, pairs=given.pairs))
    if given.pairs >= PAIRS:
        join(rows)
    print(table(rows))


if __name__ == "__main__":
    main()
