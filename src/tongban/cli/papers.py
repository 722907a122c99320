# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands about sealed papers: is one whole and whose is it; and an organ's seal asked for anew."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tongban.cli.answers import json_option, own_database, own_settings, print_json

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def paper() -> None:
    """Sealed papers, and the seals of organs."""


@paper.command("verify")
@click.argument("file", type=_file)
@click.option(
    "--trust",
    type=_file,
    help="PEM file with the roots to believe; unless said, those of this house (TONGBAN_TRUST).",
)
@click.option(
    "--crl", "lists", type=_file, multiple=True, help="A newer revocation list (DER); may be repeated."
)
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Judge as of this day (UTC), now unless said.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", help="The language of the words.")
@json_option
def verify(
    file: Path, trust: Path | None, lists: tuple[Path, ...], at: datetime | None, language: str, as_json: bool
) -> None:
    """Say whether the PDF FILE is whole, by which organ it was sealed and when. Exit 1 unless it is good.

    Needs no network and no database: the file and the roots are enough.
    """
    verdict = _verdict(file, trust, lists, at)
    told = _told(verdict, language)
    if as_json:
        print_json({"finding": verdict.finding, "good": verdict.holds, **told})
    else:
        click.echo(f"{'✓' if verdict.holds else '✗'} {told.pop('title')}")
        for label, value in told.items():
            if value:
                click.echo(f"  {label}: {value}")
    sys.exit(not verdict.holds)


def _verdict(file: Path, trust: Path | None, lists: tuple[Path, ...], at: datetime | None) -> Any:
    import logging
    from datetime import UTC

    from tongban import licences

    logging.disable(logging.CRITICAL)  # what the library finds is in the verdict
    place = trust or own_settings().trust_file
    try:
        anchors = licences.trusted(place)
    except ValueError as unreadable:
        raise click.ClickException(f"{place} holds something that is no certificate.") from unreadable
    if not anchors:
        raise click.ClickException(
            f"No roots to believe: {place} holds no certificate; name a file with --trust."
        )
    return licences.verify_paper(
        file.read_bytes(),
        trust=anchors,
        at=at.replace(tzinfo=UTC) if at else None,
        lists=[one.read_bytes() for one in lists],
    )


def _told(verdict: Any, language: str) -> dict[str, str]:
    from tongban.kit.i18n import use_language

    with use_language("zh" if language == "zh" else "en"):
        return {
            "title": str(verdict.title),
            "detail": str(verdict.detail),
            # What does not hold proves nothing of who made it: then the name is no more than a claim.
            "organ" if verdict.is_proven else "claimed_organ": verdict.organ,
            "code": verdict.uscc,
            "paper": verdict.paper,
            "applicant": verdict.applicant,
            "sealed_at": verdict.sealed_at.isoformat() if verdict.sealed_at else "",
            "guarded_until": verdict.guarded_until.isoformat() if verdict.guarded_until else "",
        }


@paper.command("renew-seal")
@click.argument("department")
def renew_seal(department: str) -> None:
    """Put the seal of DEPARTMENT (its code) away and ask the authority for another; after a revocation."""
    dsn = own_database()
    asyncio.run(_renewed(dsn, department))
    click.echo(f"{department} has a new seal; papers that waited for it are sealed within the hour.")


async def _renewed(dsn: str, department: str) -> None:
    from tongban import licences
    from tongban.kit import clock
    from tongban.kit.db import connect
    from tongban.kit.errors import NotFound

    db = await connect(dsn, size=1, wait_seconds=10)
    try:
        await licences.renew_seal(db, department=department, now=clock.now())
    except (licences.SealAway, licences.SealRefused) as refused:
        raise click.ClickException(f"The authority gave no seal: {refused}") from refused
    except NotFound as unknown:
        raise click.ClickException(f"There is no department {department}.") from unknown
    finally:
        await db.close()
