# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands of the catalogue: its items out to the national exchange tables and in from them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click

from tongban.cli.answers import json_option, own_database, own_settings, print_json

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILLED = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def catalogue() -> None:
    """The catalogue of service items 事项库."""


def _run(work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Do the work on the house's database, with the rooms warm."""
    from tongban import rooms
    from tongban.kit.db import DatabaseAway, connect

    dsn = own_database()

    async def done() -> Any:
        db = await connect(dsn, size=2, wait_seconds=10)
        try:
            await rooms.warm(db)
            return await work(db)
        finally:
            await db.close()

    try:
        return asyncio.run(done())
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away


@catalogue.command("export")
@click.argument("folder", type=_FOLDER)
@click.argument("codes", nargs=-1)
@click.option("--format", "form", type=click.Choice(["csv", "sql"]), default="csv", show_default=True)
@click.option(
    "--source", default="tongban", show_default=True, help="Who we are, for the column data_source."
)
def export(folder: Path, codes: tuple[str, ...], form: str, source: str) -> None:
    """Write the items in force, or those with these CODES, into FOLDER as the national exchange tables up_task_*.

    One file a table. A sixth, tongban_task_extra, has what the national tables have no column for.
    """
    from tongban import catalogue as room
    from tongban.kit import clock

    async def work(db: Any) -> dict[str, int]:
        return await room.export(db, folder, codes=codes, sql=form == "sql", source=source, now=clock.now())

    try:
        counts = _run(work)
    except room.NoSuchItem as unknown:
        raise click.ClickException("The catalogue has no item in force with one of these codes.") from unknown
    except OSError as closed:
        raise click.ClickException(f"Nothing can be written into {folder}: {closed.strerror}.") from closed
    for table, rows in counts.items():
        click.echo(f"{rows:7d}  {table}")


@catalogue.command("import")
@click.argument("folder", type=_FILLED)
@click.option("--dry-run", is_flag=True, help="Look at all of it, load nothing.")
@json_option
def import_(folder: Path, *, dry_run: bool, as_json: bool) -> None:
    """Publish the items of FOLDER's tables (.csv, .sql), all or nothing.

    Every fault is told by file, line and field, and then nothing is loaded: exit 1.
    """
    from tongban import catalogue as room
    from tongban.kit import clock

    area = room.area_code(own_settings().city_dir)

    async def work(db: Any) -> Any:
        return await room.take_in(db, folder, dry_run=dry_run, area_code=area, now=clock.now())

    try:
        done = _run(work)
    except room.ExchangeWrong as wrong:
        if as_json:
            print_json({"loaded": False, "faults": wrong.faults})
        else:
            for one in wrong.faults:
                place = ":".join([one.file, *([str(one.line)] if one.line else [])])
                click.echo(": ".join(filter(None, (place, one.field, one.message.en))), err=True)
            some = "1 fault" if len(wrong.faults) == 1 else f"{len(wrong.faults)} faults"
            click.echo(f"{some}; nothing was loaded.", err=True)
        raise SystemExit(1) from wrong
    except room.PublishedMeanwhile as lost:
        raise click.ClickException(
            "Items were published meanwhile; nothing was loaded. Run it again."
        ) from lost
    if as_json:
        print_json({"loaded": not dry_run, **done_as_plain(done)})
        return
    click.echo(
        f"{done.read} items read: {len(done.published)} to publish, {len(done.cancelled)} to cancel, "
        f"{done.unchanged} as they are." + (" Nothing was loaded (--dry-run)." if dry_run else "")
    )


def done_as_plain(done: Any) -> dict[str, Any]:
    """What an import did, for programs."""
    return {
        "read": done.read,
        "published": done.published,
        "cancelled": done.cancelled,
        "unchanged": done.unchanged,
    }


@catalogue.command("check")
@click.option("--year", type=int, default=2019, show_default=True, help="The year of what is new in it.")
@json_option
def check(year: int, as_json: bool) -> None:
    """Hold the whole catalogue in force against the rules, the register of sources and the legal list; count it; list
    open tasks.

    Exits with 1 while a version in force breaks a rule, an open task is overdue or an approval of the list has no item.
    """
    from tongban import catalogue as room
    from tongban.kit import clock

    async def work(db: Any) -> room.Survey:
        city_dir = own_settings().city_dir
        area, legal = room.area_code(city_dir), room.basic_list(city_dir)
        return await room.survey(db, year=year, area_code=area, legal=legal, now=clock.now())

    found: room.Survey = _run(work)
    if as_json:
        print_json(found.plain)
    else:
        click.echo(f"{found.on}  items offered on this day")
        for name, count in found.plain["counts"].items():
            click.echo(f"{count!s:>7}  {name}")
        click.echo(f"{found.asked:7d}  materials asked for")
        cover = found.coverage
        click.echo(f"{cover.connected:7d}  of {cover.lines} lines of the legal list connected")
        click.echo(f"{cover.approvals.connected:7d}  of {cover.approvals.lines} approvals connected")
        for department in cover.departments:
            for gap in department.gaps:
                click.echo(f"gap: {department.department} {gap.catalog_code} {gap.name.zh}")
        for one in found.findings:
            click.echo(f"{one['item']}: {one['rule']} {one['field']}: {one['message']}")
        for task in found.tasks:
            what = task.change or f"without {task.material}"
            click.echo(f"task: {task.item} {what} by {task.due_on} ({task.exemption or 'adjusted'})")
    sys.exit(0 if found.ends_well else 1)
