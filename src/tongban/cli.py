# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""The command line: thin doors to what the modules do. `tongban COMMAND --help` explains each.

`tongban up` must be on its feet in a moment, and must not carry what only `tongban tour` needs.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from tongban.settings import Settings, SettingsWrong, settings, use_database

_as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


def _settings() -> Settings:
    """The settings; a wrong one is a sentence, not a trace."""
    try:
        return settings()
    except SettingsWrong as wrong:
        raise click.ClickException(str(wrong)) from wrong


def _database() -> str:
    """DATABASE_URL, else the database of the house that runs on this data folder."""
    from tongban.up.place import noted_database

    given = _settings()
    dsn = given.database_url or noted_database(given.data_dir)
    if dsn is None:
        raise click.ClickException("No database: set DATABASE_URL, or start the house with make run.")
    use_database(dsn)
    return dsn


def _print_json(value: Any) -> None:
    click.echo(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in rows[0] if rows else ():
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console(highlight=False).print(table)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tongban")
def main() -> None:
    """Tongban 通办: one portal, one counter, one data exchange for everything settled with the city."""


@main.command()
@click.option("--verbose", is_flag=True, help="Show every line of every child.")
def up(verbose: bool) -> None:
    """Start the whole house and keep it up: database, demo city, web, worker, sandbox. Ctrl-C stops it."""
    from tongban.up import up as start

    sys.exit(start(_settings(), verbose=verbose))


@main.command()
def serve() -> None:
    """Serve the web pages and the API (one part of `up`)."""
    _database()
    from tongban.up.serve import serve as start

    start()


@main.command()
def worker() -> None:
    """Drain the outbox, fire timers, run periodic jobs (one part of `up`)."""
    _database()
    importlib.import_module("uvloop").run(importlib.import_module("tongban.worker").run())


@main.command()
@_as_json
def migrate(as_json: bool) -> None:
    """Bring the database to the newest migration; safe to repeat."""
    from tongban.up import CannotStart, databases

    dsn = _database()

    async def work() -> list[str]:
        await databases.check_own(dsn, wait_seconds=30)
        return await databases.migrate(dsn)

    try:
        applied = asyncio.run(work())
    except CannotStart as refused:
        raise click.ClickException(str(refused)) from refused
    if as_json:
        _print_json({"applied": applied})
    else:
        click.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do")


@main.command()
@click.option("--logins", is_flag=True, help="Load nothing, list the demo people who can log in.")
@_as_json
def demo(logins: bool, as_json: bool) -> None:
    """Load the demo city; safe to repeat. With --json a line for each step: step, done, of."""
    if importlib.util.find_spec("tongban.demo") is None:
        raise click.ClickException("This build has no demo city.")
    room = importlib.import_module("tongban.demo")
    if logins:
        people = msgspec.to_builtins(room.logins())
        if as_json:
            _print_json(people)
        else:
            _print_table(people)
        return
    dsn = _database()

    def progress(step: str, done: int, of: int) -> None:
        told = {"step": step, "done": done, "of": of}
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{step} {done}/{of}")

    async def work() -> None:
        from tongban.kit import clock
        from tongban.kit.db import connect

        db = await connect(dsn, wait_seconds=30)
        try:
            await room.load(db, progress=progress, now=clock.now())
        finally:
            await db.close()

    asyncio.run(work())


@main.command()
@_as_json
def doctor(as_json: bool) -> None:
    """Look for what may be wrong here; changes nothing. Exit 1 when something is bad."""
    from tongban.up.doctor import examined

    findings = examined(_settings())
    if as_json:
        _print_json(findings)
    else:
        marks = {"good": "✓", "note": "·", "bad": "✗"}
        for finding in findings:
            click.echo(f"{marks[finding.state]} {finding.name:<18} {finding.words}")
    sys.exit(any(finding.state == "bad" for finding in findings))


@main.group()
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

    told = notices.take_down(_settings().data_dir)
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
        notices.put_up(_settings().data_dir, told)
    except OSError as refused:
        raise click.ClickException(
            f"The data folder {_settings().data_dir} cannot be written: {refused.strerror}."
        ) from refused


@main.command("retry-events")
@_as_json
def retry_events(as_json: bool) -> None:
    """Send again what was given up (`tongban doctor` shows it), once its cause is mended; a ledger row for each."""
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway
    from tongban.up.events import retried

    try:
        freed = asyncio.run(retried(_database(), now=clock.now()))
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    if as_json:
        _print_json([{"id": event.id, "topic": event.topic, "at": event.at} for event in freed])
    else:
        lines = [f"{event.topic} of {event.at:%Y-%m-%d %H:%M} UTC goes out again" for event in freed]
        click.echo("\n".join(lines) or "nothing was given up")


@main.group()
def staff() -> None:
    """What only the administrator does to an officer's account."""


@staff.command("reset-totp")
@click.argument("username")
@_as_json
def reset_totp(username: str, as_json: bool) -> None:
    """Take a lost authenticator off an officer's account: back to the SMS; sessions end, and the ledger has it."""
    from tongban import identity
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway, connect

    dsn = _database()

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
        _print_json({"username": username, "reset": done})
    else:
        click.echo(
            f"{username} is back at the SMS code" if done else f"{username} has no authenticator in use"
        )


def _papers() -> Path:
    """A folder of this tour's own: two at once do not write over each other."""
    from tongban.kit import clock

    return _settings().data_dir / "tour" / f"{clock.now():%Y%m%d-%H%M%S}-{os.getpid()}"


@main.command()
@click.option("--papers", type=click.Path(file_okay=False, path_type=Path), help="Where to save the papers.")
@_as_json
def tour(papers: Path | None, as_json: bool) -> None:
    """Walk the main job over HTTP against the running house, as resident, officer and verifier."""
    walk = importlib.import_module("tongban.tour")
    sys.exit(walk.run(papers=papers or _papers(), as_json=as_json))


@main.command()
@_as_json
def routes(as_json: bool) -> None:
    """Every route: methods, path, who may, and where the code stands."""
    found = _routes()
    if as_json:
        _print_json(found)
    else:
        for route in found:
            click.echo(f"{route['methods']:<10} {route['path']:<42} {route['who']:<28} {route['code']}")


def _routes() -> list[dict[str, str]]:
    from litestar.handlers import HTTPRouteHandler

    package = Path(__file__).resolve().parents[1]
    found = []
    for route in importlib.import_module("tongban.app").create_app().routes:
        for handler in getattr(route, "route_handlers", ()):
            if not isinstance(handler, HTTPRouteHandler):
                continue
            function = inspect.unwrap(handler.fn)
            file = Path(inspect.getsourcefile(function) or "")
            place = file.relative_to(package) if file.is_relative_to(package) else Path(file.name)
            found.append(
                {
                    "methods": ",".join(sorted(str(method) for method in handler.http_methods - {"OPTIONS"})),
                    "path": route.path,
                    "who": str(handler.opt.get("who", "")),
                    "code": f"{place}:{inspect.getsourcelines(function)[1]} {function.__name__}",
                }
            )
    return sorted((one for one in found if one["methods"]), key=lambda one: (one["path"], one["methods"]))


@main.command("check-items")
@click.argument("codes", nargs=-1)
@_as_json
def check_items(codes: tuple[str, ...], as_json: bool) -> None:
    """Check the city's items against the rules of publishing: all of them, or those of CODES. Needs no database.

    Exits with 1 when a rule is broken or a file cannot be read.
    """
    findings = importlib.import_module("tongban.rooms").item_findings(_settings().city_dir, codes)
    if as_json:
        _print_json(findings)
    elif findings:
        _print_table(findings)
    else:
        click.echo("Every item keeps the rules.")
    sys.exit(1 if findings else 0)


@main.command()
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="The language of its words.")
def openapi(language: str) -> None:
    """The OpenAPI document of the public API, as JSON."""
    document = importlib.import_module("tongban.app").openapi(language)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@main.command("verify-ledger")
