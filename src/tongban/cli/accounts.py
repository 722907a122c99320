# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""The command that counts accounts."""

from __future__ import annotations

import asyncio

import click
import msgspec

from tongban.cli.answers import json_option, own_database, print_json, print_table


@click.command()
@json_option
def accounts(as_json: bool) -> None:
    """How many have an account: persons, of whom local hukou, by real-name level, and firms.

    The row of the city's figures sheet that reads "10.08 M / 4.89 M / 1.99 M" is persons / local_hukou / firms. Closed
    and merged accounts do not count; hukou_unknown are persons whom the register was never asked about.
    """
    from tongban import identity
    from tongban.kit.db import connect

    dsn = own_database()

    async def work() -> identity.Figures:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            return await identity.figures(db)
        finally:
            await db.close()

    counted = msgspec.to_builtins(asyncio.run(work()))
    if as_json:
        print_json(counted)
    else:
        print_table([{"accounts": name, "count": number} for name, number in counted.items()])
