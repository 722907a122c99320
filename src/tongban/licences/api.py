"""A holder's licences as JSON."""

from __future__ import annotations

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
from tongban.licences.model import State


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


class LicenceAnswer(msgspec.Struct, frozen=True):
    """A licence as its holder sees it: her name whole, her ID number masked; ``until`` is the last day it holds."""

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
    offers: list[OfferAnswer]


class LicencePage(msgspec.Struct, frozen=True):
    """Licences, the newest first."""

    licences: list[LicenceAnswer]
    next: str | None


def _told(face: actions.Face) -> LicenceAnswer:
    cells = {name: getattr(face, name) for name in LicenceAnswer.__struct_fields__ if name != "offers"}
    offers = [
        OfferAnswer(one.act, one.standing, str(one.says), one.opens, one.closes, one.href)
        for one in face.offers
    ]
    return LicenceAnswer(**cells, offers=offers)


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
    return listed(LicencePage([_told(face) for face in found], next_page), next_page)


@get("/api/v1/licences/{licence:uuid}", who="licences.library", include_in_schema=True)
async def one(db: Database, actor: Actor, now: datetime, licence: UUID) -> LicenceAnswer:
    """One of my licences."""
    return _told(await actions.licence_of(db, actor, licence=licence, now=now))


routes = [licences, one]
