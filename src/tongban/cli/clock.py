# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands about time: why a case's dates are what they are, and the year's holiday notice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tongban.cli.answers import json_option, own_database, print_json


@click.group()
def clock() -> None:
    """Time limits: explain a case's dates, load the year's holiday notice."""


@clock.command()
@click.argument("case")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", help="The language of the words.")
@json_option
def explain(case: str, language: str, as_json: bool) -> None:
    """Explain every date of CASE (its 19-digit code or its id): which days count, which do not, and why.

    Nothing about the applicant is read or shown.
    """
    from tongban import cases
    from tongban.kit.db import DatabaseAway, connect
    from tongban.kit.i18n import use_language
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
    with use_language("zh" if language == "zh" else "en"):
        click.echo(f"{found.short_code or found.id}  {cases.STATE_WORDS[found.state]}")
        for one in limits:
            _tell(one)


def _tell(one: Any) -> None:
    """One limit: its end and by what it ended, how it counts, its law, its days."""
    from tongban.cases import LIMIT_WORDS

    click.echo(f"\n{LIMIT_WORDS[one.kind]}: {one.end}")
    for sentence in _sentences(one):
        click.echo(f"  {sentence}")
    for mark in one.days_told:
        number = f"{mark.number:>4}" if mark.counted else "   -"
        click.echo(f"  {mark.day} {number}  {mark.reason}")


def _sentences(one: Any) -> Iterator[object]:
    """What is to be said of a limit besides its days, in the language of the moment."""
    from tongban.kit.i18n import N_

    if one.ended:
        yield N_("已于 {day} 结束。", day=one.ended)
    elif not one.runs:
        yield N_("已结束。")
    yield {
        "working": N_("{days} 个工作日，从 {start} 的次日起算。", days=one.days, start=one.start),
        "calendar": N_("{days} 日，从 {start} 的次日起算。", days=one.days, start=one.start),
        "months": N_("{days} 个月，从 {start} 的次日起算。", days=one.days, start=one.start),
    }[one.unit]
    if one.added:
        yield {
            "working": N_("经批准延长 {days} 个工作日。", days=one.added),
            "calendar": N_("经批准延长 {days} 日。", days=one.added),
        }[one.added_in]
    if one.stopped:
        yield N_("特别程序停止计时 {days} 天。", days=one.stopped)
    yield from one.foreseen_words
    if one.by_law:
        yield N_("法定办结期限先到，以法定办结期限为准。")
    if one.provisional:
        yield N_("该年度放假安排尚未公布，日期为暂定，公布后如有变化会告知您。")
    for name in one.about:
        yield N_("要补交：{names}。", names=name)
    if one.basis:
        yield one.basis
    if not one.kept:
        yield N_("注意：办件保存的不是这个日期，它是按另一版日历算的；请检查后台任务进程。")


@clock.command("load-notice")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sure", is_flag=True, help="Load it although it can hardly be a whole year's notice.")
@json_option
def load_notice(file: Path, sure: bool, as_json: bool) -> None:
    """Load a year's holiday notice 放假安排 from FILE: day,kind,name_zh,name_en,notice,mark, as city/calendar.csv.

    The days of its years are replaced. Open cases whose dates it moves are reckoned anew within minutes, and their
    applicants told. Loaded twice it changes nothing. What can hardly be a notice (a festival without a day off, days
    of an earlier notice lost) is refused with what is odd, unless you are sure.
    """
    from tongban import cases
    from tongban.kit import clock as house_clock
    from tongban.kit.db import DatabaseAway, connect
    from tongban.kit.errors import Refused
    from tongban.kit.i18n import use_language
    from tongban.kit.policy import SYSTEM

    dsn = own_database()

    async def work(text: str) -> int:
        db = await connect(dsn, size=1, wait_seconds=10)
        try:
            return await cases.load_notice(db, SYSTEM, text=text, now=house_clock.now(), sure=sure)
        finally:
            await db.close()

    with use_language("en"):
        try:
            text = file.read_text(encoding="utf-8")
            changed = asyncio.run(work(text))
        except (Refused, UnicodeDecodeError) as wrong:
            said = wrong.message if isinstance(wrong, Refused) else wrong
            again = (
                " If that is right, say --sure." if getattr(wrong, "code", "") == "calendar-doubtful" else ""
            )
            raise click.ClickException(f"{file.name}: {said}{again}") from wrong
        except DatabaseAway as away:
            raise click.ClickException(
                "The database does not answer; start the house and try again."
            ) from away
    days = len(house_clock.calendar_days(text))
    if as_json:
        print_json({"days": days, "changed": changed})
    else:
        click.echo(f"{days} days read, {changed} changed")
