# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands of the archive: packages verified with nothing but the file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from tongban.cli.answers import json_option, own_database, print_json

if TYPE_CHECKING:
    from tongban.kit.packages import Report


@click.group()
def archive() -> None:
    """The sealed packages of ended cases 归档信息包."""


@archive.command("export")
@click.option(
    "--until",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="Cases that ended before this day (on the city's clock).",
)
@click.option("--department", help="The code of one department; without it all.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@json_option
def export(folder: Path, until: datetime, department: str | None, as_json: bool) -> None:
    """Write packages with an index and one signed list into FOLDER, for the archives office.

    Broken off, it goes on where it was: what lies there whole stays. `tongban archive verify FOLDER` checks it.
    """
    from tongban import cases, regions, rooms
    from tongban.kit import clock
    from tongban.kit.db import DatabaseAway, connect

    dsn = own_database()

    async def work() -> cases.Export:
        db = await connect(dsn, size=2, wait_seconds=10)
        try:
            await rooms.warm(db)
            return await cases.export_archive(
                db,
                folder,
                until=clock.instant_of(until.date(), time()),
                department=department,
                now=clock.now(),
            )
        finally:
            await db.close()

    try:
        done = asyncio.run(work())
    except regions.DepartmentUnknown as unknown:
        raise click.ClickException(f"There is no department {department!r}.") from unknown
    except DatabaseAway as away:
        raise click.ClickException("The database does not answer; start the house and try again.") from away
    except OSError as refused:
        raise click.ClickException(f"{folder} cannot be written: {refused.strerror}.") from refused
    if as_json:
        print_json(done)
        return
    click.echo(f"{done.packages} packages in {folder}, {done.written} written now. Merkle root {done.root}")
    if done.waiting:
        click.echo(f"{done.waiting} cases of the span wait for their package still; run it again later.")


@archive.command("verify")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--keys",
    "key_set",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The keys that may have sealed it (JWK set), as /.well-known/node-jwks.json gave them.",
)
@json_option
def verify(paths: tuple[Path, ...], key_set: Path | None, as_json: bool) -> None:
    """Verify packages with no network, no database and no data folder; name what was altered. Exit 1 when anything was.

    A FILE may be a folder that `tongban archive export` wrote: its list and each of its packages are verified.
    Without --keys a package vouches for itself with the key that it brings along, and the answer says so: that shows
    that it is whole, not who sealed it.
    """

    pinned = None
    if key_set is not None:
        try:
            pinned = msgspec.json.decode(key_set.read_bytes(), type=dict)
        except msgspec.MsgspecError as odd:
            raise click.ClickException(f"{key_set} is no key set (RFC 7517): {odd}") from odd
    reports: dict[str, Report] = {}
    for path in _each(paths):
        reports[str(path)] = report = _verified(path, pinned)
        if not as_json:
            _tell(path, report)
    if as_json:
        print_json({path: {"whole": one.whole, **msgspec.to_builtins(one)} for path, one in reports.items()})
    sys.exit(not all(report.whole for report in reports.values()))


def _each(paths: Iterable[Path]) -> Iterator[Path]:
    """The paths, each folder followed by its packages."""
    for path in paths:
        yield path
        if path.is_dir():
            yield from sorted(path.glob("packages/*.zip"))


def _verified(path: Path, pinned: dict[str, Any] | None) -> Report:
    from tongban.kit.packages import PackageMalformed, Report, verify, verify_batch, witness
    from tongban.kit.packages.verifying import Finding

    try:
        if path.is_dir():
            return verify_batch(path, jwks=pinned)
        return verify(path, jwks=pinned, asks=frozenset({witness.MEMBER}), inspect=witness.inspect)
    except (PackageMalformed, OSError) as unreadable:
        words = unreadable.strerror if isinstance(unreadable, OSError) else str(unreadable)
        return Report([Finding("unreadable", "package", words or "cannot be read")])


def _tell(path: Path, report: Report) -> None:
    for finding in report.findings:
        click.echo(f"✗ {path}: {finding.place}: {finding.words}")
    if report.whole:
        who = "self-asserted: no key was pinned" if report.self_asserted else "the key is pinned"
        click.echo(f"✓ {path}: whole, {report.members} members, sealed with the key {report.kid} ({who})")
