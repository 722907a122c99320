# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands of the administrator: closing the house, news that was given up, an officer's account."""

from __future__ import annotations

import asyncio
import getpass
from datetime import datetime
from typing import Any

import click

from tongban.cli.answers import json_option, own_database, own_settings, print_json
from tongban.kit.policy import Duty


@click.group()
def maintenance() -> None:
    """Close the house for a while, or announce that it will be; works without the database."""


def _noticing(function: Any) -> Any:
    """The words of a notice, in both languages, and until when."""
    for decorate in (
        click.option(
            "--until",
            type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"]),
            help="On the city's clock: '2026-12-01 06:00'.",
        ),
        click.argument("english"),
        click.argument("chinese"),
    ):
        function = decorate(function)
    return function


@maintenance.command("on")
@_noticing
def close(chinese: str, english: str, until: datetime | None) -> None:
    """Answer every page and every call with 503 and these words, but for health checks."""
    _put_up(chinese, english, until, closed=True)
    click.echo("Closed. `tongban maintenance off` opens again, nothing else does.")


@maintenance.command("announce")
@_noticing
def announce(chinese: str, english: str, until: datetime | None) -> None:
    """Show these words above every page; everything goes on."""
    _put_up(chinese, english, until, closed=False)
    click.echo("Announced. `tongban maintenance off` takes it down.")


@maintenance.command("off")
def reopen() -> None:
    """Open again, and take down what was announced."""
    from tongban.kit import maintenance as notices

    told = notices.take_down(own_settings().data_dir)
    click.echo("Open." if told else "Nothing was closed or announced.")


def _put_up(chinese: str, english: str, until: datetime | None, *, closed: bool) -> None:
    from tongban.kit import clock
    from tongban.kit import maintenance as notices
    from tongban.kit.i18n import Text

    ends = until and until.replace(tzinfo=clock.city_zone())
    if ends and ends <= clock.now():
        raise click.BadParameter(f"{until:%Y-%m-%d %H:%M} is past.", param_hint="--until")
    told = notices.Notice(Text(chinese.strip(), english.strip()), closed, clock.now(), ends)
    if not (told.words.zh and told.words.en):
        raise click.UsageError("Say it in both languages: first in Chinese, then in English.")
    try:
        notices.put_up(own_settings().data_dir, told)
    except OSError as refused:
        raise click.ClickException(
            f"The data folder {own_settings().data_dir} cannot be written: {refused.strerror}."
        ) from refused


@click.command("retry-events")
@json_option
def retry_events(as_json: bool) -> None:
    """Send again what was given up (`tongban doctor` shows it), once its cause is mended; a ledger row for each."""
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway
    from tongban.up.events import retried

    try:
        freed = asyncio.run(retried(own_database(), now=clock.now()))
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    if as_json:
        print_json([{"id": event.id, "topic": event.topic, "at": event.at} for event in freed])
    else:
        lines = [f"{event.topic} of {event.at:%Y-%m-%d %H:%M} UTC goes out again" for event in freed]
        click.echo("\n".join(lines) or "nothing was given up")


@click.command("place-licences")
@json_option
def place_licences(as_json: bool) -> None:
    """Let licences that are older than the index of premises 一地一证 be found by it, once after an upgrade.

    The house may run meanwhile; broken off it is run again. A ledger row for each licence that is entered.
    """
    from tongban import cases
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway, connect

    dsn = own_database()

    async def work() -> int:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            return await cases.place_licences(db, now=clock.now())
        finally:
            await db.close()

    try:
        entered = asyncio.run(work())
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    if as_json:
        print_json({"entered": entered})
    else:
        click.echo(f"{entered} licences entered in the index of premises")


@click.group()
def staff() -> None:
    """What only the administrator does to an officer's account."""


