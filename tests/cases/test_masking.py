"""Who sees what of a person: role by page by value, and that what is shown in full was asked for and is in the ledger.

``SEEN`` is the table of docs/identity-and-powers.md, which is compared with it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests import filling, make
from tests.cases.papers import ask_for_files
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit import sample_files
from tests.kit.sample_paper import sample
from tests.kit.sample_paper import text_of as written
from tongban import cases, catalogue, rooms
from tongban.cases.model import TERMINATION_GROUNDS
from tongban.kit import clock, forms, keys, papers
from tongban.kit.acting import Acting
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.pdf.model import Paragraph
from tongban.kit.pdf.pages import printed
from tongban.kit.policy import Actor, Duty
from tongban.kit.web.sessions import hash_of, opening_session, switching
from tongban.portal.actions import requesting
from tongban.portal.model import Said

DOCS = Path(__file__).parents[2] / "docs" / "identity-and-powers.md"
#: A name that nobody else in the forms has.
CHILD = "诸葛小诺"
VALUES = ("name", "ID number", "phone", "address", "bank card", "her child's name")
#: Who opens which page → how she sees each of the values: in full, masked, or not at all.
REFUSED = ("refused",) * len(VALUES)
#: Sent back to the page, whose field asks for a reason.
ASKED = ("after a reason",) * len(VALUES)
SEEN: dict[tuple[str, str], tuple[str, ...]] = {
    ("herself", "my account"): ("full", "masked", "masked", "–", "–", "–"),
    ("herself", "about my information"): ("full", "masked", "masked", "–", "–", "–"),
    ("herself", "about my information, shown"): ("full", "full", "full", "–", "–", "–"),
    ("herself", "her cases"): ("full", "masked", "full", "full", "full", "full"),
    ("herself", "her cases, by the API"): ("full", "masked", "full", "full", "full", "full"),
    ("herself", "her request"): ("full", "–", "full", "full", "–", "–"),
    ("herself", "her request, by the API"): ("full", "–", "full", "full", "–", "–"),
    ("her agent", "her cases"): ("full", "masked", "masked", "full", "full", "masked"),
    ("her agent", "her cases, by the API"): ("full", "masked", "masked", "full", "full", "masked"),
    ("her agent", "about my information"): REFUSED,
    ("her guardian", "her cases"): ("full", "full", "full", "full", "full", "full"),
    ("her guardian", "her cases, by the API"): ("full", "full", "full", "full", "full", "full"),
    ("another resident", "her cases"): REFUSED,
    ("another resident", "her cases, by the API"): REFUSED,
    ("another resident", "her request"): REFUSED,
    ("another resident", "her request, by the API"): REFUSED,
    ("officer in charge", "the desk's list"): ("masked", "–", "–", "–", "–", "–"),
    ("officer in charge", "the case"): ("masked", "masked", "masked", "full", "–", "–"),
    ("officer in charge", "the case, by the API"): ("masked", "masked", "masked", "full", "–", "–"),
    ("officer in charge", "the case, shown for a reason"): ("full", "full", "full", "full", "–", "–"),
    ("officer in charge", "the request"): ("masked", "masked", "masked", "masked", "–", "–"),
    ("officer in charge", "the request, shown for a reason"): ("full", "full", "full", "full", "–", "–"),
    ("officer in charge", "a case with an account"): ("masked", "masked", "masked", "full", "masked", "–"),
    ("officer in charge", "a case with an account, by the API"): (
        "masked",
        "masked",
        "masked",
        "full",
        "masked",
        "–",
    ),
    ("officer in charge", "a case with an account, shown for a reason"): (
        "full",
        "full",
        "full",
        "full",
        "full",
        "–",
    ),
    ("officer in charge", "a case about a child"): ("masked", "masked", "masked", "full", "–", "masked"),
    ("officer in charge", "a case about a child, by the API"): (
        "masked",
        "masked",
        "masked",
        "full",
        "–",
        "masked",
    ),
    ("officer in charge", "a case about a child, shown for a reason"): (
        "full",
        "full",
        "full",
        "full",
        "–",
        "full",
    ),
    ("officer in charge", "the case's papers"): ("full", "masked", "masked", "full", "–", "–"),
    ("officer in charge", "a paper with an account"): ("full", "masked", "masked", "full", "masked", "–"),
    ("officer in charge", "a paper about a child"): ("full", "masked", "masked", "full", "–", "masked"),
    ("officer in charge", "a file handed in"): ("full", "full", "full", "full", "–", "–"),
    ("officer in charge", "a file of an ended case"): ASKED,
    ("her colleague", "a file handed in"): ASKED,
    ("her colleague", "a file handed in, for a reason"): ("full", "full", "full", "full", "–", "–"),
    ("officer of a department asked", "a file handed in"): ("full", "full", "full", "full", "–", "–"),
    ("officer of a department asked", "the question"): ("masked", "masked", "masked", "full", "–", "–"),
    ("officer elsewhere", "the case"): REFUSED,
    ("officer elsewhere", "the case, by the API"): REFUSED,
    ("officer elsewhere", "the case's papers"): REFUSED,
    ("officer elsewhere", "a file handed in"): REFUSED,
    ("officer elsewhere", "the request"): REFUSED,
    ("visitor", "published decisions"): ("–", "–", "–", "–", "–", "–"),
    ("visitor", "published decisions, by the API"): ("–", "–", "–", "–", "–", "–"),
}


def how(text: str, full: str, masked: str) -> str:
    """In full, masked, or not at all."""
    return "full" if full in text else "masked" if masked and masked in text else "–"


def text_of(answer: Any) -> str:
    """What is read of a page, or of a paper."""
    if answer.headers.get("content-type") == "application/pdf":
        return written(answer.content)
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


class Walk:
    """A browser that goes from page to page as somebody, and notes what is seen there of one person."""

    def __init__(self, web: Client, city: Database, values: Mapping[str, tuple[str, str]]) -> None:
        self.web, self.city, self.values = web, city, values
        self.found: dict[tuple[str, str], tuple[str, ...]] = {}

    def note(self, who: str, page: str, *answers: Any) -> None:
        text = " ".join(text_of(one) for one in answers)
        refused = all(one.status_code in (403, 404) for one in answers)
        asked = all(one.status_code == 303 for one in answers)
        seen = tuple(how(text, *self.values[name]) for name in VALUES)
        assert not (refused or asked) or "full" not in seen
        self.found[who, page] = REFUSED if refused else ASKED if asked else seen

    async def look(self, who: str, page: str, *at: str) -> None:
        self.note(who, page, *[await self.web.get(one) for one in at])

    async def press(self, who: str, page: str, *at: str, **fields: str) -> str:
        token = (await self.web.get("/api/v1/session")).json()["csrf"]
        answers = [await self.web.post(one, data={"_csrf": token, **fields}) for one in at]
        self.note(who, page, *answers)
        return str(answers[-1].text)


async def as_agent(web: Client, db: Database, principal: Actor, agent: Actor, kind: Any = "attorney") -> None:
    """Somebody who has switched to acting for the principal."""
    now = clock.now()
    assert agent.id is not None
    cookie, opening = opening_session(agent, now=now)
    await write(db.sibling(), Part("SELECT 1 AS one"), opening)
    acting = Acting(new_id(principal.bucket), kind, agent.id, agent.name, now + timedelta(days=1))
    mine = msgspec.structs.replace(agent, session=hash_of(cookie))
    cookie, ending, after = switching(mine, msgspec.structs.replace(principal, acting=acting), now=now)
    await write(db.sibling(), Part("SELECT 1 AS one"), ending, after)
    web.cookies.set("tongban_session", cookie)


async def about_a_child(db: Database, who: Resident) -> UUID:
    """A submitted case of hers that names her child."""
    now = clock.now()
    case_id = await cases.start(db, who.actor, item="school_enrolment", now=now)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(now))
    await make.answered(db, case_id, sheet.form, {**answers, "child_name": CHILD})
    await cases.submit(db, who.actor, case_id=case_id, key=None, now=now)
    return case_id


async def stated(db: Database, case_id: UUID, field: str) -> str:
    """An answer in the clear."""
    row = await make.row(db, case_id)
    version = await catalogue.version(db, row["item"], row["item_version"])
    form = forms.compile_form(version.form)
    return str(forms.open_answers(form, row["answers"], keys.current(), case_id.bytes)[field])


def by_api(*numbers: UUID) -> list[str]:
    """What the API tells of cases to their applicant."""
    return [f"/api/v1/cases/{one}{what}" for one in numbers for what in ("", "/answers")]


def desk_by_api(applicant: Actor, number: UUID) -> list[str]:
    """What it tells of one to its department's programs."""
    return [f"/api/v1/desk/cases/{applicant.id}/{number}{what}" for what in ("", "/hearing")]


