# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands of the reform's ledger: its rows, from which anybody recomputes its figures."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime

import click

from tongban.cli.answers import own_database


@click.group()
def reform() -> None:
    """The ledger of the reform 改革台账."""


@reform.command("export")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As it stood on this day; today without it.")
def export(on: datetime | None) -> None:
    """Write every row and every published figure, one JSON object a line, on standard output.

    `tongban reform export | python docs/recompute.py` recomputes each figure from the rows.
    """
    from tongban import reform as room
    from tongban import rooms
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway, connect

    dsn = own_database()

    async def work() -> None:
        db = await connect(dsn, size=2, wait_seconds=10)
        try:
            await rooms.warm(db)
            day: date = on.date() if on else clock.city_day(clock.now())
            for row in await room.exported(db, on=day):
                click.echo(json.dumps(row, ensure_ascii=False))
        finally:
            await db.close()

    try:
        asyncio.run(work())
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
