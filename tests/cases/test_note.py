"""Internal notes: append only, for the department's officers; not for the applicant's pages, but for her copy."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests import make
from tests.cases.inspecting import accepted, filled_in, handed_in
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.model import NoSuchCase
from tongban.cases.model.desk_refusals import NoteUnfit
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
WORDS = "与申请人电话核对过单位地址，下周再看一次登记"


async def add(
    db: Database, actor: Actor, case_id: UUID, who: Resident, words: str = WORDS, key: str = ""
) -> None:
    assert who.actor.id is not None
    await cases.add_note(
        db,
        actor,
        case_id=case_id,
        applicant=who.actor.id,
        words=words,
        key=key or str(uuid4()),
        now=clock.now(),
    )


async def test_a_note_is_kept_with_its_ledger_row_once_for_its_key(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id, key = await make.submitted(city, owner), str(uuid4())
    before, count = await make.everything(city, case_id), city.count
    await add(city, officer, case_id, owner, key=key)
    assert city.count - count == 1
    await add(city, officer, case_id, owner, key=key)
    await add(city, officer, case_id, owner, "第二条\r\n两行")
    after = await make.everything(city, case_id)
    assert {**after, "ledger": 0} == {**before, "ledger": 0} and after["ledger"] == before["ledger"] + 2
    assert [(one.author, one.words) for one in await cases.notes(city, officer, case_id=case_id)] == [
        (officer.name, WORDS),
        (officer.name, "第二条\n两行"),
    ]


async def test_not_by_others_not_to_a_draft_and_not_empty(
    city: Database, owner: Resident, other: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.draft(city, owner)
    with pytest.raises(NoSuchCase):
        await add(city, officer, case_id, owner)
    case_id = await make.submitted(city, other)
    desk = await make.desk_of(city, other)
    for actor, refusal in ((elsewhere, NoSuchCase), (other.actor, NotAllowed)):
        if actor.department != desk.department:
            with pytest.raises(refusal):
                await add(city, actor, case_id, other)
    with pytest.raises(NoSuchCase):  # the address names another applicant
        await add(city, desk, case_id, owner)
    with pytest.raises(NoSuchCase):  # an empty note tells nobody that the case is there
        await add(city, desk, case_id, owner, " ")
    for words in ("", "  \n ", "字" * 1001):
        with pytest.raises(NoteUnfit):
            await add(city, desk, case_id, other, words)
    assert await cases.notes(city, desk, case_id=case_id) == []
    assert await cases.notes(city, elsewhere, case_id=case_id) == []


async def test_it_is_on_the_desk_and_nowhere_that_the_applicant_looks_but_in_her_copy(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    assert owner.actor.id is not None
    desk = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    shown = (await web.get(desk)).text
    token = shown.split('name="_csrf" value="')[1].split('"')[0]
    answer = await web.post(f"{desk}/notes", data={"_csrf": token, "note": WORDS, "_key": str(uuid4())})
    assert answer.status_code == 303 and answer.headers["location"] == f"{desk}#notes"
    assert WORDS in (await web.get(desk)).text
    answer = await web.post(f"{desk}/notes", data={"_csrf": token, "note": "字" * 1001})
    assert answer.status_code == 422 and "字" * 1001 in answer.text
    assert WORDS not in (await web.get(f"/api/v1{desk.replace('/desk/', '/desk/cases/')}")).text
    await log_in(web, city, owner.actor)
    for place in (f"/my/cases/{case_id}", f"/api/v1/cases/{case_id}", "/my/inbox"):
        assert WORDS not in (await web.get(place)).text, place
    [held] = await cases.holdings(city, owner.actor.id)
    [note] = held["notes"]
    assert note["words"] == WORDS and note["department"] == officer.department
    assert officer.name not in str(held["notes"])


async def test_an_inspection_that_was_handed_in_is_in_her_copy(city: Database, owner: Resident) -> None:
    case_id, inspector = await accepted(city, owner)
    await filled_in(city, inspector, case_id, owner)
    assert owner.actor.id is not None
    assert (await cases.holdings(city, owner.actor.id))[0]["inspections"] is None
    await handed_in(city, inspector, case_id)
    [record] = (await cases.holdings(city, owner.actor.id))[0]["inspections"]
    assert record["met"] == "郑店长"