async def with_a_file(db: Database, owner: Resident, officer: Actor) -> tuple[UUID, UUID]:
    """An accepted case of hers with a paper on which all that it says of her stands; the case, the file."""
    case_id = await make.filled(db, owner)
    says = [owner.name, owner.number, owner.phone, str(owner.facts["residence"]["residence_address"])]
    scan = printed(sample(blocks=tuple(Paragraph(one, indent=False) for one in says))).content
    received = {"papers": [await sample_files.sent(scan, "证件.pdf")]}
    await cases.attach(db, owner.actor, case_id=case_id, received=received, version=None, now=clock.now())
    await cases.submit(db, owner.actor, case_id=case_id, key=None, now=clock.now())
    await cases.accept(db, officer, case_id=case_id, now=clock.now())
    return case_id, UUID((await make.row(db, case_id))["answers"]["papers"][0]["file"])


async def at_a_file(walk: Walk, officer: Actor, elsewhere: Actor, at: str, file: UUID) -> None:
    """What was handed in: whole to whom it was handed in for, to others for a reason, to nobody else."""
    asked = at.replace("/desk/", "/desk/opinions/")
    await log_in(walk.web, walk.city, officer)
    await walk.look("officer in charge", "a file handed in", f"{at}/files/{file}")
    await log_in(walk.web, walk.city, make.officer_with(officer.department or "", Duty.REVIEW))
    await walk.look("her colleague", "a file handed in", f"{at}/files/{file}")
    await walk.look("her colleague", "a file handed in, for a reason", f"{at}/files/{file}?why=decide")
    await log_in(walk.web, walk.city, elsewhere)
    await walk.look("officer of a department asked", "a file handed in", f"{asked}/files/{file}")
    await walk.look("officer elsewhere", "a file handed in", f"{at}/files/{file}")
    case_id = UUID(at.rsplit("/", 1)[1])
    why = {"ground": next(iter(TERMINATION_GROUNDS)), "reason": make.REASON}
    await cases.terminate_at_desk(walk.city, officer, case_id=case_id, **why, now=clock.now())
    await log_in(walk.web, walk.city, officer)
    await walk.look("officer in charge", "a file of an ended case", f"{at}/files/{file}")


