"""A holder's licences as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec
from litestar import get
from litestar.response import Response

from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor
from tongban.kit.web.paging import USUAL, After, Limit, cursor, listed, place, shown
from tongban.licences import actions
from tongban.licences.model import Decision, Move, State


class OfferAnswer(msgspec.Struct, frozen=True):
    """What may be asked for a licence: ``standing`` open, late, later, closed or busy; its days for a renewal.

    ``says`` is the sentence for its holder; ``href`` leads to the application, or to the case under way.
    """

    act: str
    standing: str
    says: str
    opens: date | None
    closes: date | None
    href: str | None


class DecisionAnswer(msgspec.Struct, frozen=True):
    """What the issuer has decided about a licence: which act, when and why, and the paper of it.

    ``paper_number`` is the number that stands on the paper, ``href`` its address; both are null until it is made, and
    where the issuer serves it by hand.
    """

    act: Move
    decided_at: Instant
    reason: str
    paper_number: str | None
    href: str | None


class LicenceAnswer(msgspec.Struct, frozen=True):
    """A licence as its holder sees it: her name whole, her ID number masked; ``until`` is the last day it holds.

    ``case`` is the one whose decision gave it: what is asked about the licence, a reconsideration of a decision on it
    too, names it as ``about``.
    """

    id: UUID
    type_code: str
    name: Text
    state: State
    identifier: str | None
    card_serial: str | None
    holder: str
    number: str
    issuer: Text
    issued: date | None
    until: date | None
    since: Instant
    reason: str
    sound: bool
    case: UUID
    offers: list[OfferAnswer]
    decisions: list[DecisionAnswer]


class LicencePage(msgspec.Struct, frozen=True):
    """Licences, the newest first."""

    licences: list[LicenceAnswer]
    next: str | None


#: What is no plain field of a face.
_MADE = frozenset({"case", "offers", "decisions"})


async def _told(db: Database, face: actions.Face, decided: Iterable[Decision]) -> LicenceAnswer:
    cells = {name: getattr(face, name) for name in LicenceAnswer.__struct_fields__ if name not in _MADE}
    offers = [
        OfferAnswer(one.act, one.standing, str(one.says), one.opens, one.closes, one.href)
        for one in face.offers
    ]
    decisions = [
        DecisionAnswer(one.act, one.at, one.kept_on(await actions.legal_of(db, one)), one.number, one.paper)
        for one in decided
    ]
    return LicenceAnswer(**cells, case=face.reference, offers=offers, decisions=decisions)


@get("/api/v1/licences", who="licences.library", include_in_schema=True)
async def licences(
    db: Database, actor: Actor, now: datetime, after: After = None, limit: Limit = USUAL
) -> Response[LicencePage]:
    """My licences, the newest first."""
    found, last = shown(
        await actions.library_page(
            db, actor, before=place(after, "licences", UUID), limit=limit + 1, now=now
        ),
        limit,
    )
    next_page = cursor("licences", last.id) if last else None
    decided = await actions.decided_about(db, actor, licences=[face.id for face in found])
    answers = [await _told(db, face, decided.get(face.id, ())) for face in found]
    return listed(LicencePage(answers, next_page), next_page)


@get("/api/v1/licences/{licence:uuid}", who="licences.library", include_in_schema=True)
async def one(db: Database, actor: Actor, now: datetime, licence: UUID) -> LicenceAnswer:
    """One of my licences."""
    face = await actions.licence_of(db, actor, licence=licence, now=now)
    return await _told(db, face, await actions.decisions_on(db, actor, licence=licence))


routes = [licences, one]