@staff.command("duties")
@click.argument("username")
@click.argument("duties", nargs=-1, type=click.Choice([str(duty) for duty in Duty]))
@click.option("--none", "no_duties", is_flag=True, help="Take all duties away.")
@click.option("--department", help="Move her to this department, by its code.")
@click.option("--by", default="", help="Who decided it, by name; goes into the ledger. Needed for a change.")
@click.option("--reason", default="", help="Why; goes into the ledger. Needed for a change.")
@click.option(
    "--emergency",
    is_flag=True,
    help="Although two administrators could do it on the pages; the security and audit administrators are told.",
)
@json_option
def staff_duties(
    username: str,
    duties: tuple[str, ...],
    no_duties: bool,
    department: str | None,
    by: str,
    reason: str,
    emergency: bool,
    as_json: bool,
) -> None:
    """Say or change what an officer does, and where; her open sessions follow within two seconds.

    Without DUTIES, --none or --department it only says. DUTIES are all that she has from now on. For the first
    administrators of a house, and for an emergency: once a system and a security administrator can log in, the two of
    them do it on the pages.
    """
    from tongban import identity, regions
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway, connect

    dsn = own_database()
    wanted = [Duty(duty) for duty in duties] if duties or no_duties else None

    async def work() -> identity.Posting:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            if wanted is None and department is None:
                return await identity.posting(db, username=username)
            order = identity.ConsoleOrder(by.strip(), reason.strip(), getpass.getuser(), emergency)
            return await identity.post_to(
                db, username=username, duties=wanted, department=department, order=order, now=clock.now()
            )
        finally:
            await db.close()

    try:
        now = asyncio.run(work())
    except identity.PersonUnknown as unknown:
        raise click.ClickException(f"There is no officer {username!r}.") from unknown
    except regions.DepartmentUnknown as unknown:
        raise click.ClickException(f"There is no department {department!r}.") from unknown
    except identity.DutiesApart as apart:
        raise click.ClickException("An administrator's duty is all that she may have.") from apart
    except identity.StaffIncomplete as missing:
        raise click.ClickException(
            "Say who decided it and why: --by NAME --reason WORDS (40 and 500 characters at most)."
        ) from missing
    except identity.TwoDoIt as pages:
        raise click.ClickException(
            "A system and a security administrator can do it: one asks at /desk/staff, the other grants. Only where "
            "they cannot log in: --emergency, of which the security and audit administrators are told."
        ) from pages
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    if as_json:
        print_json({"username": username, "department": now.department, "duties": now.duties})
    else:
        click.echo(f"{username} in {now.department}: {', '.join(now.duties) or 'no duties'}")


@staff.command("succeed")
@click.argument("former")
@click.argument("successor")
@click.option(
    "--basis", required=True, help="The act that merges the departments, as applicants may ask for it."
)
@json_option
def staff_succeed(former: str, successor: str, basis: str, as_json: bool) -> None:
    """Pass all open cases of the department FORMER on to SUCCESSOR; may be broken off and called again."""
    from tongban import cases, regions, rooms
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway, connect
    from tongban.kit.errors import Refused

    dsn = own_database()

    async def work() -> int:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            await rooms.warm(db)
            return await cases.succeed(
                db, former=former, successor=successor, basis=basis, now=clock.now(), progress=tell
            )
        finally:
            await db.close()

    def tell(moved: int) -> None:
        if not as_json:
            click.echo(f"{moved} cases moved")

    try:
        moved = asyncio.run(work())
    except regions.DepartmentUnknown as unknown:
        raise click.ClickException(f"There is no department {former!r} or {successor!r}.") from unknown
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    if as_json:
        print_json({"former": former, "successor": successor, "moved": moved})
    else:
        click.echo(f"done: {moved} cases of {former} are {successor}'s")


@staff.command("reset-totp")
@click.argument("username")
@json_option
def reset_totp(username: str, as_json: bool) -> None:
    """Take a lost authenticator off an officer's account: back to the SMS; sessions end, and the ledger has it."""
    from tongban import identity
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway, connect

    dsn = own_database()

    async def work() -> bool:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            return await identity.reset_totp(db, username=username, now=clock.now())
        finally:
            await db.close()

    try:
        done = asyncio.run(work())
    except identity.PersonUnknown as unknown:
        raise click.ClickException(f"There is no officer {username!r}.") from unknown
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    if as_json:
        print_json({"username": username, "reset": done})
    else:
        click.echo(
            f"{username} is back at the SMS code" if done else f"{username} has no authenticator in use"
        )
