"""Verifying: anybody may ask whether a licence holds; the holder sees that it was asked."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
import structlog

from tongban import audit, regions
from tongban.kit import clock, keys, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Message
from tongban.kit.ids import bucket_of
from tongban.kit.keys import InvalidSignature
from tongban.kit.policy import Actor, Relation
from tongban.licences import store
from tongban.licences.actions.types import licence_type
from tongban.licences.model import (
    DETAILS,
    LONGEST,
    MISREAD,
    POLICY,
    Claims,
    Finding,
    Licence,
    LicenceMovedOn,
    Malformed,
    Misread,
    Shown,
    Verdict,
    judged,
    opened,
    parse,
    row_holds,
    state_on,
)

log = structlog.get_logger("tongban.licences")

How = Literal["qr", "number"]
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
#: How often a verification reads again when the licence changes under it.
_TRIES = 3


def asked_for(typed: str) -> str:
    """What was meant by what was scanned, pasted or typed, full width too; a verify address gives its last part."""
    words = "".join(unicodedata.normalize("NFKC", typed).split())
    return words.rsplit("/verify/", 1)[-1]


async def verify(db: Database, actor: Actor, *, asked: str, now: datetime) -> Finding:
    """The verdict on a token or an identifier. A licence that is found leaves a ledger row for its holder.

    A token takes two statements (row; unchanged row with ledger), an identifier one more (the index).
    """
    POLICY.require(actor, "licences.verify", Relation.ANY)
    words = asked_for(asked)
    if words.startswith("ey") or (words.count(".") == 2 and _TOKEN.fullmatch(words)):
        return await _by_token(db, actor, words, now=now)
    return await _by_identifier(db, actor, words, now=now)


def _finding(verdict: Verdict, now: datetime, detail: Message | None = None) -> Finding:
    return Finding(verdict, detail or DETAILS[verdict], now)


async def _by_token(db: Database, actor: Actor, token: str, *, now: datetime) -> Finding:
    try:
        claims = msgspec.convert(keys.current().read_jws(token, "licence"), Claims)
    except (InvalidSignature, msgspec.ValidationError):
        return _finding(Verdict.INVALID, now)
    return await _judge(db, actor, claims.ref, identifier=claims.id, how="qr", now=now)


async def _by_identifier(db: Database, actor: Actor, words: str, *, now: datetime) -> Finding:
    try:
        identifier = str(parse(words))
    except Malformed as wrong:
        if len(words) > LONGEST:
            return _finding(Verdict.INVALID, now)
        return _finding(Verdict.MISTYPED, now, MISREAD if isinstance(wrong, Misread) else None)
    place = await store.place_of(db, identifier)
    if place is None:
        return _finding(Verdict.UNKNOWN, now)
    return await _judge(db, actor, place[1], identifier=identifier, how="number", now=now)


async def _judge(
    db: Database, actor: Actor, licence: UUID, *, identifier: str, how: How, now: datetime
) -> Finding:
    for _ in range(_TRIES):
        found = await store.licence(db, bucket=bucket_of(licence), licence=licence)
        if found is None or not row_holds(found, keys.current()) or found.identifier != identifier:
            # We signed or indexed this licence, so a row that is gone or differs was altered outside the house.
            return await _tampered(db, actor, licence, found=found, how=how, now=now)
        kind = await licence_type(db, found.type_code)
        verdict, detail = judged(found, kind.validity, clock.city_day(now))
        shown = await _shown(db, found, now=now)
        if await write(db, store.unchanged(found), _noted(actor, found, verdict, how=how, now=now)):
            return Finding(verdict, detail, now, shown)
    raise LicenceMovedOn


async def _tampered(
    db: Database, actor: Actor, licence: UUID, *, found: Licence | None, how: How, now: datetime
) -> Finding:
    """Say so, loudly. The row's own holder cannot be believed, so the line is filed under the licence."""
    log.error("licence row does not hold", licence=str(licence), present=found is not None)
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(
            actor,
            "licences.tampered",
            subject=licence,
            reference=licence,
            detail={"by": how, "present": found is not None},
            now=now,
        ),
    )
    return _finding(Verdict.TAMPERED, now)


def _noted(actor: Actor, licence: Licence, verdict: Verdict, *, how: How, now: datetime) -> Part:
    return audit.record(
        actor,
        "licences.verify",
        subject=licence.holder,
        reference=licence.id,
        purpose=licence.id,
        kind="read",
        detail={
            "by": how,
            "verdict": verdict,
            "fields": ["holder_name", "type_code", "state", "valid_until"],
        },
        now=now,
    )


async def _shown(db: Database, licence: Licence, *, now: datetime) -> Shown:
    kind = await licence_type(db, licence.type_code)
    issuer = await regions.department(db, licence.issuer_code)
    name = opened(keys.current(), licence.id, "holder_name", licence.holder_name_sealed)
    return Shown(
        identifier=licence.identifier or "",
        type_name=kind.name,
        holder=papers.mask_name(name),
        issuer=issuer.name,
        state=state_on(licence, clock.city_day(now)),
        issued=licence.valid_from,
        until=licence.valid_until,
        since=licence.state_changed_at,
    )
