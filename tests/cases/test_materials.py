"""My materials: what was filed before is listed, handed in again while it is good, and taken off the list.

How these tests can fail (tried): count the months from the reuse (a photo lasts for ever), compare the question's name
alone (another paper of the same code is offered), look at drafts too.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cases import papers
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases import actions
from tongban.cases.model import AnswersInvalid, MovedOn
from tongban.cases.model.materials import last_day
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
async def filed(city: Database, owner: Resident, officer: Actor) -> UUID:
    """A case of hers that has ended, with a paper that is good for six months and another that is not."""
    await papers.ask_for_files(city)
    await city.sibling().run(
        "UPDATE catalogue.item_version SET body = jsonb_set(body, $2, '6') WHERE code = $1",
        make.ITEM,
        ["form", "properties", "papers", "x-ui", "valid_months"],
    )
    case_id = await make.filled(city, owner)
    await papers.attached(city, owner, case_id, 2)
    await papers.attached(city, owner, case_id, 3, field="photos")
    assert await actions.my_materials(city, owner.actor) == [], "a draft is not filed"
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    return case_id


async def offered(db: Database, who: Resident, case_id: UUID, *, days: int = 0) -> list[UUID]:
    sheet = await actions.sheet(db, who.actor, case_id=case_id)
    now = clock.now() + timedelta(days=days)
    found = await actions.reusable(db, who.actor, sheet.version.form, now=now)
    return [one.file for more in found.values() for one in more]


async def test_what_was_filed_is_listed_with_its_last_day(
    city: Database, owner: Resident, other: Resident, filed: UUID
) -> None:
    before = city.count
    one, fresh = sorted(await actions.my_materials(city, owner.actor), key=lambda found: found.field)
    assert city.count - before == 2
    today = clock.city_day(clock.now())
    assert (one.name, one.case_id, one.until) == ("2.pdf", filed, last_day(today, 6))
    assert fresh.until is None and not fresh.good(today)
    assert await actions.my_materials(city, other.actor) == []


async def test_a_paper_is_handed_in_again_while_it_is_good(
    city: Database, owner: Resident, filed: UUID
) -> None:
    draft = await make.filled(city, owner)
    (paper,) = await offered(city, owner, draft)
    assert await offered(city, owner, draft, days=170) == [paper]
    assert await offered(city, owner, draft, days=190) == []
    seen = (await make.row(city, draft))["version"]
    await actions.reuse(
        city, owner.actor, case_id=draft, field="papers", file_id=paper, version=seen, now=clock.now()
    )
    (told,) = (await make.row(city, draft))["answers"]["papers"]
    assert told["name"] == "2.pdf" and told["file"] != str(paper)
    assert owner.actor.id is not None
    first = await files.kept_file(city, file_id=paper, subject=owner.actor.id, reference=filed)
    again = await files.kept_file(city, file_id=UUID(told["file"]), subject=owner.actor.id, reference=draft)
    assert first is not None and again is not None
    assert told["until"] == last_day(clock.city_day(first.created_at), 6).isoformat()  # type: ignore[union-attr]
    assert (again.digest, again.created_at) == (first.digest, first.created_at), (
        "one content, as old as it was"
    )
    (line,) = await make.ledger(city, draft, "cases.reuse_file")
    assert line["detail"] == {"from": str(filed)}
    with pytest.raises(MovedOn):
        await actions.reuse(
            city, owner.actor, case_id=draft, field="papers", file_id=paper, version=seen, now=clock.now()
        )


async def test_one_that_was_picked_in_time_and_is_filed_too_late_is_told_at_its_field(
    city: Database, owner: Resident, filed: UUID
) -> None:
    """Asked for its validity when it was picked alone, it was submitted when it had expired."""
    draft, now = await make.filled(city, owner), clock.now()
    (paper,) = await offered(city, owner, draft)
    await actions.reuse(
        city, owner.actor, case_id=draft, field="papers", file_id=paper, version=None, now=now
    )
    await papers.attached(city, owner, draft, 3, field="photos")
    until = last_day(clock.city_day(now), 6)
    assert until is not None
    late = clock.end_of_day(until) + timedelta(seconds=1)
    sheet = await actions.sheet(city, owner.actor, case_id=draft)
    assert sheet.faults(now=late - timedelta(minutes=1)) == {}
    assert [*sheet.faults(now=late)] == ["papers"], "the check page and its marks"
    with pytest.raises(AnswersInvalid) as told:
        await cases.submit(city, owner.actor, case_id=draft, key=None, now=late)
    assert f"“2.pdf”是以前交过的，最晚可用到 {until}" in str(told.value.fields["papers"])
    await cases.submit(city, owner.actor, case_id=draft, key=None, now=late - timedelta(minutes=1))
    desk = await make.desk_of(city, owner)
    await cases.ask_correction(
        city, desk, case_id=draft, said={"phone": "这个号码打不通，请核对。"}, now=late
    )
    await cases.correct(city, owner.actor, case_id=draft, key=None, now=late)  # filed in time, it stays good


async def test_what_may_not_be_used_here_is_not_there(
    city: Database, owner: Resident, other: Resident, filed: UUID
) -> None:
    draft, hers = await make.filled(city, owner), await make.filled(city, other)
    (paper,) = await offered(city, owner, draft)

    async def use(who: Resident, case_id: UUID, field: str = "papers", days: int = 0) -> Any:
        now = clock.now() + timedelta(days=days)
        return await actions.reuse(
            city, who.actor, case_id=case_id, field=field, file_id=paper, version=None, now=now
        )

    for who, case_id, field, days in (
        (owner, draft, "photos", 0),
        (owner, draft, "papers", 190),
        (other, hers, "papers", 0),
    ):
        with pytest.raises(files.NoSuchFile):
            await use(who, case_id, field, days)
    await actions.forget_material(city, owner.actor, file_id=paper, now=clock.now())
    await actions.forget_material(city, owner.actor, file_id=paper, now=clock.now())
    with pytest.raises(files.NoSuchFile):
        await use(owner, draft)
    with pytest.raises(files.NoSuchFile):
        await actions.forget_material(city, other.actor, file_id=paper, now=clock.now())
    assert owner.actor.id is not None
    assert await files.kept_file(city, file_id=paper, subject=owner.actor.id, reference=filed), (
        "the case keeps it"
    )


async def test_the_page_and_the_button_of_the_form(
    web: Client, city: Database, owner: Resident, other: Resident, filed: UUID
) -> None:
    draft = await make.filled(city, owner)
    await log_in(web, city, owner.actor)
    listed = (await web.get("/my/materials")).text
    assert "2.pdf" in listed and "前可以再用" in listed and "每次办理要重新提供" in listed
    home = f"/apply/{make.ITEM}/{draft}"
    shown = (await web.get(home)).text
    (press,) = re.findall(r'value="(reuse:papers:[^"]+)"', shown)
    hidden = dict(re.findall(r'name="(_csrf|_version)" value="([^"]*)"', shown))
    answer = await web.post(
        home,
        data={**hidden, **make.typed(), "_go": press},
        files=[("papers", ("", b""))],
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{home}#papers")
    row = await make.row(city, draft)
    assert row["answers"]["papers"][0]["name"] == "2.pdf" and row["answers"]["ground"] == "work"
    file = press.rpartition(":")[2]
    gone = await web.post(
        f"/my/materials/{file}/remove", data={"_csrf": hidden["_csrf"]}, follow_redirects=False
    )
    assert gone.headers["location"] == "/my/materials"
    assert "前可以再用" not in (await web.get("/my/materials")).text
    (line,) = await make.ledger(city, UUID(file), "cases.forget_material")
    assert line["subject"] == owner.actor.id, "once, though two rows name the paper"
    assert (await city.sibling().value("SELECT count(*) FROM kit.file WHERE NOT offered")) == 2
    await log_in(web, city, other.actor)
    assert "还没有材料" in (await web.get("/my/materials")).text


async def test_a_paper_is_handed_in_again_with_a_correction(
    web: Client, city: Database, owner: Resident, officer: Actor, filed: UUID
) -> None:
    case_id = await make.filled(city, owner)
    await papers.attached(city, owner, case_id, 4)
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    said = {"papers": "缺第二页，请补全后重新上传。"}
    await cases.ask_correction(city, officer, case_id=case_id, said=said, now=clock.now())
    await log_in(web, city, owner.actor)
    home = f"/my/cases/{case_id}/correct"
    shown = (await web.get(home)).text
    (press,) = re.findall(r'value="(reuse:papers:[^"]+)"[^>]*>[^<]*2\.pdf', shown)
    hidden = dict(re.findall(r'name="(_csrf|_version|_key)" value="([^"]*)"', shown))
    for _ in range(2):
        answer = await web.post(home, data={**hidden, "_go": press}, files=[("papers", ("", b""))])
    assert answer.status_code == 409, "the same page again adds nothing"
    kept = (await make.row(city, case_id))["correction"]["answers"]["papers"]
    assert [one["name"] for one in kept] == ["4.pdf", "2.pdf"]
    assert len(await make.ledger(city, case_id, "cases.reuse_file")) == 1
    hidden = dict(re.findall(r'name="(_csrf|_version|_key)" value="([^"]*)"', answer.text))
    nothing = press.replace(press[-12:], "0" * 12)
    answer = await web.post(home, data={**hidden, "_go": nothing}, files=[("papers", ("", b""))])
    assert answer.status_code == 404


def test_so_many_months_end_within_the_month() -> None:
    assert last_day(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert last_day(date(2026, 1, 15), 12) == date(2027, 1, 15)
    assert last_day(date(2026, 1, 15), None) is None
