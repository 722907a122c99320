"""The cast of the identity tests: a register that we answer for, people in it, and their phones."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tongban import identity
from tongban.identity.model.typed import Typed
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.errors import Unavailable
from tongban.kit.i18n import N_
from tongban.notices.model import open_phone, open_words

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = "correct horse battery"


def id_number(serial: int) -> str:
    """A well-formed number of nobody: area 340321, born 1993-05-18."""
    body = f"34032119930518{serial:03d}"
    return body + papers.id_check_digit(body)


LI = Typed("李晓雯", id_number(902), "13800005001", SECRET)
WANG = Typed("王佳悦", id_number(904), "13800005003", SECRET)


class Register:
    """The population register as the plugged check sees it: who is in it, and whether it answers."""

    def __init__(self) -> None:
        self.people = {one.id_number: one for one in (LI, WANG)}
        self.status: dict[str, str] = {}
        self.down = False
        self.asked: list[UUID] = []
        self.purposes: list[bool] = []

    async def check(
        self, db: Database, *, candidate: UUID, name: str, id_number: str, phone: str, now: datetime
    ) -> identity.CheckResult:
        self.asked.append(candidate)
        standing = await db.sibling().value(
            "SELECT count(*) FROM audit.purpose WHERE id = $1 AND subject = $1 AND closed_at IS NULL",
            candidate,
        )
        self.purposes.append(standing == 1)
        if self.down:
            raise Unavailable("source-down", N_("人口库没有应答。"))
        known = self.people.get(id_number)
        if known is None:
            return identity.CheckResult(False, ("unknown",), now)
        reasons = [
            word for word, same in (("name", known.name == name), ("phone", known.phone == phone)) if not same
        ]
        reasons += [self.status[id_number]] if id_number in self.status else []
        return identity.CheckResult(not reasons, tuple(reasons), now)


@pytest.fixture
def register() -> Register:
    register = Register()
    identity.plug_register_check(register.check)
    return register


async def texts(db: Database, phone: str | None = None) -> list[str]:
    """What was sent by SMS, oldest first (to one phone)."""
    rows = await db.sibling().rows(
        "SELECT subject, payload FROM kit.outbox WHERE topic = 'notices.sms' ORDER BY at, id"
    )
    return [
        open_words(row["payload"]["words"], row["subject"])
        for row in rows
        if phone in (None, open_phone(b64decode(row["payload"]["phone"]), row["subject"]))
    ]


async def last_code(db: Database, phone: str | None = None) -> str:
    """The code of the last SMS."""
    found = re.search(r"\d{6}", (await texts(db, phone))[-1])
    assert found
    return found[0]


def wrong(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def enrolled(db: Database, one: Typed = LI, *, now: datetime = NOW) -> identity.Opened:
    """A person with an account."""
    step = await identity.enrol(db, one, now=now)
    return await identity.finish_enrolment(db, step=step, code=await last_code(db, one.phone), now=now)


async def actions_of(db: Database) -> list[str]:
    """The ledger's actions, oldest first."""
    rows = await db.sibling().rows("SELECT action FROM audit.ledger ORDER BY xid, id")
    return [row["action"] for row in rows]
