"""Log-in by QR 扫码登录: a browser asks, its owner's phone answers, and the browser that asked gets its session."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import msgspec

from tongban import audit
from tongban.identity.actions.lasting import must_be_lasting
from tongban.identity.actions.logging_in import Opened
from tongban.identity.actions.opening import opening
from tongban.identity.model import POLICY
from tongban.identity.model.scanning import (
    TRIES,
    Asked,
    NotConfirmed,
    NumberWrong,
    ScanGone,
    ScanRefused,
    browser_hash,
    code_hash,
    new_code,
    new_number,
    number_typed,
)
from tongban.identity.store import accounts, scanning
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of_text, new_id
from tongban.kit.policy import VISITOR, Actor, Relation, Role
from tongban.kit.web.devices import device_of
from tongban.kit.web.places import place_of
from tongban.kit.web.sessions import proved_at
from tongban.kit.web.visit import visit


class Shown(msgspec.Struct, frozen=True):
    """What the browser that asks keeps in its cookie: a secret that binds the request to it, and the QR's code."""

    secret: str
    code: str

    def __repr__(self) -> str:
        return "Shown(…)"

    @property
    def cookie(self) -> str:
        """Both as the cookie's value."""
        return f"{self.secret}.{self.code}"


def shown_in(cookie: str) -> Shown | None:
    """What a cookie keeps; None for a broken one."""
    secret, dot, code = cookie.partition(".")
    return Shown(secret, code) if dot and secret and code else None


async def ask_scan(db: Database, *, now: datetime) -> Shown:
    """Ask for a log-in by phone: gives what the browser keeps for two minutes. One round trip."""
    shown = Shown(secrets.token_urlsafe(24), new_code())
    hash_ = code_hash(shown.code)
    await write(
        db,
        scanning.asking(
            hash_,
            browser=browser_hash(shown.secret),
            agent=device_of(visit().agent),
            place=place_of(visit().address),
            number=new_number(),
            now=now,
        ),
        audit.record(
            VISITOR,
            "identity.ask_scan",
            subject=new_id(bucket_of_text(hash_.hex())),
            reference="log_in",
            now=now,
        ),
    )
    return shown


async def asked(db: Database, shown: Shown | None) -> Asked | None:
    """How the request stands that this browser has asked; None for none of its own."""
    if shown is None:
        return None
    return await scanning.asked_by(db, code_hash(shown.code), browser=browser_hash(shown.secret))


async def open_scan(db: Database, actor: Actor, *, code: str, now: datetime) -> Asked:
    """Open a request on the phone: who asks, from where, since when. Raises InMergedAccount, ScanGone. Repeating it
    changes nothing."""
    POLICY.require(actor, "identity.scan", Relation.ANY)
    assert actor.id is not None
    await must_be_lasting(db, actor)
    row = await write(
        db,
        scanning.opening(code_hash(code), actor.id, now=now),
        audit.record(actor, "identity.open_scan", subject=actor.id, reference="log_in", now=now),
    )
    if row is None:
        raise ScanGone
    return Asked(**row)


async def confirm_scan(db: Database, actor: Actor, *, code: str, number: str, now: datetime) -> None:
    """It is she who logs in: the number that the other screen shows is typed. Four round trips.

    The try is counted before the number is compared; the third wrong one refuses the request. What her session has
    proved is kept with her yes. Raises NumberMalformed, NumberWrong, ScanRefused, InMergedAccount or ScanGone, that
    also where her session has just ended.
    """
    POLICY.require(actor, "identity.scan", Relation.ANY)
    assert actor.id is not None
    typed = number_typed(number)
    await must_be_lasting(db, actor)
    proved = await proved_at(db, actor) if actor.session else now
    if proved is None:
        raise ScanGone
    hash_ = code_hash(code)
    tried = await scanning.trying(db, hash_, actor.id, now=now)
    if tried is None:
        raise ScanGone
    right, tries = tried
    if hmac.compare_digest(str(right), str(typed)):
        await _answer(db, actor, hash_, "confirmed", "identity.confirm_scan", proved=proved, now=now)
        return
    if tries >= TRIES:
        await _answer(db, actor, hash_, "refused", "identity.refuse_scan", now=now)
        raise ScanRefused
    detail = {"tries": tries}
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(
            actor, "identity.fail_scan", subject=actor.id, reference="log_in", detail=detail, now=now
        ),
    )
    raise NumberWrong(TRIES - tries)


async def refuse_scan(db: Database, actor: Actor, *, code: str, now: datetime) -> None:
    """It is not she: nobody is logged in. Raises ScanGone."""
    POLICY.require(actor, "identity.scan", Relation.ANY)
    await _answer(db, actor, code_hash(code), "refused", "identity.refuse_scan", now=now)


async def _answer(
    db: Database,
    actor: Actor,
    hash_: bytes,
    answer: str,
    action: str,
    *,
    proved: datetime | None = None,
    now: datetime,
) -> None:
    assert actor.id is not None
    done = await write(
        db,
        scanning.answering(hash_, actor, answer, proved_at=proved, now=now),
        audit.record(actor, action, subject=actor.id, reference="log_in", now=now),
    )
    if done is None:
        raise ScanGone


async def log_in_by_scan(db: Database, shown: Shown | None, *, now: datetime) -> Opened:
    """The browser that asked gets a session of its own, once. Raises NotConfirmed, ScanRefused or ScanGone.

    The session is a new one with a cookie of its own: nothing that was known before the phone's yes opens it. It has no
    higher level than the phone's had, for no longer, and has proved nothing since then. Its owner is told in her inbox,
    with the way to end it. Three round trips.
    """
    standing = await asked(db, shown)
    if shown is None or standing is None:
        raise ScanGone
    match standing.state(now=now):
        case "over":
            raise ScanGone
        case "refused":
            raise ScanRefused
        case "waiting" | "opened":
            raise NotConfirmed
    assert standing.account is not None
    owner = await accounts.account_of_id(db, standing.account)
    if owner is None or owner.role is not Role.RESIDENT:
        raise ScanGone
    actor = standing.no_more_than_proved(owner.actor())
    cookie, parts = opening(actor, opened_by="qr", proved_at=standing.proved_at, now=now, always_told=True)
    done = await write(
        db,
        scanning.using(code_hash(shown.code), browser=browser_hash(shown.secret), account=owner.id, now=now),
        audit.record(
            actor, "identity.log_in", subject=owner.id, reference="log_in", detail={"by": "qr"}, now=now
        ),
        *parts,
    )
    if done is None:
        raise ScanGone
    return Opened(actor, cookie)
