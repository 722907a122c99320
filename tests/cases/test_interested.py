"""Interested persons: told by account or on paper, heard in the same hearing, each within a limit of her own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cases.hearing import (
    DAY,
    MONDAY,
    PLEA,
    RECORD,
    SITTING,
    TOLD,
    colleague,
    hearing_end,
    hearing_of,
    hearing_told,
    last_record,
    sitting,
    told,
)
from tests.cases.test_hearing import LAST, refuse
from tests.cases.test_tell import inbox
from tests.cast import Resident
from tongban import audit, cases
from tongban.cases import store
from tongban.cases.actions import close_record, tell
from tongban.cases.model import NoSuchCase, ReasonMissing
from tongban.cases.model.hearing_parts import Begun, OnRecord
from tongban.cases.model.hearing_refusals import (
    HearingElsewhere,
    HearingIncomplete,
    HearingTooLate,
    NoHearingRight,
)
from tongban.cases.model.interested_refusals import (
    InterestedAlready,
    InterestedNotServed,
    InterestedRightRuns,
)
from tongban.kit import clock, papers
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor

BEARS = {
    "interest": "申请的住址是其名下的房屋，出租没有经过同意。",
    "planned": "拟准予这份申请，按租住的房屋登记。",
}
#: A record that says what she brought forward.
HEARD = RECORD | {"others_said": "利害关系人到场，称出租没有经过同意，没有出示证据。"}
FIRM = {"name": "示例物业服务有限公司", "number": "", "address": "示范市松江区鹿鸣街道 8 号", **BEARS}


def named(who: Resident, **more: str) -> dict[str, str]:
    """The form that names somebody with an account."""
    return {"name": who.name, "number": who.number, "address": "", **BEARS, **more}


async def interest(
    city: Database, who: Resident, officer: Actor, posted: dict[str, str], *, now: Any = MONDAY
) -> UUID:
    """An accepted case that names this interested person."""
    case_id = await make.accepted(city, who, officer, now=now)
    await cases.tell_interested(city, officer, case_id=case_id, posted=posted, now=now)
    return case_id


async def letters(city: Database, event_topic: str, move: str, who: Resident, case_id: UUID) -> list[Any]:
    """What this person was told once the news of a step has been handed over."""
    assert who.actor.id is not None
    applicant = (await make.row(city, case_id))["applicant"]
    event = make.event(event_topic, subject=applicant, reference=case_id)
    event.payload["move"] = move
    await tell(city, event=event, now=MONDAY)
    return await inbox(city, who)


async def test_she_is_told_by_her_account_and_asks_for_the_same_hearing(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    before = city.count
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)
    assert city.count - before == 4, "the case, her account, its name, the write"
    (one,) = (await hearing_of(city, case_id)).others
    assert (one.until, one.paper, one.masked) == (LAST, False, papers.mask_name(other.name))
    row = await make.row(city, case_id)
    assert other.name not in str(row["hearing"]) and other.number not in str(row["hearing"])
    assert other.actor.id is not None
    assert [(line["action"], line["kind"]) for line in await ledger_of(city, other.actor.id)] == [
        ("cases.tell_interested", "read")
    ]
    (letter,) = await letters(city, "cases.interested_told", "tell_interested", other, case_id)
    assert letter["link"] == f"/my/interested/{case_id}" and "2026-11-30" in letter["body_zh"]
    assert owner.name not in str(letter) and row["short_code"] not in str(letter)

    with pytest.raises(InterestedRightRuns) as no:
        await cases.approve(city, officer, case_id=case_id, now=MONDAY)
    assert "2026-11-30" in str(no.value.message)
    with pytest.raises(InterestedAlready):
        await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)

    before = city.count
    say = {"case_id": case_id, "said": "ask", "words": "没有同意出租。", "key": "k", "now": MONDAY + DAY}
    assert (await cases.answer_as_interested(city, other.actor, **say))["state"] == "suspended"  # type: ignore[arg-type]
    assert city.count - before == 2
    await cases.answer_as_interested(city, other.actor, **say)  # type: ignore[arg-type]
    hearing = await hearing_of(city, case_id)
    assert hearing.pending and hearing.askers == (1,) and hearing.others[0].wishes == "没有同意出租。"
    assert clock.city_day((await make.timers(city, case_id))["cases.special"]) == date(2026, 12, 22)
    assert "利害关系人要求听证" in (await inbox_after(city, owner, case_id))[-1]["title_zh"]
    with pytest.raises(NoHearingRight):
        await cases.drop_hearing(city, owner.actor, case_id=case_id, now=MONDAY + DAY)


async def ledger_of(city: Database, person: UUID) -> list[Any]:
    rows = await city.sibling().rows(
        "SELECT action, kind FROM audit.ledger WHERE subject = $1 AND action LIKE 'cases.%' ORDER BY id",
        person,
    )
    return [dict(row) for row in rows]


async def inbox_after(city: Database, who: Resident, case_id: UUID) -> list[Any]:
    return await letters(city, "cases.hearing_asked", "interested_asks", who, case_id)


async def test_the_applicants_right_runs_beside_hers(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    """Told on the Monday, the other on the Wednesday: each asks within her own five days, and the hearing is one."""
    case_id = await told(city, owner, officer)
    late = MONDAY + 2 * DAY
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=late)
    (one,) = (await hearing_of(city, case_id)).others
    assert ((await hearing_told(city, case_id)).until, one.until) == (LAST, date(2026, 12, 2))
    await cases.waive_hearing(city, owner.actor, case_id=case_id, now=late)
    with pytest.raises(InterestedRightRuns):
        await refuse(city, officer, case_id, now=clock.end_of_day(LAST) + DAY)
    at = clock.end_of_day(date(2026, 12, 2))
    with pytest.raises(HearingTooLate):
        await cases.answer_as_interested(
            city, other.actor, case_id=case_id, said="ask", now=at + timedelta(seconds=1)
        )
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=at)
    with pytest.raises(NoHearingRight):
        await cases.ask_hearing(city, owner.actor, case_id=case_id, now=at)  # given up stays given up


async def test_who_asks_as_well_joins_and_neither_takes_the_others_hearing_away(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await told(city, owner, officer)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=MONDAY)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, wishes="我也来。", now=MONDAY + DAY)
    hearing = await hearing_of(city, case_id)
    assert hearing.begun is not None and (hearing.begun.by, hearing.begun.wishes) == ((1, 0), "我也来。")
    assert [one["move"] for one in await make.steps(city, case_id)][-2:] == [
        "interested_asks",
        "join_hearing",
    ]


async def test_on_paper_her_days_begin_with_the_delivery(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    before = city.count
    await cases.tell_interested(city, officer, case_id=case_id, posted=FIRM, now=MONDAY)
    assert city.count - before == 2
    with pytest.raises(InterestedNotServed):
        await cases.approve(city, officer, case_id=case_id, now=MONDAY + 30 * DAY)
    serve = {"case_id": case_id, "seat": 1, "now": MONDAY + 2 * DAY}
    for day in ("", "2026-11-20", "2026-11-26"):
        with pytest.raises(HearingIncomplete):
            await cases.serve_interested(city, officer, served=day, **serve)  # type: ignore[arg-type]
    await cases.serve_interested(city, officer, served="2026-11-24", **serve)  # type: ignore[arg-type]
    assert (await hearing_of(city, case_id)).others[0].until == date(2026, 12, 1)
    note = {"case_id": case_id, "seat": 1, "said": "ask", "now": MONDAY + 20 * DAY}
    with pytest.raises(HearingTooLate):
        await cases.note_interested(city, officer, on="2026-12-02", **note)  # type: ignore[arg-type]
    await cases.note_interested(city, officer, on="2026-12-01", words="书面提出。", **note)  # type: ignore[arg-type]
    assert await make.state(city, case_id) == "suspended"
    hearing = await hearing_of(city, case_id)
    begun = Begun(on=date(2026, 12, 1), by=(1,), hold_by=date(2026, 12, 29))
    assert hearing.begun == begun, "from the day she asked"
    opened = await cases.open_case(
        city,
        officer,
        case_id=case_id,
        subject=owner.actor.id,
        now=MONDAY,  # type: ignore[arg-type]
    )
    seen, who = await cases.notice_to(city, officer, case=opened.case, seat=1, now=MONDAY)
    assert (who.name, who.address) == (FIRM["name"], FIRM["address"]) and seen.one is not None


async def test_a_number_and_a_name_belong_together_and_looking_leaves_its_row(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)

    async def refused(posted: dict[str, str]) -> list[str]:
        with pytest.raises(HearingIncomplete) as no:
            await cases.tell_interested(city, officer, case_id=case_id, posted=posted, now=MONDAY)
        return [*no.value.fields]

    assert await refused({}) == ["name", "address", "interest", "planned"]
    assert await refused(named(other, name="示例某某")) == ["name"]
    assert other.actor.id is not None
    assert [one["action"] for one in await ledger_of(city, other.actor.id)] == ["cases.look_up_interested"]
    assert await refused(named(owner)) == ["number"]
    assert await refused(named(other, number="11010519491231002X")) == ["address"], "nobody's account"
    assert await audit.reads_without_purpose(city, now=MONDAY + DAY, since=MONDAY - DAY) == 0


async def test_nobody_else_opens_her_page(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await interest(city, owner, officer, named(other))
    seen = await cases.concerns_me(city, other.actor, case_id=case_id, now=MONDAY)
    assert seen.one is not None and seen.concerned.applicant_masked != owner.name
    assert not {"answers", "short_code", "number", "facts"} & set(store.Concerned.__struct_fields__)
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.read_interest"
    for who in (owner.actor, officer):
        with pytest.raises((NoSuchCase, NotAllowed)):
            await cases.concerns_me(city, who, case_id=case_id, now=MONDAY)
    with pytest.raises(NoSuchCase):
        await cases.answer_as_interested(city, owner.actor, case_id=case_id, said="ask", now=MONDAY)
    with pytest.raises(NoSuchCase):
        await cases.progress(city, other.actor, case_id=case_id)
    with pytest.raises(HearingElsewhere):
        await cases.note_interested(
            city, officer, case_id=case_id, seat=1, said="waive", on="2026-11-23", now=MONDAY
        )


@pytest.mark.parametrize("first", ["applicant", "other"])
async def test_the_record_waits_for_both_and_the_last_word_ends_it(
    city: Database, owner: Resident, other: Resident, officer: Actor, first: str
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await interest(city, owner, officer, named(other))
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=MONDAY)
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=MONDAY + DAY)
    now = SITTING + timedelta(hours=3)
    await cases.hold_hearing(city, presider, case_id=case_id, posted=HEARD, now=now)
    (letter,) = await letters(city, "cases.hearing_held", "hold_hearing", other, case_id)
    assert "请在 2026-12-10" in letter["body_zh"]

    async def hers() -> None:
        with pytest.raises(ReasonMissing):
            await cases.answer_as_interested(
                city, other.actor, case_id=case_id, said="object", words="不", now=now
            )
        say = {"case_id": case_id, "said": "object", "words": PLEA, "now": now}
        await cases.answer_as_interested(city, other.actor, **say)  # type: ignore[arg-type]

    async def his() -> None:
        await cases.sign_record(city, owner.actor, case_id=case_id, agrees="yes", now=now)

    for word, left in zip((his, hers) if first == "applicant" else (hers, his), (True, False), strict=True):
        await word()
        assert (await make.state(city, case_id) == "suspended") is left
    steps = await make.steps(city, case_id)
    assert (await hearing_end(city, case_id))[0] == "signed"
    assert await last_record(city, case_id) == steps[-1]["version"]
    assert [one["move"] for one in steps][-2:] == ["word_on_record", "sign_record"]
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="hearing-record", step=None, now=now
    )
    said = repr(paper.blocks)
    assert PLEA in said and HEARD["others_said"] in said and other.name not in said
    await cases.approve(city, officer, case_id=case_id, now=now)
    decided = (await letters(city, "cases.approved", "approve", other, case_id))[-1]
    assert "60 日内向示范市" in decided["body_zh"] and "区人民政府申请行政复议" in decided["body_zh"]
    assert "reconsideration" in decided["body_en"] and "People's Government" in decided["body_en"]


async def test_time_ends_what_she_does_not_say(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await interest(city, owner, officer, named(other))
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=MONDAY)
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=MONDAY + DAY)
    now = SITTING + timedelta(hours=3)
    await cases.hold_hearing(city, presider, case_id=case_id, posted=HEARD, now=now)
    await cases.sign_record(city, owner.actor, case_id=case_id, agrees="yes", now=now)
    event = make.event("timer.cases.hearing", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await close_record(city, case_id=case_id, event=event, now=now + 4 * DAY)
    hearing = await hearing_of(city, case_id)
    assert await hearing_end(city, case_id) == ("signed", date(2026, 12, 10)), "its last day"
    assert hearing.record is not None and hearing.others[0].on_record is None
    assert hearing.record.word == OnRecord(agrees=True, on=date(2026, 12, 7)), "her own"
    assert (await make.steps(city, case_id))[-1]["detail"]["stopped"] == 13, "24 November to 10 December"
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="hearing-record", step=None, now=now + 4 * DAY
    )
    assert "于2026年12月7日" in repr(paper.blocks)


async def test_given_up_by_all_it_is_decided_at_once_and_told_anew_after_a_refusal_is_taken_back(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    await make.limits(city, hearing="refusal")
    case_id = await told(city, owner, officer)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)
    await cases.waive_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="waive", now=MONDAY)
    await refuse(city, officer, case_id, now=MONDAY)
    told_ = (await make.steps(city, case_id))[-1]["detail"]["hearing"]
    assert (told_["others_told"], told_["ended"]) == (1, "waived")
    await cases.rectify(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)
    assert (await cases.concerns_me(city, other.actor, case_id=case_id, now=MONDAY)).one is None
    await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=MONDAY)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)
    assert (await cases.concerns_me(city, other.actor, case_id=case_id, now=MONDAY)).one is not None
