"""What the tests of refused agents share: a draft that the agent typed in, a case on the desk, and the doors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec

from tests import make
from tests.cases.web import Client
from tests.cast import Resident
from tests.identity.firms import CAFE, SHOP, Firms
from tongban import identity
from tongban.identity import actions
from tongban.identity.model.powers import Offer
from tongban.kit import clock, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import hash_of, opening_session

#: What the agent types into the draft: a phone, which she reads masked and its owner whole.
TYPED = "13800138000"


class Table(msgspec.Struct):
    """What all rows of the table share: the people, a draft that the agent typed in, a case on the desk."""

    db: Database
    web: Client
    owner: Resident
    agent: Resident
    third: Resident
    now: datetime
    draft: UUID
    case: UUID
    firms: Firms

    async def given(self, **more: Any) -> UUID:
        """A power from the owner that the agent has accepted."""
        power = await self.offered(**more)
        await actions.answer_power(self.db, self.agent.actor, power_id=power, accept=True, now=self.now)
        return power

    async def offered(self, by: Resident | None = None, **more: Any) -> UUID:
        """One that waits for her answer."""
        terms = {"items": None, "errands": None, "most": None, "starts_at": self.now}
        terms |= {"kind": "attorney", "until": self.now + timedelta(days=30)} | more
        offer = Offer(paper=papers.Paper(papers.CITIZEN, self.agent.number), name=self.agent.name, **terms)
        return await actions.offer_power(self.db, (by or self.owner).actor, offer, now=self.now)

    async def act(self, power: UUID | None) -> Actor:
        """The agent, logged in anew and switched to it; ``None``: for herself."""
        cookie, opening = opening_session(self.agent.actor, now=self.now)
        await write(self.db, Part("SELECT 1 AS one"), opening)
        actor = msgspec.structs.replace(self.agent.actor, session=hash_of(cookie))
        if power is not None:
            opened = await actions.switch(self.db, actor, power_id=power, now=self.now)
            cookie, actor = opened.cookie, opened.actor
        self.web.cookies.clear()
        self.web.cookies.set("tongban_session", cookie)
        return actor

    async def ask(self, door: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Go through a door (``GET /my``): a program with its token and key, a browser with a form of ours."""
        method, path = door.split(" ")
        path = path.format(draft=self.draft, case=self.case, item=make.ITEM)
        token = (await self.web.get("/api/v1/session")).json()["csrf"]
        if path.startswith("/api/"):
            headers = {"x-csrf-token": token, "idempotency-key": str(uuid4()), "if-match": "*"}
            return await self.web.request(method, path, json=body or {}, headers=headers)
        if method == "GET":
            return await self.web.get(path)
        return await self.web.post(path, data={"_csrf": token, **(body or {})})

    async def rows(self) -> list[Any]:
        """All that an act could have changed: both cases, and how many rows there are of what may be made."""
        counts = await self.db.sibling().row(
            """SELECT (SELECT count(*) FROM cases."case") AS cases, (SELECT count(*) FROM cases.event) AS steps,
                (SELECT count(*) FROM portal.request) AS requests, (SELECT count(*) FROM kit.idempotency) AS keys"""
        )
        return [dict(counts or {}), *[await make.everything(self.db, one) for one in (self.draft, self.case)]]


async def laid(db: Database, web: Client, owner: Resident, agent: Resident, third: Resident) -> Table:
    """The table, with a register of firms that the test answers for."""
    now = clock.now() - timedelta(minutes=10)
    case = await make.answered_case(db, owner, "food_business")
    firms = Firms()
    firms.firms[CAFE][1:3] = firms.firms[SHOP][1:3] = [agent.number, agent.name]
    identity.plug_firm_check(firms.check)
    made = Table(db, web, owner, agent, third, now, await make.draft(db, owner), case, firms)
    await made.act(await made.given())
    saved = await made.ask("POST /apply/{item}/{draft}", make.typed(phone=TYPED, _go="update"))
    assert saved.status_code == 303, saved.text[:500]
    return made
