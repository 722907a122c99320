"""Periodic jobs: repeated, and one that fails does not stop."""

from __future__ import annotations

import asyncio

from tongban import news, worker
from tongban.kit.db import Database


async def test_a_job_that_fails_is_tried_again(db: Database) -> None:
    runs: list[int] = []

    async def job(_: Database, *, now: object) -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise RuntimeError("the test says no")

    stop = asyncio.Event()
    loop = asyncio.create_task(worker._repeat(db, stop, news.Periodic("t.job", 0.01, job)))
    while len(runs) < 3:
        await asyncio.sleep(0.01)
        assert not loop.done()
    stop.set()
    await asyncio.wait_for(loop, 2)


async def test_every_periodic_job_of_the_house_runs_on_a_fresh_city(city: Database) -> None:
    from tongban.kit import clock

    for job in news.PERIODIC:
        await job.run(city, now=clock.now())
        await job.run(city, now=clock.now())
