"""SQL of who is close to whom, as the house knows it: guardians, and family that acts for one another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def close_to(db: Database, phone_hashes: Sequence[bytes], person: UUID) -> bool:
    """Whether whoever has this phone as a resident acts for the person as guardian or family, or she for her; the phone
    is given by its hash in each spelling."""
    found: bool = await db.value(
        """-- across people: an officer and whom she sees, each side's powers in the principal's bucket
        SELECT EXISTS (
            SELECT FROM identity.id_index i
            JOIN identity.power p ON p.bucket = $2 AND p.principal = $3 AND p.agent = i.account
            WHERE i.hash = ANY($1) AND p.kind IN ('guardian', 'family') AND p.state = 'standing'
        ) OR EXISTS (
            SELECT FROM identity.id_index i
            JOIN identity.power p ON p.bucket = i.bucket AND p.principal = i.account AND p.agent = $3
            WHERE i.hash = ANY($1) AND p.kind IN ('guardian', 'family') AND p.state = 'standing'
        )""",
        phone_hashes,
        bucket_of(person),
        person,
    )
    return found