async def elsewhere_at(walk: Walk, elsewhere: Actor, at: str, papers_at: Sequence[str], ask: str) -> None:
    """Whose department is asked one question of the case, and has nothing else to do with it."""
    await log_in(walk.web, walk.city, elsewhere)
    question = at.replace("/desk/", "/desk/opinions/")
    await walk.look("officer of a department asked", "the question", question)
    await walk.look("officer elsewhere", "the case", at)
    by_programs = at.replace("/desk/", "/api/v1/desk/cases/")
    await walk.look("officer elsewhere", "the case, by the API", by_programs, f"{by_programs}/hearing")
    await walk.look("officer elsewhere", "the case's papers", *papers_at)
    await walk.look("officer elsewhere", "the request", ask)


async def as_residents(
    walk: Walk, owner: Actor, other: Actor, numbers: Sequence[UUID], request: UUID
) -> None:
    """Herself, who acts for her, and somebody else."""
    hers, told = [f"/my/cases/{one}" for one in numbers], by_api(*numbers)
    walk.web.cookies.clear()
    await log_in(walk.web, walk.city, owner)
    await walk.look("herself", "my account", "/my/account")
    await walk.look("herself", "about my information", "/my/data")
    await walk.press("herself", "about my information, shown", "/my/data/show")
    await walk.look("herself", "her cases", *hers)
    await walk.look("herself", "her cases, by the API", *told, "/api/v1/cases", "/api/v1/session")
    await walk.look("herself", "her request", f"/my/data/requests/{request}")
    await walk.look("herself", "her request, by the API", f"/api/v1/requests/{request}", "/api/v1/requests")
    await as_agent(walk.web, walk.city, owner, other)
    await walk.look("her agent", "her cases", *hers)
    await walk.look("her agent", "her cases, by the API", *told, "/api/v1/cases", "/api/v1/session")
    await walk.look("her agent", "about my information", "/my/data")
    await as_agent(walk.web, walk.city, owner, other, "guardian")
    await walk.look("her guardian", "her cases", *hers)
    await walk.look("her guardian", "her cases, by the API", *told)
    await log_in(walk.web, walk.city, other)
    await walk.look("another resident", "her cases", *hers)
    await walk.look("another resident", "her cases, by the API", *told)
    await walk.look("another resident", "her request", f"/my/data/requests/{request}")
    await walk.look("another resident", "her request, by the API", f"/api/v1/requests/{request}")


