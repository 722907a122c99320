"""The office that decides on a reconsideration reads the decision and what it rests on; nobody else does, nor later."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases.reconsidering import decided, filed
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.audit.store.ledger import unlawful_readings
from tongban.cases.model import NoSuchCase
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty


async def read_by(city: Database, office: Actor, about: UUID) -> list[list[str] | None]:
    """The readings of the first case by the office, each by its fields, None for the whole."""
    rows = [
        one for one in await make.ledger(city, about, "cases.read") if one["department"] == office.department
    ]
    return [(one["detail"] or {}).get("fields") for one in rows]


async def test_the_office_reads_the_first_case_while_it_decides(
    city: Database, owner: Resident, other: Resident, officer: Actor, web: Client
) -> None:
    now = clock.now()
    about = await make.accepted(city, owner, officer, now=now)
    await cases.refuse(city, officer, case_id=about, reason=make.REASON, now=now)
    asked = await filed(city, owner, "reconsideration", about, now=now)
    office = make.officer_with((await make.row(city, asked))["department"], Duty.EXAMINE)
    await log_in(web, city, office)
    link = f"/desk/{owner.actor.id}/{asked}/contested"
    assert link in (await web.get(f"/desk/{owner.actor.id}/{asked}")).text
    assert await read_by(city, office, about) == [["decision"]], "what the desk itself shows of it"
    page = await web.get(link)
    assert await read_by(city, office, about) == [["decision"], None], "one row a page"
    assert page.status_code == 200 and make.REASON in page.text, page.text[:500]
    head = page.text[: page.text.index("<main")]
    assert "司法局" in head and "公安局" not in head, "whose desk it is"
    assert (await make.row(city, about))["short_code"] in page.text
    hrefs = [one.replace("&amp;", "&") for one in re.findall(r'href="([^"]*/papers/[^"]*)"', page.text)]
    assert len(hrefs) == 3, "receipt, acceptance, refusal"
    printed = await web.get(hrefs[0])
    assert printed.status_code == 200 and printed.headers["content-type"] == "application/pdf"
    rows = await city.rows(
        "SELECT action, reference FROM audit.ledger WHERE subject = $1 AND purpose = $2 AND department = $3",
        *(owner.actor.id, asked, office.department),
    )
    assert {("cases.read", str(about)), ("cases.print", str(about))} <= {
        (row["action"], row["reference"]) for row in rows
    }
    assert await unlawful_readings(city, since=now - timedelta(days=1), until=clock.now()) == 0

    # Another desk, a case that is not on hers, another case as the ground or as the paper's, and one that has ended.
    strange = await make.submitted(city, other, now=now)
    for actor, case_id in (
        (make.officer_with("justice-310000", Duty.EXAMINE), asked),
        (office, about),
        (office, strange),
    ):
        assert owner.actor.id is not None
        with pytest.raises(NoSuchCase):
            await cases.actions.open_contested(city, actor, case_id=case_id, subject=owner.actor.id, now=now)
    assert (await web.get(hrefs[0].replace(str(asked), str(strange)))).status_code in (403, 404, 409)
    assert (await web.get(hrefs[0].replace(str(about), str(strange)))).status_code == 404
    await decided(city, asked, Ruling.UPHOLD, now=clock.now())
    assert (await web.get(link)).status_code == 404
    # Ended, it is looked at again for a ground; by who has taken over the office as well.
    heir = make.officer_with("justice-310000", Duty.EXAMINE)
    former, successor = office.department or "", heir.department or ""
    await cases.succeed(city, former=former, successor=successor, basis=make.REASON, now=clock.now())
    look = {"case_id": asked, "subject": owner.actor.id, "ground": "inspection"}
    again = await cases.open_case(city, heir, now=clock.now(), **look)
    assert await cases.actions.contested_at_desk(city, heir, again, now=clock.now()) is not None
    assert (await web.get(hrefs[0])).status_code != 200
