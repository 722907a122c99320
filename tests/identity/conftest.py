"""The cast of the identity tests: a register that we answer for, people in it, and their phones."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Request, get, post
from litestar.testing import AsyncTestClient

from tests.applications import Room
from tests.identity.pages import submit
from tests.identity.staffing import staff  # noqa: F401 - a fixture
from tongban import identity, notices
from tongban.identity import pages
from tongban.identity.model.typed import Typed
from tongban.kit import clock, papers
from tongban.kit.acting import Errand
from tongban.kit.db import Database
from tongban.kit.errors import Unavailable
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import Actor, Policy, Relation, Role, Rule, Verdict
from tongban.kit.web import form_of, public, refusals
from tongban.notices import pages as notices_pages
from tongban.notices.model import open_phone, open_words

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = "correct horse battery"


def id_number(serial: int) -> str:
    """A well-formed number of nobody: area 340321, born 1993-05-18."""
    body = f"34032119930518{serial:03d}"
    return body + papers.id_check_digit(body)


LI = Typed("李晓雯", id_number(902), "13800005001", SECRET)
WANG = Typed("王佳悦", id_number(904), "13800005003", SECRET)
#: Whose paper is no identity card: from Hong Kong, a permanent resident, and with a passport.
CHAN = Typed("陈嘉欣", "H05500116", "13800005021", SECRET, "516")
WEBER = Typed("ANNA MARIA WEBER", "931276198811090243", "13800005025", SECRET, "553")
MARTIN = Typed("JULIEN MARTIN", "05AB05533", "13800005027", SECRET, "414", "FRA")


class Register:
    """The population register as the plugged check sees it: who is in it, and whether it answers."""

    def __init__(self) -> None:
        self.people = {one.id_number: one for one in (LI, WANG, CHAN, WEBER, MARTIN)}
        self.status: dict[str, str] = {}
        self.homes: dict[str, identity.Residence] = {}
        self.others: dict[str, tuple[papers.Paper, ...]] = {}
        self.down = False
        self.fails_for: set[str] = set()
        self.asked: list[UUID] = []
        self.purposes: list[bool] = []

    async def check(
        self,
        db: Database,
        *,
        candidate: UUID,
        name: str,
        id_number: str,
        phone: str,
        now: datetime,
        paper_kind: str,
        country: str,
        subject: UUID | None = None,
        linked: bool = False,
        settled: bool = False,
    ) -> identity.CheckResult:
        self.asked.append(candidate)
        standing = await db.sibling().value(
            "SELECT count(*) FROM audit.purpose WHERE id = $1 AND subject = $2 AND closed_at IS NULL",
            candidate,
            subject or candidate,
        )
        self.purposes.append(standing == 1)
        if self.down or id_number in self.fails_for:
            raise Unavailable("source-down", N_("人口库没有应答。"))
        known = self.people.get(id_number)
        if known is None or (known.paper_kind, known.country) != (paper_kind, country):
            return identity.CheckResult(False, ("unknown",), now)
        reasons = [
            word
            for word, same in (("name", known.name == name), ("phone", phone in ("", known.phone)))
            if not same
        ]
        reasons += [self.status[id_number]] if id_number in self.status else []
        others = self.others.get(id_number, ()) if linked and not reasons else ()
        home = self.homes.get(id_number) if settled and not reasons else None
        return identity.CheckResult(not reasons, tuple(reasons), now, others, home)


class Families:
    """The register of families as the plugged check sees it: who is whose parent, and whether it answers."""

    def __init__(self) -> None:
        self.parents: dict[str, tuple[str, dict[str, str]]] = {}
        self.down = False
        self.asked = 0

    def add(self, child: identity.Named, **parents: Typed) -> None:
        self.parents[child.id_number] = (
            child.name,
            {one.id_number: relation for relation, one in parents.items()},
        )

    async def check(
        self,
        db: Database,
        *,
        purpose: UUID,
        subject: UUID,
        child: identity.Named,
        parent: identity.Named,
        now: datetime,
    ) -> identity.ParentResult:
        self.asked += 1
        standing = await db.sibling().value(
            "SELECT count(*) FROM audit.purpose WHERE id = $1 AND subject = $2 AND closed_at IS NULL",
            purpose,
            subject,
        )
        assert standing == 1, "no register is asked without a purpose"
        if self.down:
            raise Unavailable("source-down", N_("人口库没有应答。"))
        name, parents = self.parents.get(child.id_number, ("", {}))
        if name != child.name:
            return identity.ParentResult(False, ("name" if name else "unknown",), as_of=now)
        relation = parents.get(parent.id_number, "")
        return identity.ParentResult(bool(relation), () if relation else ("not_parent",), relation, now)


@pytest.fixture
def families() -> Families:
    families = Families()
    identity.plug_parent_check(families.check)
    return families


async def item_names(_db: Database) -> dict[str, Text]:
    """What can be applied for in the city of these tests."""
    return {
        "residence_permit": Text("居住证", "Residence permit"),
        "food_business": Text("食品经营许可", "Food licence"),
    }


async def item_groups(db: Database, actor: Actor) -> list[tuple[Text, list[tuple[str, Text]]]]:
    """The same items under one title."""
    return [(Text("事项", "Services"), list((await item_names(db)).items()))]


@pytest.fixture
def register() -> Register:
    register = Register()
    identity.plug_register_check(register.check)
    identity.plug_item_names(item_names, item_groups)
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


Client = AsyncTestClient[Any]
TYPED = {"name": LI.name, "id_number": LI.id_number, "phone": LI.phone, "password": SECRET, "agree": "yes"}
ELSEWHERE = Policy(
    [
        Rule("test.draft", Role.RESIDENT, Relation.OWN),
        Rule("test.draft", Role.RESIDENT, Relation.DELEGATED, errand=Errand.APPLY),
        Rule("test.deed", Role.RESIDENT, Relation.OWN, Verdict.STEP_UP, level=2),
        Rule("test.desk", Role.OFFICER, Relation.DEPARTMENT),
    ]
)


@get("/draft", who="test.draft")
async def show_draft() -> str:
    """A page for residents."""
    return "draft"


@post("/draft", who="test.draft", status_code=200)
async def save_draft(request: Request[Any, Any, Any], actor: Actor) -> dict[str, str]:
    """A form for residents."""
    form = await form_of(request)
    return {"by": actor.name, "address": form["address"], "note": form["note"]}


@post("/deed", who="test.deed", status_code=200)
async def sign_deed(request: Request[Any, Any, Any], actor: Actor) -> dict[str, str]:
    """A form that asks L2."""
    return {"level": str(actor.level), "note": (await form_of(request))["note"]}


@get("/desk", who="test.desk")
async def desk() -> str:
    """A page for officers."""
    return "desk"


APPLICATION = Room(
    [*pages.routes, *notices_pages.routes, show_draft, save_draft, sign_deed, desk],
    Policy(
        rule
        for policy in (public.POLICY, identity.POLICY, notices.POLICY, ELSEWHERE)
        for rule in policy.rules
    ),
    "identity",
    "notices",
)


@pytest.fixture
async def client(db: Database, dsn: str, register: Register) -> AsyncIterator[Client]:
    """The room's own routes on the web floor, beside a page of another room."""

    def log_in_page(next_path: str, kept: str, staff: bool) -> Any:  # noqa: F811
        return pages.log_in_page(next_path, kept=kept, staff=staff)

    refusals.plug_log_in_page(log_in_page)
    refusals.plug_step_up_page(pages.step_up_page)
    async with APPLICATION.on(dsn) as running:
        yield running


async def with_account(db: Database) -> None:
    """An account of yesterday: no code of it is young."""
    await enrolled(db, now=clock.now() - timedelta(days=1))


async def logged_in(client: Client, db: Database, path: str = "/login") -> Any:
    shown = await client.get(path)
    shown = await submit(client, shown, "/login", {"account": LI.phone, "password": SECRET})
    return await submit(client, shown, "/login/code", {"code": await last_code(db)})
