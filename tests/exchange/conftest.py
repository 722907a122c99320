"""What the exchange's tests stand on: the outside world as a real process that trusts this house's node key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import CITY
from tests.sandbox.conftest import Sandbox
from tongban import audit, exchange
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.kit.policy import Actor, Role


@pytest.fixture
async def world(db: Database, outside: Sandbox) -> AsyncIterator[Sandbox]:
    """The outside world, whole, with its registers known to the exchange."""
    await exchange.load(db, CITY)
    exchange.forget_breakers()
    yield outside
    outside.http.delete("/faults").raise_for_status()
    exchange.forget_breakers()


class Resident:
    """Somebody with a life in the registers, and a purpose for reading it."""

    def __init__(self, db: Database, taken: dict[str, Any]) -> None:
        self.db = db
        self.id = new_id(new_bucket())
        self.number: str = taken["id_number"]
        self.name: str = taken["name"]
        self.phone: str = taken["phone"]
        self.facts: dict[str, Any] = taken["facts"]
        self.actor = Actor(Role.RESIDENT, self.id, self.name)

    async def purpose(self, *fields: str, purpose: UUID | None = None, hours: int = 1) -> UUID:
        """Open a purpose that covers ``resource.field`` names."""
        now = clock.now()
        opened = purpose or new_id(bucket_of(self.id))
        part = audit.opening_purpose(
            id=opened,
            kind="draft",
            subject=self.id,
            reference="draft-1",
            item="residence_permit",
            fields=list(fields),
            basis="个人信息保护法第十三条第一款第三项",
            until=now + timedelta(hours=hours),
            now=now - timedelta(hours=2),
        )
        await write(self.db, Part("SELECT 1 AS opened"), part)
        return opened

    async def read(self, resource: str, fields: Sequence[str], purpose: UUID) -> exchange.Answer:
        return await exchange.read(
            *(self.db, self.actor),
            resource=resource,
            subject=self.id,
            fields=list(fields),
            purpose=purpose,
            now=clock.now(),
            id_number=self.number,
        )

    async def ledger(self, action: str = "exchange.read") -> list[dict[str, Any]]:
        """The ledger's rows about this person, oldest first."""
        rows = await self.db.sibling().rows(
            """SELECT kind, purpose, reference, actor, detail FROM audit.ledger
            WHERE subject = $1 AND action = $2 ORDER BY id""",
            self.id,
            action,
        )
        return [dict(row) for row in rows]

    async def calls(self) -> list[dict[str, Any]]:
        """The call log's rows of this person, oldest first."""
        rows = await self.db.sibling().rows(
            "SELECT * FROM exchange.call WHERE bucket = $1 ORDER BY id", bucket_of(self.id)
        )
        return [dict(row) for row in rows]


@pytest.fixture
def worker(db: Database, world: Sandbox) -> Resident:
    """Somebody with stable work."""
    return Resident(db, world.take("eligible_work"))
