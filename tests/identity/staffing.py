"""The cast of the staff tests: three administrators, heads, an officer, and whose session the browser has."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from tests.conftest import CITY
from tests.identity.pages import fields_of, submit, words
from tongban import identity, regions
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Duty
from tongban.kit.web.sessions import opening_session

PASSWORD = "correct horse battery"
Client = AsyncTestClient[Any]
OFFICE, POLICE, OTHER = "data-310000", "police-310101", "police-310104"
CAST = {
    "sys": (OFFICE, Duty.SYSTEM_ADMIN),
    "sec": (OFFICE, Duty.SECURITY_ADMIN),
    "sec-2": (OFFICE, Duty.SECURITY_ADMIN),
    "aud": (OFFICE, Duty.AUDIT_ADMIN),
    "head": (POLICE, Duty.HEAD),
    "zhou": (POLICE, Duty.EXAMINE),
    "other-head": (OTHER, Duty.HEAD),
}


class Staff:
    """The cast, and whose session the browser has."""

    def __init__(self, client: Client, db: Database, ids: dict[str, UUID]) -> None:
        self.client, self.db, self.ids = client, db, ids

    async def cookie(self, who: str) -> str:
        actor = await identity.actor_of(self.db, kind="username", value=who)
        cookie, part = opening_session(actor, now=clock.now())
        await write(self.db, Part("SELECT 1 AS one"), part)
        return cookie

    async def be(self, who: str) -> None:
        self.client.cookies.clear()
        self.client.cookies.set("tongban_session", await self.cookie(who))

    def path(self, who: str) -> str:
        return f"/desk/staff/{self.ids[who]}"

    async def ask(self, who: str, **typed: str) -> Response:
        """Ask for other powers of somebody, by whom the browser is."""
        shown = await self.client.get(self.path(who))
        form = {"department": POLICE, "hall": "", "reason": "调令 7 号", **typed}
        return await submit(self.client, shown, f"{self.path(who)}/changes", form)

    async def decide(
        self, who: str, shown: Response | None = None, do: str = "grant", **typed: str
    ) -> Response:
        shown = shown or await self.client.get(self.path(who))
        action = re.search(rf'action="({self.path(who)}/changes/[0-9a-f-]+)"', shown.text)
        assert action, words(shown)
        fields = fields_of(shown.text, action[1]) | {"do": do, **typed}
        return await self.client.post(action[1], data=fields)

    async def row(self, who: str) -> dict[str, object]:
        found = await self.db.row("SELECT * FROM identity.staff WHERE username = $1", who)
        assert found is not None
        return dict(found)


@pytest.fixture
async def staff(client: Client, db: Database) -> Staff:
    await regions.load(db, CITY)
    await identity.load_demo(
        db,
        [],
        [
            identity.DemoOfficer(name, f"示例{name}", where, f"1380000770{place}", (duty,))
            for place, (name, (where, duty)) in enumerate(CAST.items())
        ],
        password=PASSWORD,
        now=clock.now(),
    )
    rows = await db.rows("SELECT username, id FROM identity.staff")
    return Staff(client, db, {row["username"]: row["id"] for row in rows})
