"""Appraisal: nothing before its time, two persons for a destruction, and a list that keeps the hashes only."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases.archiving import archived, content_of
from tests.cases.papers import ask_for_files, paper
from tests.cases.printing import LATER, TUESDAY, brought
from tests.cases.test_archive import AFTER
from tests.cases.test_every_item import officer_at
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.actions import archiving
from tongban.cases.model.archive import (
    AppraisalIncomplete,
    Archived,
    Decision,
    NoSuchArchive,
    NotToDecide,
    RetentionWrong,
    due_on,
    schedule_of,
)
from tongban.cases.model.papers import PaperKind
from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("no_press")
DUE = datetime(2037, 1, 1, 2, tzinfo=UTC)
REASON = "保管期限已满，没有继续保存的价值。"


@pytest.fixture
async def file(city: Database, owner: Resident, officer: Actor) -> Archived:
    """A refused case's package, which is kept for ten years."""
    case_id = await brought(city, owner, officer, PaperKind.REFUSAL, "zh")
    return await archived(city, case_id, ended=LATER, now=AFTER)


@pytest.fixture
async def colleague(city: Database, officer: Actor) -> Actor:
    """Another officer of the same department."""
    return await officer_at(city, officer.department or "")


async def decide(
    db: Database, who: Actor, file: Archived, decision: str, *, version: int = 1, now: datetime = DUE
) -> Decision:
    return await archiving.appraise(
        db, who, id=file.id, decision=decision, reason=REASON, version=str(version), now=now
    )


async def test_a_destruction_takes_two_and_leaves_the_hashes(
    city: Database, owner: Resident, officer: Actor, colleague: Actor, file: Archived
) -> None:
    assert [one.id for one in await archiving.due_archives(city, officer, after=None, limit=9, now=DUE)] == [
        file.id
    ]
    city.count = 0
    assert await decide(city, officer, file, "propose") is Decision.PROPOSE
    assert city.count == 2
    with pytest.raises(NotToDecide):
        await decide(city, officer, file, "destroy", version=2)
    assert (await content_of(city, file))[:2] == b"PK"
    assert await decide(city, colleague, file, "destroy", version=2) is Decision.DESTROY
    with pytest.raises(NotToDecide):
        await decide(city, colleague, file, "destroy", version=2)

    row, appraisals = await archiving.archived_case(city, officer, id=file.id)
    assert row.state == "destroyed"
    assert [(one.decision, one.officer_name) for one in appraisals] == [
        ("propose", officer.name),
        ("destroy", colleague.name),
    ]
    (line,) = await archiving.destroyed(city, officer, before=None, limit=9)
    assert (line.sm3, line.proposed_name, line.destroyed_name) == (file.sm3, officer.name, colleague.name)
    text = str(line)
    case = await make.row(city, file.case_id)
    for secret in (owner.name, owner.number, str(owner.actor.id), case["number"], case["short_code"]):
        assert secret not in text
    # The package and what was applied for are gone; the case's frame and the ledger stay.
    kept = await files.kept_file(
        city, file_id=file.file_id, subject=file.applicant, reference=f"archive:{file.case_id}"
    )
    assert kept is None
    assert (case["answers"], case["facts"], case["finding"], case["reason"]) == ({}, {}, None, None)
    assert (await cases.progress(city, owner.actor, case_id=file.case_id)).case.state == "refused"
    acts = await make.ledger(city, file.case_id, "cases.archive.")
    assert [act["action"] for act in acts] == ["cases.archive.propose", "cases.archive.destroy"]
    assert await archiving.due_archives(city, officer, after=None, limit=9, now=DUE) == []


@pytest.mark.parametrize(
    ("decision", "retention", "year"), [("keep", "permanent", None), ("extend", "y10", 2047)]
)
async def test_it_may_be_kept_longer(
    city: Database, officer: Actor, file: Archived, decision: str, retention: str, year: int | None
) -> None:
    await decide(city, officer, file, decision)
    row, _ = await archiving.archived_case(city, officer, id=file.id)
    assert (row.retention, row.dispose_on and row.dispose_on.year, row.state) == (retention, year, "kept")
    with pytest.raises(NotToDecide):
        await decide(city, officer, file, "propose", version=2)


async def test_who_does_not_agree_keeps_it(
    city: Database, officer: Actor, colleague: Actor, file: Archived
) -> None:
    await decide(city, officer, file, "propose")
    await decide(city, colleague, file, "spare", version=2)
    row, _ = await archiving.archived_case(city, officer, id=file.id)
    assert (row.state, row.proposed_by) == ("kept", None)
    await decide(city, colleague, file, "propose", version=3)  # and the other way round
    with pytest.raises(NotToDecide):
        await decide(city, colleague, file, "destroy", version=4)


