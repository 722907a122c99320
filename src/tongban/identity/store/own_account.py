"""SQL of the account as its owner reads it: all of it in one statement."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.identity.model import Person
from tongban.identity.model.residence import Kept
from tongban.identity.store.accounts import PERSON, person_of
from tongban.identity.store.residence import KEPT, kept_of
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def own_account(db: Database, who: UUID) -> tuple[Person, Kept | None, datetime | None] | None:
    """A resident or a firm, what is kept of hukou and residence, and when the account was last recovered at a
    window."""
    row = await db.row(
        f"""SELECT {PERSON}, {KEPT}, r.id AS kept, a.recovered_at
        FROM identity.account a
        LEFT JOIN identity.person p ON p.bucket = a.bucket AND p.id = a.id
        LEFT JOIN identity.firm f ON f.bucket = a.bucket AND f.id = a.id
        LEFT JOIN identity.residence r ON r.bucket = a.bucket AND r.id = a.id
        WHERE a.bucket = $1 AND a.id = $2 AND (p.id IS NOT NULL OR f.id IS NOT NULL)""",
        bucket_of(who),
        who,
    )
    if row is None:
        return None
    kept = None if row["kept"] is None else kept_of(row, who)
    return person_of(row, who), kept, row["recovered_at"]
