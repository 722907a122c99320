"""What the machine decides by itself (PIPL art. 24, 48): the table is complete, a case is explained, a head looks."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import msgspec
import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.identity.pages import fields_of, words
from tongban import rooms
from tongban.cases.actions import deem_accepted
from tongban.cases.model.life import MOVES, Move
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty, Role
from tongban.portal import files
from tongban.portal.actions import answering, explaining, following
from tongban.portal.model import RequestState, RequestUnknown

MONDAY = clock.instant_of(date(2026, 11, 23), clock.OFFICE_OPEN)
#: What the system does to a case after somebody has decided, or that changes nothing for the applicant.
FOLLOWS = {
    *(
        "discard",
        "recheck",
        "hand_over",
        "succeed",
        "complete",
        "call_off",
        "rectify",
        "reopen",
        "unfix_hearing",
    ),
    *("suspend_licence", "resume_licence", "cancel_licence", "retract_licence", "revoke_licence"),
    "reinstate_licence",
}


def test_every_step_that_the_system_makes_is_explained_or_follows_a_decision() -> None:
    table = files.decisions().values()
    by_system = {edge.move.value for edge in MOVES if edge.role is Role.SYSTEM}
    explained = {move for one in table for move in one.moves}
    assert by_system == explained | FOLLOWS
    assert explained & FOLLOWS == set()
    assert {use for one in table for use in one.uses} == set(explaining.USES)
    for ground in ("", "not_followed", "not_asked", "not_come"):
        assert explaining.kind_of(Move.TERMINATE, ground) is not None, ground
    assert explaining.kind_of(Move.TERMINATE, "elsewhere") is None


async def by_silence(db: Database, owner: Resident) -> UUID:
    """A case that the department's silence has accepted."""
    assert owner.actor.id is not None
    case_id = await make.submitted(db, owner, now=MONDAY)
    due = (await make.timers(db, case_id))["cases.acceptance"]
    event = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)
    await deem_accepted(db, case_id=case_id, event=event, now=due)
    return case_id


async def test_a_case_says_what_the_machine_decided_and_the_head_looks_at_it(
    web: Client, city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    await rooms.warm(city)
    case_id = await by_silence(city, owner)
    await log_in(web, city, owner.actor)
    page = await web.get(f"/my/data/decisions/{case_id}")
    for told in ("到期没有告知，视为受理", "2026-11-30", "第三十二条第一款第四项", "居住登记"):
        assert told in words(page), told  # type: ignore[arg-type]
    of = f"/my/data/review?of=case.accepted_by_silence&about={case_id}"
    form = fields_of((await web.get(of)).text, f"/my/data/review?about={case_id}")
    assert (await web.post("/my/data/review", data=form)).status_code == 422
    asked = await web.post("/my/data/review", data={**form, "why": "我还想补充材料"})
    request = UUID(asked.headers["location"].split("/")[-1].split("?")[0])
    again = await web.post("/my/data/review", data={**form, "why": "我还想补充材料", "draft": ""})
    assert str(request) in again.headers["location"]
    assert "等待答复" in words(await web.get(f"/my/data/decisions/{case_id}"))  # type: ignore[arg-type]

    assert owner.actor.id is not None
    at = {"subject": owner.actor.id, "request": request, "now": MONDAY}
    examiner = msgspec.structs.replace(officer, duties=frozenset({Duty.EXAMINE}))
    assert await answering.queue(city, examiner, after=None, limit=9, now=MONDAY) == []
    with pytest.raises(NotAllowed):
        await answering.answer(city, examiner, outcome="granted", words="已经改变了。", **at)
    head = msgspec.structs.replace(officer, duties=frozenset({Duty.HEAD}))
    (line,) = await answering.queue(city, head, after=None, limit=9, now=MONDAY)
    assert line.request.about == str(case_id)
    await answering.answer(city, head, outcome="granted", words="同意您继续补充材料。", **at)
    assert (await following.my_request(city, owner.actor, request)).request.state is RequestState.GRANTED
    for code, about in (
        ("case.date_moved", str(case_id)),
        ("case.queue", ""),
        ("case.passed_on", str(uuid4())),
        # Another spelling of the case would be another request about the same decision.
        *(
            ("case.accepted_by_silence", one)
            for one in (f"{{{case_id}}}", f"urn:uuid:{case_id}", case_id.hex)
        ),
    ):
        with pytest.raises((RequestUnknown, explaining.cases.NoSuchCase)):
            await explaining.ask_review(
                city,
                owner.actor,
                draft=new_id(owner.actor.bucket),
                code=code,
                about=about,
                why="不对",
                now=MONDAY,
            )
    with pytest.raises(explaining.cases.NoSuchCase):
        await explaining.explained(city, other.actor, case_id)
    assert "由工作人员决定" in words(await web.get("/decisions"))  # type: ignore[arg-type]
