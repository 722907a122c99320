"""Public decisions as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from litestar import get
from litestar.response import Response

from tongban.cases import actions
from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor
from tongban.kit.web.paging import USUAL, After, Limit, cursor, listed, place, shown


class PublishedDecision(msgspec.Struct, frozen=True):
    """A decision that grants a licence, or its cancellation; instants in UTC."""

    number: str
    decision: Literal["granted", "cancelled"]
    item: str
    item_name: Text
    holder_kind: Literal["person", "firm"]
    holder: str
    holder_code: str | None
    department: str
    organ: Text
    organ_code: str
    decided_at: Instant
    due_on: date
    published_at: Instant


class PublishedPage(msgspec.Struct, frozen=True):
    """Decisions, latest first."""

    published: list[PublishedDecision]
    next: str | None


@get("/api/v1/published", who="cases.published", include_in_schema=True)
async def published_decisions(
    db: Database,
    actor: Actor,
    item: str | None = None,
    department: str | None = None,
    after: After = None,
    limit: Limit = USUAL,
) -> Response[PublishedPage]:
    """Decisions that grant a licence, latest first, of one item or one department if asked."""
    found, last = shown(
        await actions.published(
            db,
            actor,
            item=item,
            department=department,
            before=place(after, "published", tuple[datetime, UUID]),
            limit=limit + 1,
        ),
        limit,
    )
    next_page = cursor("published", (last.row.decided_at, last.row.id)) if last else None
    return listed(PublishedPage([_told(one) for one in found], next_page), next_page)


def _told(one: actions.Published) -> PublishedDecision:
    row = one.row
    return PublishedDecision(
        number=row.number,
        decision="cancelled" if one.cancels else "granted",
        item=row.item,
        item_name=one.item,
        holder_kind=row.holder_kind,
        holder=row.holder,
        holder_code=row.holder_code or None,
        department=row.department,
        organ=one.organ,
        organ_code=one.organ_code,
        decided_at=row.decided_at,
        due_on=row.due_on,
        published_at=row.published_at,
    )


routes = [published_decisions]
