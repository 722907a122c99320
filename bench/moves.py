"""``python -m bench.moves``: an officer's moves by their actions, against pgbench with the same statements.

A move is one read and one write: the case with its version, then lock, rule, step, clock, ledger row, timer and news in
one statement. Both sides work on fresh copies of one seed database on one server, in turn: two processes of the house
with eight moves at a time each, as many as two web processes have, and pgbench with sixteen clients. What HTTP, the
session and the page cost is measured by ``python -m bench``.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import uvloop

from bench import crowd, peer
from bench.__main__ import PAIRS, resting
from bench.house import House, own_house
from bench.peer import CLIENTS, Measured
from bench.rows import Row, join, middle, table
from bench.statements import APPLICANT, BUCKET, CASE, PURPOSE, Recording, Script, uuid_of
from tongban import cases, catalogue, rooms
from tongban.audit import jobs as audit_jobs
from tongban.cases.model.facts import stored
from tongban.kit import clock, forms, keys
from tongban.kit.db import Database, connect
from tongban.kit.db.embedded import EmbeddedPostgres
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Role
from tongban.settings import reload, settings, use_database

TARGET = 0.4
PROCESSES = 2
#: More than pgbench can move in a second here; a run that uses its cases up is refused.
_PER_SECOND = 4000
_OFFICER = UUID("019000ff-0000-7000-8000-000000000001")
Act = Callable[[Database, Actor, UUID, UUID], Coroutine[Any, Any, None]]


async def _accept(db: Database, officer: Actor, case_id: UUID, applicant: UUID) -> None:
    await cases.accept(db, officer, case_id=case_id, applicant=applicant, now=clock.now())


async def _approve(db: Database, officer: Actor, case_id: UUID, applicant: UUID) -> None:
    await cases.approve(db, officer, case_id=case_id, applicant=applicant, now=clock.now())


MOVES: dict[str, Act] = {"accept": _accept, "approve": _approve}


def case_at(number: int) -> UUID:
    """The id of the bench case of this number: what :func:`bench.statements.uuid_of` computes in SQL."""
    return _identifier(CASE, number)


def _identifier(family: int, number: int) -> UUID:
    return UUID(f"019000{family:02x}-0000-7{(number % 1024) * 4:03x}-8000-{number:012x}")


def driven(dsn: str, move: str, department: str, numbers: range, seconds: float) -> tuple[list[float], float]:
    """Move as many of these cases as go in ``seconds``, eight at a time; gives how long each took and all together."""
    return uvloop.run(_driven(dsn, MOVES[move], department, numbers, seconds))


async def _driven(
    dsn: str, act: Act, department: str, numbers: range, seconds: float
) -> tuple[list[float], float]:
    at_once = CLIENTS // PROCESSES
    db = await connect(dsn, size=at_once)
    await rooms.warm(db)
    officer = Actor(Role.OFFICER, _OFFICER, "台架", department, 1, duties=OFFICERS_DUTIES)
    left, took = iter(numbers), list[float]()

    async def one(number: int) -> None:
        await act(db, officer, case_at(number), _identifier(APPLICANT, number))

    async def goes_on(until: float) -> None:
        while time.perf_counter() < until and (number := next(left, None)) is not None:
            began = time.perf_counter()
            await one(number)
            took.append(time.perf_counter() - began)

    for number in islice(left, at_once):  # fills what the process keeps
        await one(number)
    began = time.perf_counter()
    await asyncio.gather(*(goes_on(began + seconds) for _ in range(at_once)))
    spent = time.perf_counter() - began
    await db.close()
    return took, spent


class Moves:
    """One house under measurement, with the seed that both sides begin from."""

    def __init__(self, house: House, folder: Path, *, seconds: int) -> None:
        self.house = house
        self.folder = folder
        self.seconds = seconds
        self.count = seconds * _PER_SECOND
        self.pgbench = EmbeddedPostgres(house.data / "postgres").bin / "pgbench"

    async def prepare(self) -> None:
        """The seed: submitted cases with all that a submit leaves to be moved, their answers sealed each for itself."""
        db = await crowd.opened()
        self.model = await crowd.prototype(db, now=clock.now())
        await db.close()
        await peer.seed(self.house.dsn, self.model, drafts=0, cases=self.count)
        seeded = await connect(peer.at(self.house.dsn, peer.SEED), size=2)
        await rooms.load_city(seeded, settings().city_dir, now=clock.now())
        await audit_jobs.partitions(seeded, now=clock.now())
        await self._seal(seeded)
        ids = {kind: uuid_of(kind).replace(":i::int", "i") for kind in (CASE, APPLICANT, PURPOSE)}
        bucket = BUCKET.replace(":i::int", "i")
        await self._run(
            f"""INSERT INTO audit.purpose (bucket, id, subject, kind, reference, item, fields, basis, opened_at, until)
            SELECT {bucket}, {ids[PURPOSE]}, {ids[APPLICANT]}, 'case', {ids[CASE]}::text, '{self.model.case.item}',
                ARRAY['population.name'], 'bench', now(), now() + interval '30 days'
            FROM generate_series(1, {self.count}) AS i""",
            f"""INSERT INTO kit.timer (bucket, kind, reference, id, subject, due_at, payload)
            SELECT {bucket}, 'cases.acceptance', {ids[CASE]}::text, gen_random_uuid(), {ids[APPLICANT]},
                now() + interval '5 days', '{{}}' FROM generate_series(1, {self.count}) AS i""",
            'VACUUM (FULL, ANALYZE) cases."case"',
            "VACUUM ANALYZE",
        )
        await seeded.close()

    async def _seal(self, db: Database) -> None:
        version = await catalogue.version(db, self.model.case.item, self.model.case.item_version)
        form, ring = forms.compile_form(version.form), keys.current()
        for first in range(1, self.count + 1, 2000):
            ids = [case_at(number) for number in range(first, min(first + 2000, self.count + 1))]
            answers = [forms.seal_answers(form, self.model.answers, ring, one.bytes) for one in ids]
            facts = [stored(self.model.facts, form, ring, one.bytes) for one in ids]
            await db.run(
                """UPDATE cases."case" SET answers = made.answers::jsonb, facts = made.facts::jsonb
                FROM unnest($1::uuid[], $2::text[], $3::text[]) AS made (id, answers, facts)
                WHERE "case".id = made.id""",
                ids,
                *([msgspec.json.encode(one).decode() for one in column] for column in (answers, facts)),
            )

    async def _run(self, *statements: str) -> None:
        connection = await asyncpg.connect(peer.at(self.house.dsn, peer.SEED))
        for statement in statements:
            await connection.execute(statement, timeout=600)
        await connection.close()

    async def go_on(self) -> None:
        """The seed's cases are accepted: what an approval begins with."""
        await self._run(
            f"""UPDATE cases."case" SET state = 'accepted', version = version + 1, accepted_at = now(),
                promise_due = now() + interval '10 days', statutory_due = now() + interval '20 days',
                warn_at = now() + interval '8 days', assignee = '{_OFFICER}', assignee_name = '台架'""",
            """INSERT INTO cases.event (bucket, case_id, version, move, from_state, to_state, actor_role, actor_name,
                at, detail)
            SELECT bucket, id, version, 'accept', 'submitted', 'accepted', 'officer', '台架', now(), '{}'
            FROM cases."case" """,
            "DELETE FROM kit.timer",
            'VACUUM (FULL, ANALYZE) cases."case"',
            "VACUUM ANALYZE",
        )

    async def script(self, move: str) -> tuple[str, int]:
        """A move's statements for pgbench, caught while the house runs them, and how many they are."""
        await peer.fresh(self.house.dsn)
        db = await connect(peer.at(self.house.dsn, peer.PEER), size=2)
        await rooms.warm(db)
        officer = Actor(Role.OFFICER, _OFFICER, "台架", self.model.department, 1, duties=OFFICERS_DUTIES)
        # Its bucket must not be mistaken for another number of the statements.
        first, number = self.count - 1, next(at for at in range(self.count, 0, -1) if at % 1024 > 900)
        await MOVES[move](db, officer, case_at(first), _identifier(APPLICANT, first))
        recording = Recording(db)
        await MOVES[move](recording, officer, case_at(number), _identifier(APPLICANT, number))
        await db.close()
        return Script(_same(number)).text(recording.said), len(recording.said)

    async def house_runs(self, move: str) -> Measured:
        """One run of the house's two processes; what was answered must stand in the database."""
        await peer.fresh(self.house.dsn)
        dsn, share = peer.at(self.house.dsn, peer.PEER), self.count // PROCESSES
        with ProcessPoolExecutor(
            PROCESSES, multiprocessing.get_context("spawn"), initializer=use_database, initargs=(dsn,)
        ) as drivers:
            runs = [
                drivers.submit(
                    driven,
                    dsn,
                    move,
                    self.model.department,
                    range(1 + place * share, 1 + (place + 1) * share),
                    float(self.seconds),
                )
                for place in range(PROCESSES)
            ]
            told = [await asyncio.wrap_future(run) for run in runs]
        took = sorted(one for each, _ in told for one in each)
        await self._stand(move, len(took) + CLIENTS)
        return Measured(
            sum(len(each) / spent for each, spent in told),
            took[len(took) // 2] * 1000,
            took[len(took) * 99 // 100] * 1000,
            len(took),
        )

    async def peer_runs(self, move: str, script: str) -> Measured:
        """One run of pgbench."""
        await peer.fresh(self.house.dsn)
        run = peer.run(
            self.pgbench,
            self.house.dsn,
            script,
            seconds=self.seconds,
            rows=range(1, self.count + 1),
            folder=self.folder,
        )
        await self._stand(move, run.done)
        return run

    async def _stand(self, move: str, done: int) -> None:
        connection = await asyncpg.connect(peer.at(self.house.dsn, peer.PEER))
        stand = await connection.fetchval(
            """SELECT count(*) FROM cases.event WHERE move = $1 AND actor_name = '台架' AND at > $2""",
            move,
            self.began,
        )
        await connection.close()
        if stand < done:
            raise RuntimeError(
                f"{stand} stand for {done} {move}s: the cases were used up, or a move was lost"
            )

    async def row(self, move: str, *, pairs: int) -> Row:
        """Both in turn, ``pairs`` times."""
        self.began = clock.now()
        script, statements = await self.script(move)
        runs, peers = [], []
        for _ in range(pairs):
            runs.append(await self.house_runs(move))
            peers.append(await self.peer_runs(move, script))
        return Row(
            name=f"move: {move}, by its action, against the same {statements} statements",
            value=middle([run.per_second for run in runs]) or 0.0,
            unit="1/s",
            peer=middle([run.per_second for run in peers]),
            ratio=middle([a.per_second / b.per_second for a, b in zip(runs, peers, strict=True)]),
            target=TARGET,
            p50_ms=middle([run.p50_ms for run in runs]),
            p99_ms=middle([run.p99_ms for run in runs]),
            statements=statements,
            rows=self.count,
        )


def _same(number: int) -> dict[Any, str]:
    ids = {_identifier(family, number): uuid_of(family) for family in (CASE, APPLICANT, PURPOSE)}
    return {
        **ids,
        **{str(value): f"{sql}::text" for value, sql in ids.items()},
        _OFFICER: f"'{_OFFICER}'::uuid",
        number % 1024: BUCKET,
    }


async def measure(moves: Moves, *, pairs: int) -> list[Row]:
    """All lines."""
    await moves.prepare()
    with resting(moves.house):
        accepted = await moves.row("accept", pairs=pairs)
        await moves.go_on()
        return [accepted, await moves.row("approve", pairs=pairs)]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.moves", description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each run; each line takes ten")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="of runs a line; fewer are not kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder, own_house() as house:
        # This process and its children work with the house's keys and city from here on.
        os.environ.update(house.environment | {"DATABASE_URL": house.dsn})
        reload()
        keys.current.cache_clear()
        rows = asyncio.run(measure(Moves(house, Path(folder), seconds=given.seconds), pairs=given.pairs))
    if given.pairs >= PAIRS:
        join(rows)
    print(table(rows))


if __name__ == "__main__":
    main()
