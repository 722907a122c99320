# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands that start the house, load it, look after it and walk it."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from tongban.cli.answers import json_option, own_database, own_settings, print_json, print_table


@click.command()
@click.option("--verbose", is_flag=True, help="Show every line of every child.")
def up(verbose: bool) -> None:
    """Start the whole house and keep it up: database, demo city, web, worker, sandbox. Ctrl-C stops it."""
    from tongban.up import up as start

    sys.exit(start(own_settings(), verbose=verbose))


@click.command()
def serve() -> None:
    """Serve the web pages and the API (one part of `up`)."""
    own_database()
    from tongban.up.serve import serve as start

    start()


@click.command()
def worker() -> None:
    """Drain the outbox, fire timers, run periodic jobs (one part of `up`)."""
    own_database()
    importlib.import_module("uvloop").run(importlib.import_module("tongban.worker").run())


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database to the newest migration; safe to repeat."""
    from tongban.up import CannotStart, databases

    dsn = own_database()

    async def work() -> list[str]:
        await databases.check_own(dsn, wait_seconds=30)
        return await databases.migrate(dsn)

    try:
        applied = asyncio.run(work())
    except CannotStart as refused:
        raise click.ClickException(str(refused)) from refused
    if as_json:
        print_json({"applied": applied})
    else:
        click.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do")


@click.command()
@click.argument("word", default="")
@click.option(
    "--logins",
    is_flag=True,
    help="Load nothing, list the demo people who can log in, or those whose row holds WORD.",
)
@click.option(
    "--scale",
    type=click.IntRange(1, 20_000_000),
    metavar="N",
    help="Grow the loaded city to N more cases of the past year, in bulk; goes on where it was interrupted.",
)
@json_option
def demo(word: str, logins: bool, scale: int | None, as_json: bool) -> None:
    """Load the demo city; safe to repeat. With --json a line for each step: step, done, of."""
    if importlib.util.find_spec("tongban.demo") is None:
        raise click.ClickException("This build has no demo city.")
    room = importlib.import_module("tongban.demo")
    if word and not logins:
        raise click.UsageError("WORD goes with --logins.")
    if logins:
        _list_logins(word, as_json=as_json)
        return
    dsn = own_database()

    def progress(step: str, done: int, of: int) -> None:
        told = {"step": step, "done": done, "of": of}
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{step} {done}/{of}")

    if scale is not None:
        _grow(dsn, scale, progress if as_json else None)
        return

    async def work() -> None:
        from tongban.kit import clock
        from tongban.kit.db import connect

        db = await connect(dsn, wait_seconds=30)
        try:
            await room.load(db, progress=progress, now=clock.now())
        finally:
            await db.close()

    with _outside_answers():
        asyncio.run(work())


@contextmanager
def _outside_answers() -> Iterator[None]:
    """The demo people come from the sandbox: raise ClickException when it is not where the settings say."""
    import httpx

    try:
        yield
    except httpx.HTTPError as away:
        raise click.ClickException(
            f"The sandbox with the demo people does not answer at {own_settings().sandbox_url}: start the house with "
            "make run, and give this command the house's own TONGBAN_SANDBOX_PORT."
        ) from away


def _logins(word: str) -> list[dict[str, Any]]:
    """The demo people who can log in, or those whose row holds ``word``."""
    from tongban import demo as room
    from tongban.kit.db import connect

    dsn = own_database()

    async def work() -> list[room.Login]:
        db = await connect(dsn, wait_seconds=30)
        try:
            return await room.logins(db, word)
        finally:
            await db.close()

    with _outside_answers():
        people: list[dict[str, Any]] = msgspec.to_builtins(asyncio.run(work()))
    return people


def _list_logins(word: str, *, as_json: bool) -> None:
    """Who can log in; the password that all share stands above the table, where it can be copied whole."""
    people = _logins(word)
    if as_json:
        print_json(people)
        return
    if not people:
        raise click.ClickException(f"Nobody of {word!r} can log in.")
    click.echo(f"Password of all: {people[0]['password']}\n")
    rows = [{name: value for name, value in one.items() if name != "password"} for one in people]
    print_table(rows, whole=("login", "phone", "page"))


def _grow(dsn: str, cases: int, told: Callable[[str, int, int], None] | None) -> None:
    """Grow the demo city, with a bar for people and lines for programs."""
    from rich.progress import Progress

    from tongban.growing import AlreadyGrown, grow
    from tongban.kit import clock

    with Progress(disable=told is not None) as bars:
        tasks: dict[str, Any] = {}

        def shown(step: str, done: int, of: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=of)
            bars.update(tasks[step], completed=done, total=of)

        try:
            grown = asyncio.run(grow(dsn, cases=cases, progress=told or shown, now=clock.now()))
        except AlreadyGrown as refused:
            raise click.ClickException(str(refused)) from refused
    if told is None:
        click.echo(f"{grown} cases came in; the ledger is sealed. No password opens these people's accounts.")


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look for what may be wrong here; changes nothing. Exit 1 when something is bad."""
    from tongban.up.doctor import examined

    findings = examined(own_settings())
    if as_json:
        print_json(findings)
    else:
        marks = {"good": "✓", "note": "·", "bad": "✗"}
        for finding in findings:
            click.echo(f"{marks[finding.state]} {finding.name:<18} {finding.words}")
    sys.exit(any(finding.state == "bad" for finding in findings))


def _papers() -> Path:
    """A folder of this tour's own: two at once do not write over each other."""
    from tongban.kit import clock

    return own_settings().data_dir / "tour" / f"{clock.now():%Y%m%d-%H%M%S}-{os.getpid()}"


@click.command()
@click.option("--papers", type=click.Path(file_okay=False, path_type=Path), help="Where to save the papers.")
@click.option(
    "--food", is_flag=True, help="Walk a café's licence instead: correction, inspection, three officers."
)
@click.option(
    "--powers",
    is_flag=True,
    help="Walk acting for another instead: by a power, as mother, for firms, at a desk.",
)
@click.option(
    "--birth", is_flag=True, help="Walk a birth done once instead: one form, five parts, four departments."
)
@json_option
def tour(papers: Path | None, food: bool, powers: bool, birth: bool, as_json: bool) -> None:
    """Walk the main job over HTTP against the running house, as resident, officer and verifier."""
    walk = importlib.import_module("tongban.tour")
    phones = {one["login"]: one["phone"] for one in _logins(walk.FOOD_ACCOUNT)} if food else None
    desk = next(((one["login"], one["phone"]) for one in _logins("assist-")), None) if powers else None
    everybody = {one["login"]: one["phone"] for one in _logins("")} if birth else None
    sys.exit(walk.run(papers=papers or _papers(), as_json=as_json, food=phones, powers=desk, birth=everybody))