@click.option(
    "--export", "target", type=click.Path(path_type=Path), help="Write the ledger to a file instead."
)
@click.option(
    "--file", "source", type=click.Path(exists=True, path_type=Path), help="Verify an exported file."
)
@click.option(
    "--keys", "key_set", type=click.Path(exists=True, path_type=Path), help="The node's keys (JWK set)."
)
@_as_json
def verify_ledger(as_json: bool, target: Path | None, source: Path | None, key_set: Path | None) -> None:
    """Recompute the whole ledger and name what was altered, removed or slipped in. Exit 1 when anything was.

    With --file and --keys it needs no database: an exported file and the node's public keys are enough.
    """
    audit = importlib.import_module("tongban.audit")
    if target is not None:
        click.echo(f"{asyncio.run(audit.export(_database(), target))} rows written to {target}")
        return
    if source is not None:
        if key_set is None:
            raise click.UsageError("--file needs --keys: the node's published key set")
        try:
            report = asyncio.run(audit.verify_export(source, msgspec.json.decode(key_set.read_bytes())))
        except audit.ExportUnreadable as unreadable:
            raise click.ClickException(f"{source} is not an exported ledger: {unreadable}") from unreadable
    else:
        report = asyncio.run(audit.verify(_database()))
    if as_json:
        _print_json({"whole": report.whole, **msgspec.to_builtins(report)})
    else:
        for finding in report.findings:
            click.echo(f"✗ {finding.place}: {finding.words}")
        click.echo(
            f"{report.rows} rows in {report.blocks} blocks: {'whole' if report.whole else 'NOT whole'}"
        )
    sys.exit(not report.whole)
