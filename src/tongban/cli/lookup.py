# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands about the look-up keys, under which people are found: ``tongban keys index``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tongban.cli.answers import json_option, own_settings, print_json, print_table
from tongban.cli.sealing import with_database

if TYPE_CHECKING:
    from tongban.kit.sealed import Turned


@click.group("index")
def lookup_keys() -> None:
    """The look-up keys, under which ID numbers and phones are found: docs/howto/keeping-data.md."""


@lookup_keys.command("list")
@json_option
def list_keys(as_json: bool) -> None:
    """Each look-up key with its age and what is spelled by it; counts over every table with people's hashes."""
    from tongban import respelling

    found = with_database(lambda db: respelling.listed(db, own_settings().data_dir))
    if as_json:
        print_json(found)
        return
    print_table(
        [
            {
                "key": f"{key.id} (writes now)" if key.newest else str(key.id),
                "since": f"{key.since:%Y-%m-%d %H:%M}",
                "where": place,
                "hashes": number,
            }
            for key in found
            for place, number in (key.places or {"nothing": 0}).items()
        ]
    )


@lookup_keys.command("new")
def new_key() -> None:
    """Make a look-up key by which hashes are written from now on. Back up the key folder after."""
    from tongban import respelling
    from tongban.kit import clock
    from tongban.kit.keys.renewing import KeysUsedUp, LookupUnderWay

    try:
        number = with_database(lambda db: respelling.new(db, own_settings().data_dir, now=clock.now()))
    except LookupUnderWay as two:
        raise click.ClickException(
            "The look-up key before the newest one still stands. Run `tongban keys index rotate`, then `retire` it; "
            "`tongban keys index list` shows which."
        ) from two
    except KeysUsedUp as full:
        raise click.ClickException("255 keys were made; the id has no room for another.") from full
    click.echo(
        f"Look-up key {number} writes from now on. Back up the key folder, then from tomorrow at this time "
        "`tongban keys index rotate`."
    )


@lookup_keys.command("rotate")
@click.option(
    "--rest", default=1.0, show_default=True, help="Rest after a batch, in parts of the time it took."
)
def rotate(rest: float) -> None:
    """Spell everything by the newest look-up key; may be broken off and called again, the house runs on."""
    from tongban import respelling
    from tongban.kit import clock

    def tell(turned: Turned) -> None:
        click.echo(f"{turned.table}: {turned.rows} rows")

    data = own_settings().data_dir
    try:
        found = with_database(
            lambda db: respelling.rotate(db, data, rest=rest, progress=tell, now=clock.now())
        )
    except respelling.NothingToSpell as one:
        raise click.ClickException(
            "There is one look-up key only, and everything is spelled by it. `tongban keys index new` makes another."
        ) from one
    except respelling.TooSoon as soon:
        raise click.ClickException(f"Too soon: {soon}. Call it again then.") from soon
    if broken := [one for one in found if one.broken]:
        left = ", ".join(f"{one.table} {one.broken}" for one in broken)
        raise click.ClickException(f"These are spelled by an unknown key and stay, named in the log: {left}.")
    old = min(key.id for key in with_database(lambda db: respelling.listed(db, data)))
    click.echo(
        f"done: {sum(one.rows for one in found)} rows are spelled by the newest key. Key {old} may be taken out: "
        f"`tongban keys index retire {old}`."
    )


@lookup_keys.command("retire")
@click.argument("number", type=int)
def retire(number: int) -> None:
    """Put the look-up key NUMBER away, once nothing is spelled by it any more."""
    from tongban import rekeying, respelling
    from tongban.kit import clock

    try:
        path = with_database(
            lambda db: respelling.retire(db, own_settings().data_dir, number, now=clock.now())
        )
    except rekeying.StillUsed as used:
        where = "".join(f"\n  {place}: {count}" for place, count in used.places.items())
        hint = "\nRun `tongban keys index rotate` first: without the key these people are found no more."
        raise click.ClickException(f"{used}{where}{hint if used.places else ''}") from used
    click.echo(f"Look-up key {number} lies in {path}. Keep it as long as backups of before are kept.")
