"""Kill under load: eight clients submit, the house's processes are killed at random, then the logs are judged."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import asyncpg
import msgspec

from bench import crowd
from bench.clients import CLIENTS, Client, acknowledged
from bench.house import HOME, House
from bench.judge import Verdict, judge, quiet
from bench.killer import Kill, kill_often

#: What the clients try for together; what is asked of them is 20 a second with all outages counted in.
PER_SECOND = 40
#: How long the clients go on after the last kill, so that its recovery is under load too.
AFTERWARDS_SECONDS = 6.0


class Course(msgspec.Struct, kw_only=True):
    """How a kill run went."""

    verdict: Verdict
    kills: list[Kill]
    seconds: float
    per_second: float
    slowest_seconds: float
    quiet_after: float | None

    @property
    def kinds(self) -> dict[str, int]:
        """Kills by kind."""
        return dict(Counter(kill.kind for kill in self.kills))

    @property
    def faults(self) -> list[str]:
        """Everything that is not as promised; empty is what a test wants."""
        missing = [f"{kill.kind} did not come back" for kill in self.kills if kill.back_after is None]
        late = [] if self.quiet_after is not None else ["the outbox did not drain"]
        return [*self.verdict.wrong, *missing, *late]

    def told(self) -> str:
        """The run in a few lines for people."""
        counted = f"{self.verdict.acknowledged} submits acknowledged, {self.verdict.submitted} there"
        pace = f"{self.per_second:.1f}/s; the slowest took {self.slowest_seconds:.1f} s"
        lines = [
            f"{counted}, in {self.seconds:.0f} s: {pace}",
            *(f"  killed {kill.kind:<12} back after {kill.back_after} s" for kill in self.kills),
            f"  outbox empty after {self.quiet_after} s",
            *(f"  WRONG: {fault}" for fault in self.faults),
        ]
        return "\n".join(lines)


async def kill_under_load(
    house: House,
    folder: Path,
    *,
    kills: int,
    seconds: float,
    quiet_seconds: float = 60,
    forgetful: bool = False,
) -> Course:
    """Load the house for ``seconds`` and kill ``kills`` times meanwhile; judge when all is quiet.

    ``forgetful`` makes the server acknowledge before its disk has the commit: a run that must be found wrong.
    """
    people = folder / "people.jsonl"
    await asyncio.to_thread(
        _make_crowd, house, people, round((seconds + AFTERWARDS_SECONDS) * PER_SECOND * 1.2)
    )
    drafts = list(crowd.read(people))
    if forgetful:
        await _forget(house.dsn)
    dsn, began = house.dsn, time.monotonic()
    until = began + seconds + AFTERWARDS_SECONDS
    # Not even the choice of drafts is shared: a client is a world of its own.
    clients = [
        Client(house.base, iter(drafts[place::CLIENTS]), folder / f"client-{place}.jsonl")
        for place in range(CLIENTS)
    ]
    pace = PER_SECOND / CLIENTS
    killing = asyncio.create_task(kill_often(house, count=kills, seconds=seconds))
    await asyncio.gather(killing, *(client.run(until=until, per_second=pace) for client in clients))
    spent = time.monotonic() - began
    still = time.monotonic()
    calm = await quiet(dsn, seconds=quiet_seconds)
    told = acknowledged([client.log for client in clients])
    return Course(
        verdict=await judge(house, drafts, told, [words for client in clients for words in client.refused]),
        kills=killing.result(),
        seconds=round(spent, 1),
        per_second=round(len(told) / spent, 1),
        slowest_seconds=round(max((line.seconds for line in told), default=0.0), 2),
        quiet_after=round(time.monotonic() - still, 1) if calm else None,
    )


def _make_crowd(house: House, out: Path, count: int) -> None:
    """In a process of its own: it works with the house's keys, the caller keeps its own settings."""
    subprocess.run(
        [sys.executable, "-m", "bench.crowd", "--count", str(count), "--out", str(out)],
        cwd=HOME,
        env=house.environment | {"DATABASE_URL": house.dsn},
        check=True,
    )


async def _forget(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("ALTER SYSTEM SET synchronous_commit = off")
    await connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()