async def in_the_ledger(city: Database) -> None:
    """What was shown in full was pressed for, or is a paper: each time a row, an officer's under a purpose."""
    rows = await city.sibling().rows(
        """SELECT action, kind, purpose, detail FROM audit.ledger
        WHERE action LIKE '%reveal%' OR action = 'portal.show_data'"""
    )
    shown = [row["action"] for row in rows]
    assert sorted(shown) == ["cases.reveal"] * 3 + ["portal.reveal_request", "portal.show_data"]
    for row in rows:
        if row["action"] != "portal.show_data":  # her own look needs no purpose
            assert (row["kind"], row["purpose"] is not None) == ("read", True)
            assert row["detail"]["why"] in ("contact", "compare")
            assert row["action"] != "cases.reveal" or row["detail"]["fields"]
    papers_read = await city.sibling().rows(
        "SELECT purpose, detail FROM audit.ledger WHERE action = 'cases.print' ORDER BY detail ->> 'paper'"
    )
    assert [row["detail"]["paper"] for row in papers_read] == ["acceptance"] + ["receipt"] * 3
    assert all(row["purpose"] and row["detail"]["fields"] == ["name"] for row in papers_read)
    files_read = await city.sibling().rows(
        "SELECT purpose, detail FROM audit.ledger WHERE action = 'cases.read_file' ORDER BY xid, id"
    )
    assert [row["detail"].get("why") for row in files_read] == [None, "decide", None]
    assert all(row["purpose"] for row in files_read)


async def at_the_request(walk: Walk, at: str) -> None:
    """A request looked at and shown in full; an answer half typed stays."""
    await walk.look("officer in charge", "the request", at)
    half = {"why": "compare", "outcome": "refused", "answer": "写到一半的答复"}
    shown = await walk.press("officer in charge", "the request, shown for a reason", f"{at}/show", **half)
    assert half["answer"] in shown


