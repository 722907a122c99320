# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands of the archive: packages verified with nothing but the file."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from tongban.cli.answers import json_option, print_json


@click.group()
def archive() -> None:
    """The sealed packages of ended cases 归档信息包."""


@archive.command("verify")
@click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path)
)
@click.option(
    "--keys",
    "key_set",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The keys that may have sealed it (JWK set), as /.well-known/node-jwks.json gave them.",
)
@json_option
def verify(paths: tuple[Path, ...], key_set: Path | None, as_json: bool) -> None:
    """Verify packages with no network, no database and no data folder; name what was altered. Exit 1 when anything was.

    Without --keys a package vouches for itself with the key that it brings along, and the answer says so: that shows
    that it is whole, not who sealed it.
    """
    from tongban.kit.packages import PackageMalformed, Report, verify, witness
    from tongban.kit.packages.verifying import Finding

    pinned = None
    if key_set is not None:
        try:
            pinned = msgspec.json.decode(key_set.read_bytes(), type=dict)
        except msgspec.MsgspecError as odd:
            raise click.ClickException(f"{key_set} is no key set (RFC 7517): {odd}") from odd
    reports: dict[str, Report] = {}
    for path in paths:
        try:
            report = verify(path, jwks=pinned, asks=frozenset({witness.MEMBER}), inspect=witness.inspect)
        except (PackageMalformed, OSError) as unreadable:
            words = unreadable.strerror if isinstance(unreadable, OSError) else str(unreadable)
            report = Report([Finding("unreadable", "package", words or "cannot be read")])
        reports[str(path)] = report
        if not as_json:
            _tell(path, report)
    if as_json:
        print_json({path: {"whole": one.whole, **msgspec.to_builtins(one)} for path, one in reports.items()})
    sys.exit(not all(report.whole for report in reports.values()))


def _tell(path: Path, report: object) -> None:
    from tongban.kit.packages import Report

    assert isinstance(report, Report)
    for finding in report.findings:
        click.echo(f"✗ {path}: {finding.place}: {finding.words}")
    if report.whole:
        who = "self-asserted: no key was pinned" if report.self_asserted else "the key is pinned"
        click.echo(f"✓ {path}: whole, {report.members} members, sealed with the key {report.kid} ({who})")
