# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands about departments' systems that log people in through us."""

from __future__ import annotations

import asyncio

import click

from tongban.cli.answers import own_database, own_settings


@click.group()
def systems() -> None:
    """The systems of departments whose users log in through this house (city/oidc_clients.yaml)."""


@systems.command("load")
def load() -> None:
    """Register what the file names, and drop what it no longer names."""
    from tongban import identity
    from tongban.kit.db import connect

    dsn = own_database()

    async def work() -> int:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            return await identity.load_clients(db, own_settings().city_dir)
        finally:
            await db.close()

    try:
        number = asyncio.run(work())
    except identity.ClientsWrong as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"{number} systems are registered.")


@systems.command("secret")
def secret() -> None:
    """Make a secret for a system: it gets the first line, the file the second. Neither is kept here."""
    from tongban import identity

    made, hashed = identity.new_secret()
    click.echo(f"secret  {made}\nsha256  {hashed}")