@pytest.mark.usefixtures("no_press")
async def test_who_sees_what(
    web: Client, city: Database, owner: Resident, other: Resident, officer: Actor, elsewhere: Actor
) -> None:
    await ask_for_files(city)
    await rooms.warm(city)
    address = str(owner.facts["residence"]["residence_address"])
    case_id, file = await with_a_file(city, owner, officer)
    await cases.consult(
        *(city, officer),
        case_id=case_id,
        department=elsewhere.department or "",
        days="3",
        question="请核对该住址是否登记在你处。",
        now=clock.now(),
    )
    request = await requesting.ask(
        *(city, owner.actor),
        draft=new_id(owner.actor.bucket),
        thing="identity.residence.residence",
        about="",
        district=owner.district,
        said=Said("", address, f"{owner.name}，电话 {owner.phone}，搬到{address}"),
        now=clock.now(),
    )
    paid = await make.answered_case(city, owner, "elderly_allowance")
    child = await about_a_child(city, owner)
    card = await stated(city, paid, "bank_account")
    walk = Walk(
        web,
        city,
        {
            "name": (owner.name, papers.mask_name(owner.name)),
            "ID number": (owner.number, papers.mask_id(owner.number)),
            "phone": (owner.phone, papers.mask_phone(owner.phone)),
            "address": (address, papers.masked(address, head=1, tail=0)),
            "bank card": (card, papers.masked(card, head=1, tail=0)),
            "her child's name": (CHILD, papers.mask_name(CHILD)),
        },
    )
    desk, ask = f"/desk/{owner.actor.id}/{case_id}", f"/desk/requests/{owner.actor.id}/{request}"
    await as_residents(walk, owner.actor, other.actor, (case_id, paid, child), request)
    await log_in(web, city, officer)
    await walk.look("officer in charge", "the desk's list", "/desk")
    await walk.look("officer in charge", "the case", desk)
    await walk.look("officer in charge", "the case, by the API", *desk_by_api(owner.actor, case_id))
    await walk.press("officer in charge", "the case, shown for a reason", f"{desk}/show", why="contact")
    papers_at = [f"{desk}/papers/{kind}.pdf" for kind in ("receipt", "acceptance")]
    await walk.look("officer in charge", "the case's papers", *papers_at)
    await at_the_request(walk, ask)
    for number, page in ((paid, "a case with an account"), (child, "a case about a child")):
        department = (await make.row(city, number))["department"]
        await log_in(web, city, make.officer_with(department, Duty.EXAMINE))
        at = f"/desk/{owner.actor.id}/{number}"
        await walk.look("officer in charge", page, at)
        await walk.look("officer in charge", f"{page}, by the API", *desk_by_api(owner.actor, number))
        await walk.press("officer in charge", f"{page}, shown for a reason", f"{at}/show", why="contact")
        await walk.look("officer in charge", page.replace("case", "paper"), f"{at}/papers/receipt.pdf")
    await elsewhere_at(walk, elsewhere, desk, papers_at, ask)
    await at_a_file(walk, officer, elsewhere, desk, file)
    web.cookies.clear()
    await walk.look("visitor", "published decisions", "/published")
    await walk.look("visitor", "published decisions, by the API", "/api/v1/published")
    assert walk.found == SEEN
    await in_the_ledger(city)


def test_the_api_tells_as_much_as_the_page() -> None:
    """What is masked on a page is masked by the API; there is no showing in full by it."""
    by_the_api = {key: seen for key, seen in SEEN.items() if key[1].endswith(", by the API")}
    assert by_the_api == {
        (who, page): SEEN.get((who, page.removesuffix(", by the API"))) for who, page in by_the_api
    }


def test_the_docs_have_this_table() -> None:
    lines = [f"| who | page | {' | '.join(VALUES)} |", "|---" * (2 + len(VALUES)) + "|"]
    lines += [f"| {who} | {page} | {' | '.join(seen)} |" for (who, page), seen in SEEN.items()]
    assert "\n".join(lines) in DOCS.read_text()
