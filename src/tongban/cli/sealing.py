# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands about the keys that seal personal columns and files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from tongban.cli.answers import json_option, own_database, own_settings, print_json, print_table

if TYPE_CHECKING:
    from tongban.kit.db import Database
    from tongban.kit.sealed import Turned

T = TypeVar("T")


@click.group("keys")
def sealing_keys() -> None:
    """The keys that seal personal columns and files: docs/howto/keeping-data.md."""


def with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """What ``work`` gives, done on a connection of its own; a house that is down is told as such."""
    from tongban.kit.db import DatabaseAway, connect

    async def whole() -> T:
        db = await connect(own_database(), size=1, wait_seconds=10)
        try:
            return await work(db)
        finally:
            await db.close()

    try:
        return asyncio.run(whole())
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away


@sealing_keys.command("list")
@json_option
def list_keys(as_json: bool) -> None:
    """Each key with its age and what it sealed; counts over every table with sealed values."""
    from tongban import rekeying

    found = with_database(lambda db: rekeying.listed(db, own_settings().data_dir))
    if as_json:
        print_json(found)
        return
    rows = [
        {
            "key": f"{key.id} (seals now)" if key.newest else str(key.id),
            "cipher": {"aes": "AES-256-GCM", "sm4": "SM4-GCM"}[key.cipher],
            "since": f"{key.since:%Y-%m-%d %H:%M}",
            "where": place,
            "values": number,
        }
        for key in found
        for place, number in (key.places or {"nothing": 0}).items()
    ]
    print_table(rows)


@sealing_keys.command("new")
def new_key() -> None:
    """Make a key that seals from now on; older ones go on opening what they sealed. Back up the key folder after."""
    from tongban import rekeying
    from tongban.kit import clock
    from tongban.kit.keys.renewing import KeysUsedUp

    try:
        number = with_database(lambda db: rekeying.new(db, own_settings().data_dir, now=clock.now()))
    except KeysUsedUp as full:
        raise click.ClickException("255 keys were made; the id has no room for another.") from full
    click.echo(f"Key {number} seals from now on. Back up the key folder, then `tongban keys rotate`.")


@sealing_keys.command("rotate")
@click.option(
    "--rest", default=1.0, show_default=True, help="Rest after a batch, in parts of the time it took."
)
def rotate(rest: float) -> None:
    """Seal everything again with the newest key; may be broken off and called again, the house runs on."""
    from tongban import rekeying
    from tongban.kit import clock

    def tell(turned: Turned) -> None:
        click.echo(f"{turned.table}: {turned.rows} rows")

    found = with_database(lambda db: rekeying.rotate(db, rest=rest, progress=tell, now=clock.now()))
    click.echo(f"done: {sum(one.rows for one in found)} rows and files are under the newest key")
    if broken := [one for one in found if one.broken]:
        left = ", ".join(f"{one.table} {one.broken}" for one in broken)
        raise click.ClickException(f"These do not open and stay as they were, named in the log: {left}.")


@sealing_keys.command("retire")
@click.argument("number", type=int)
def retire(number: int) -> None:
    """Put the key NUMBER away, once nothing is sealed with it any more."""
    from tongban import rekeying
    from tongban.kit import clock

    try:
        path = with_database(lambda db: rekeying.retire(db, own_settings().data_dir, number, now=clock.now()))
    except rekeying.StillUsed as used:
        where = "".join(f"\n  {place}: {count}" for place, count in used.places.items())
        hint = "\nRun `tongban keys rotate` first." if used.places else ""
        raise click.ClickException(f"{used}{where}{hint}") from used
    click.echo(f"Key {number} lies in {path}. Keep it as long as backups of before are kept.")