async def test_what_may_not_be_decided(
    city: Database, officer: Actor, elsewhere: Actor, file: Archived
) -> None:
    with pytest.raises(NotToDecide):
        await decide(city, officer, file, "propose", now=DUE - timedelta(days=1))
    with pytest.raises(NotToDecide):
        await decide(city, officer, file, "destroy")
    with pytest.raises(NotToDecide):
        await decide(city, officer, file, "extend", version=7)
    with pytest.raises(NoSuchArchive):
        await decide(city, elsewhere, file, "extend")
    with pytest.raises(AppraisalIncomplete) as refused:
        await archiving.appraise(
            city, officer, id=file.id, decision="burn", reason="……", version="1", now=DUE
        )
    assert set(refused.value.fields) == {"decision", "reason"}


@pytest.fixture
async def due_file(city: Database, file: Archived) -> Archived:
    """The same, long over by the real clock."""
    await city.run("UPDATE cases.archive SET dispose_on = '2020-01-01'")
    return file


def token(page: str) -> dict[str, str]:
    found = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert found
    return {"_csrf": found[1]}


async def test_the_pages_of_the_archive(
    city: Database, web: Client, officer: Actor, colleague: Actor, due_file: Archived
) -> None:
    address = f"/desk/archive/{due_file.id}"
    await log_in(web, city, officer)
    for path in ("/desk/archive", "/desk/archive?show=due"):
        assert f'href="{address}"' in (await web.get(path)).text
    page = (await web.get(address)).text
    assert due_file.sm3 in page and "提出销毁" in page and "同意销毁" not in page
    empty = await web.post(address, data={**token(page), "version": "1"})
    assert empty.status_code == 422 and "请选择一项决定" in empty.text
    done = await web.post(
        address, data={**token(page), "version": "1", "decision": "propose", "reason": REASON}
    )
    assert done.status_code == 303
    assert "须由另一位工作人员同意" in (await web.get(done.headers["location"])).text
    await log_in(web, city, colleague)
    page = (await web.get(address)).text
    assert REASON in page
    done = await web.post(
        address, data={**token(page), "version": "2", "decision": "destroy", "reason": REASON}
    )
    assert done.status_code == 303
    page = (await web.get("/desk/archive/destroyed")).text
    assert due_file.sm3 in page and due_file.number not in page
    assert (await web.get(f"/desk/archive/{UUID(int=7)}")).status_code == 404


def test_the_schedule_of_the_city_is_sound_and_a_wrong_one_is_told() -> None:
    from tests.conftest import CITY
    from tongban.cases.model import State

    text = (CITY / "retention.yaml").read_bytes()
    schedule = schedule_of(text)
    marriage, rule = schedule.of(item="marriage", kind="07", state=State.CLOSED)
    assert (marriage.years, rule.mark) == (100, "real")
    assert schedule.of(item="marriage", kind="07", state=State.WITHDRAWN)[0].years == 10
    assert schedule.of(item="food_business", kind="01", state=State.CLOSED)[0].years == 30
    assert due_on(schedule.by_code("permanent"), LATER.date()) is None
    for wrong, words in (
        (text.replace(b"retention: y100", b"retention: y99"), "y99"),
        (text.replace(b"years: 30", b"yeers: 30"), "yeers"),
        (text.replace(b"[not_accepted,", b"[accepted,"), "no end"),
        (text[: text.rindex(b"  - retention: y10")], "must fit every case"),
        (text.replace(b"code: y30", b"code: y10"), "twice"),
    ):
        with pytest.raises(RetentionWrong, match=words):
            schedule_of(wrong)


async def test_what_was_handed_in_is_destroyed_with_it(
    city: Database, owner: Resident, officer: Actor, colleague: Actor
) -> None:
    await ask_for_files(city)
    case_id = await make.filled(city, owner, now=TUESDAY)
    received = {"papers": [await paper(1)]}
    await cases.attach(city, owner.actor, case_id=case_id, received=received, version=None, now=TUESDAY)
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=TUESDAY)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=LATER)
    file = await archived(city, case_id, ended=LATER, now=AFTER)
    await decide(city, officer, file, "propose")
    await decide(city, colleague, file, "destroy", version=2)
    assert await files.holdings(city, file.applicant) == []
