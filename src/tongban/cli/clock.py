# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands about time: why a case's dates are what they are, and the year's holiday notice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from tongban.cli.answers import json_option, own_database, print_json


@click.group()
def clock() -> None:
    """Time limits: explain a case's dates, load the year's holiday notice."""


@clock.command()
@click.argument("case")
@json_option
def explain(case: str, as_json: bool) -> None:
    """Explain every date of CASE (its 19-digit code or its id): which days count, which do not, and why.

    Nothing about the applicant is read or shown.
    """
    from tongban import cases
    from tongban.kit.db import DatabaseAway, connect
    from tongban.rooms import warm

    dsn = own_database()

    async def work() -> Any:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            await warm(db)
            return await cases.explain(db, code=case)
        finally:
            await db.close()

    try:
        found, limits = asyncio.run(work())
    except cases.NoSuchCase as none:
        raise click.ClickException(f"There is no case {case!r}.") from none
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    if as_json:
        print_json({"case": found.id, "code": found.short_code, "state": found.state, "limits": limits})
        return
    click.echo(f"{found.short_code or found.id}  {cases.STATE_WORDS[found.state]}")
    for one in limits:
        _tell(one)


def _tell(one: Any) -> None:
    from tongban.cases import LIMIT_WORDS

    runs = "" if one.runs else "（已结束）"
    click.echo(f"\n{LIMIT_WORDS[one.kind]}{runs}: {one.end}")
    words = f"  {one.days} {one.unit} from {one.start} (not counted)"
    if one.added:
        words += f", extended by {one.added} working days"
    if one.stopped:
        words += f", stopped for {one.stopped}"
    if one.about:
        words += f", for: {'、'.join(name.zh for name in one.about)}"
    click.echo(words)
    if one.basis:
        click.echo(f"  {one.basis.zh}")
    if not one.kept:
        click.echo("  NOT the date that the case keeps: it was reckoned by another calendar (see `worker`)")
    for mark in one.days_told:
        number = f"{mark.number:>4}" if mark.counted else "   -"
        click.echo(f"  {mark.day} {number}  {mark.reason.zh}")


@clock.command("load-notice")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def load_notice(file: Path, as_json: bool) -> None:
    """Load a year's holiday notice 放假安排 from FILE: day,kind,name_zh,name_en,notice,mark, as city/calendar.csv.

    The days of its years are replaced. Open cases whose dates it moves are reckoned anew within minutes, and their
    applicants told. Loaded twice it changes nothing.
    """
    from tongban.kit import clock as house_clock
    from tongban.kit.db import DatabaseAway, connect

    try:
        days = house_clock.calendar_file(file)
    except (house_clock.CalendarWrong, UnicodeDecodeError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    if not days:
        raise click.ClickException(
            f"{file.name} has no days: the first line names the columns, the others the days."
        )
    dsn = own_database()

    async def work() -> int:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            return await house_clock.import_calendar(db, days, now=house_clock.now())
        finally:
            await db.close()

    try:
        changed = asyncio.run(work())
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    if as_json:
        print_json({"days": len(days), "changed": changed})
    else:
        click.echo(f"{len(days)} days read, {changed} changed")
