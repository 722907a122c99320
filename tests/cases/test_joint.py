"""Joint applicants: each signs from her own account, one may refuse; the last signature files, once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import cast, make
from tests.cases import together
from tests.cases.together import TRANSFER, asked, drain, inbox, sellers, sign, spouse
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import audit, cases
from tongban.cases.actions import invite, lapse, uninvite
from tongban.cases.model import AnswersInvalid, Ended, NoSuchCase, NotPossibleNow, WhyNot
from tongban.cases.model.joint import NameDiffers, NoLongerHolds, NotAgreed
from tongban.kit import clock
from tongban.kit.db import Database


async def a_couple(city: Database, owner: Resident, other: Resident) -> UUID:
    return await asked(city, owner, spouse(other.name, other.number))


# A couple


async def test_submitting_lays_it_before_the_other_without_number_department_or_clock(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await together.draft(city, owner, spouse(other.name, other.number))
    before = city.count
    answer = await cases.submit(city, owner.actor, case_id=case_id, key="k", now=clock.now())
    assert city.count - before == 2
    assert answer == {"case": str(case_id), "code": None}
    row = await make.row(city, case_id)
    assert row["state"] == "confirming"
    empty = ("number", "short_code", "department", "accept_due", "submitted_at")
    assert [row[name] for name in empty] == [None] * len(empty)
    assert set(await make.timers(city, case_id)) == {"cases.confirming"}
    assert (await make.news(city, case_id))[-1] == "cases.invited"
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.invite"
    await drain(city)
    assert await inbox(city, other) == ["请您确认：结婚登记"]
    again = await cases.submit(city, owner.actor, case_id=case_id, key="k", now=clock.now())
    assert again == answer
    with pytest.raises(NotPossibleNow):
        await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())


async def test_the_last_signature_files_it_and_the_clock_runs_from_there(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await a_couple(city, owner, other)
    now, before = clock.now(), city.count
    answer = await sign(city, other, case_id, now=now)
    assert city.count - before == 5, (
        "her invitation, the case, one write; two blocks of serials, once a process"
    )
    row = await make.row(city, case_id)
    assert (row["state"], row["submitted_at"], row["short_code"]) == ("submitted", now, answer["code"])
    assert row["accept_due"] is not None and row["department"]
    assert set(await make.timers(city, case_id)) == {"cases.acceptance"}
    assert await make.purposes(city, case_id) == [("draft", False), ("case", True)]
    step = (await make.steps(city, case_id))[-1]
    assert (step["move"], step["from_state"]) == ("submit", "confirming")
    line = (await make.ledger(city, case_id))[-1]
    assert (line["action"], line["actor"], line["subject"]) == (
        "cases.submit",
        other.actor.id,
        owner.actor.id,
    )
    assert not await city.sibling().rows("SELECT 1 FROM cases.party_index")
    await drain(city)
    assert (await inbox(city, owner))[-1] == (await inbox(city, other))[-1] == "已收到您的预约：结婚登记"
    assert await sign(city, other, case_id) == answer, "a second time changes nothing"
    assert (await make.steps(city, case_id))[-1]["version"] == step["version"]


async def test_she_reads_her_part_in_full_and_nothing_secret_of_the_other(
    city: Database, owner: Resident, other: Resident
) -> None:
    mine = spouse(
        other.name, other.number, spouse_phone="13912345678", spouse_hukou_address="示范路 8 号 302 室"
    )
    case_id = await asked(city, owner, mine)
    before = city.count
    laid = await cases.to_confirm(city, other.actor, case_id=case_id, now=clock.now())
    assert city.count - before == 2, "her invitation; the case with the ledger row of reading it"
    shown = repr(laid.answers)
    assert "13912345678" in shown and "示范路 8 号 302 室" in shown and other.name in shown
    assert laid.answers["spouse_id"] == other.number, "as it was typed, so that she can check it"
    for secret in (owner.number, owner.phone, str(laid.opened.stated["hukou_address"])):
        assert secret not in shown
    line = (await make.ledger(city, case_id))[-1]
    assert (line["action"], line["kind"], line["actor"]) == ("cases.read_together", "read", other.actor.id)
    assert await audit.reads_without_purpose(city, now=clock.now()) == 0
    assert owner.actor.id is not None and other.actor.id is not None
    readings = await audit.readings_of(city, subject=owner.actor.id, limit=1, reference=str(case_id))
    (told,) = await audit.shown_readings(city, owner.actor, readings)
    assert (str(told["who"]), str(told["what"])) == ("一位共同申请人", "共同申请人查看申请")
    assert (await cases.holdings(city, other.actor.id))[-1]["id"] == case_id
    row = await city.sibling().row("SELECT * FROM audit.purpose WHERE id = $1", line["purpose"])
    assert row is not None and row["subject"] == owner.actor.id and "第一千零四十六条" in row["basis"]


async def test_a_day_off_is_not_booked(city: Database, owner: Resident, other: Resident) -> None:
    """A Sunday and a holiday are refused when sent in, with the next working day. Tried: without
    ``working`` in the element both are taken."""
    now = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
    for day, then in (("2026-09-27", "2026-09-28"), ("2026-10-01", "2026-10-08")):
        answers = spouse(other.name, other.number, visit_date=day)
        case_id = await together.draft(city, owner, answers, now=now)
        with pytest.raises(AnswersInvalid) as told:
            await cases.submit(city, owner.actor, case_id=case_id, key=None, now=now)
        assert list(told.value.fields) == ["visit_date"] and then in str(told.value.fields["visit_date"])


async def test_without_the_statement_nothing_is_signed(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await a_couple(city, owner, other)
    with pytest.raises(NotAgreed):
        await cases.sign(city, other.actor, case_id=case_id, agrees=False, now=clock.now())
    assert await make.state(city, case_id) == "confirming"


# Refusing, recalling, lapsing: the draft comes back with everything in it


async def test_who_refuses_says_why_and_the_draft_is_open_again(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await a_couple(city, owner, other)
    typed = (await make.row(city, case_id))["answers"]
    with pytest.raises(WhyNot):
        await cases.dissent(city, other.actor, case_id=case_id, reason="不", now=clock.now())
    now, before = clock.now(), city.count
    await cases.dissent(city, other.actor, case_id=case_id, reason="日期  不对，改到周五。", now=now)
    assert city.count - before == 3
    row = await make.row(city, case_id)
    assert (row["state"], row["answers"], row["opened_at"]) == ("draft", typed, now)
    assert await make.purposes(city, case_id) == [("draft", False), ("draft", True)]
    assert await make.timers(city, case_id) == {}
    await drain(city)
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    assert sheet.case.joint is not None
    assert (sheet.case.joint.ended, sheet.case.joint.said) == (Ended.REFUSED, "日期 不对，改到周五。")
    assert (await inbox(city, owner))[-1].endswith("没有确认：结婚登记")
    assert await inbox(city, other) == ["请您确认：结婚登记"], "she knows that she refused"
    assert await together.invitations(city, case_id) == 0
    with pytest.raises(NoSuchCase):
        await sign(city, other, case_id)


async def test_what_was_signed_before_a_change_counts_no_more(
    city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    third = await cast.resident(city, outside)
    case_id = await asked(city, owner, sellers(owner, other, third), item=TRANSFER)
    laid = await cases.to_confirm(city, other.actor, case_id=case_id, now=clock.now())
    whole = [row["party_id"] for row in laid.answers["givers"] if "*" not in row["party_id"]]
    assert whole == [other.number], "her row, and nobody else's"
    await sign(city, other, case_id)
    await cases.recall(city, owner.actor, case_id=case_id, now=clock.now())
    await cases.recall(city, owner.actor, case_id=case_id, now=clock.now())
    await drain(city)
    assert [step["move"] for step in await make.steps(city, case_id)][-1] == "recall"
    assert "不用再确认" in (await inbox(city, other))[-1] and "不用再确认" in (await inbox(city, third))[-1]
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    await drain(city)
    await sign(city, third, case_id)
    assert await make.state(city, case_id) == "confirming", "the first signature was for another draft"
    assert (await sign(city, other, case_id))["code"]


async def test_time_gives_the_draft_back_and_it_lives_thirty_days_more(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await a_couple(city, owner, other)
    assert owner.actor.id is not None
    due = (await make.timers(city, case_id))["cases.confirming"]
    news = make.event("timer.cases.confirming", subject=owner.actor.id, reference=case_id)
    await lapse(city, case_id=case_id, event=news, now=due - timedelta(seconds=1))
    assert await make.state(city, case_id) == "confirming", "a timer that comes too early"
    await lapse(city, case_id=case_id, event=news, now=due)
    await lapse(city, case_id=case_id, event=news, now=due)
    assert await make.state(city, case_id) == "draft"
    await cases.actions.expire_drafts(city, now=due + timedelta(days=29))
    assert await make.state(city, case_id) == "draft"
    await drain(city, now=due)
    assert (await inbox(city, owner))[-1] == "到期没有全部确认：结婚登记"
    await cases.actions.expire_drafts(city, now=due + timedelta(days=31))
    assert await make.state(city, case_id) == "discarded"


# Several


async def test_of_two_who_sign_at_once_one_files_and_only_once(
    city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    third, fourth = await cast.resident(city, outside), await cast.resident(city, outside)
    case_id = await asked(city, owner, sellers(owner, other, third, fourth), item=TRANSFER)
    signers = [other, third, fourth]
    answers = await asyncio.gather(*(sign(city, one, case_id) for one in [*signers, *signers]))
    moves = [step["move"] for step in await make.steps(city, case_id)]
    assert moves == ["invite", "sign", "sign", "submit"]
    codes = {answer["code"] for answer in answers} - {None}
    assert codes == {(await make.row(city, case_id))["short_code"]}
    assert len(await city.sibling().rows("SELECT 1 FROM cases.number_index WHERE case_id = $1", case_id)) == 1


async def test_a_signature_may_be_taken_back_until_it_is_filed(
    city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    third = await cast.resident(city, outside)
    case_id = await asked(city, owner, sellers(owner, other, third), item=TRANSFER)
    await sign(city, other, case_id)
    await cases.unsign(city, other.actor, case_id=case_id, now=clock.now())
    await cases.unsign(city, other.actor, case_id=case_id, now=clock.now())
    assert [step["move"] for step in await make.steps(city, case_id)] == ["invite", "sign", "unsign"]
    assert (await sign(city, third, case_id))["code"] is None
    assert (await sign(city, other, case_id))["code"]
    with pytest.raises(NotPossibleNow):
        await cases.unsign(city, other.actor, case_id=case_id, now=clock.now())


# Who may not


async def test_a_stranger_finds_nothing_and_the_first_applicant_cannot_sign_for_the_other(
    city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    stranger = await cast.resident(city, outside)
    case_id = await a_couple(city, owner, other)
    before = await make.everything(city, case_id)
    now = clock.now()
    for verb in (
        lambda who: cases.to_confirm(city, who, case_id=case_id, now=now),
        lambda who: cases.sign(city, who, case_id=case_id, agrees=True, now=now),
        lambda who: cases.unsign(city, who, case_id=case_id, now=now),
        lambda who: cases.dissent(city, who, case_id=case_id, reason="我不同意这件事", now=now),
    ):
        with pytest.raises(NoSuchCase):
            await verb(stranger.actor)
        with pytest.raises(NotPossibleNow):
            await verb(owner.actor)
    for refused in (
        cases.recall(city, other.actor, case_id=case_id, now=now),
        cases.followed(city, other.actor, case_id=case_id, now=now),
        cases.withdraw(city, other.actor, case_id=case_id, now=now),
    ):
        with pytest.raises(NoSuchCase):
            await refused
    assert await make.everything(city, case_id) == before


async def test_nobody_signs_under_another_name(city: Database, owner: Resident, other: Resident) -> None:
    case_id = await asked(city, owner, spouse("王不同", other.number))
    assert not (await cases.to_confirm(city, other.actor, case_id=case_id, now=clock.now())).name_fits
    with pytest.raises(NameDiffers):
        await sign(city, other, case_id)
    await cases.dissent(city, other.actor, case_id=case_id, reason="姓名写错了", now=clock.now())
    assert await make.state(city, case_id) == "draft"


async def test_one_cannot_marry_oneself(city: Database, owner: Resident) -> None:
    case_id = await together.draft(city, owner, spouse(owner.name, owner.number))
    with pytest.raises(AnswersInvalid) as told:
        await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    assert set(told.value.fields) == {"spouse_id"}


async def test_a_day_that_has_passed_is_told_to_who_signs(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await a_couple(city, owner, other)
    with pytest.raises(NoLongerHolds):
        await sign(city, other, case_id, now=clock.now() + timedelta(days=20))
    assert await make.state(city, case_id) == "confirming"


# Whoever has no account yet


async def test_an_invitation_waits_for_who_has_no_account(
    city: Database, outside: Sandbox, owner: Resident
) -> None:
    taken: dict[str, Any] = outside.take("eligible_home")
    case_id = await asked(city, owner, spouse(taken["name"], taken["id_number"]))
    assert await together.invitations(city, case_id) == 0
    newcomer = await cast.enrolled(city, taken)
    assert newcomer.actor.id is not None
    opened = make.event("identity.opened", subject=newcomer.actor.id, reference=newcomer.actor.id)
    await cases.actions.welcome(city, event=opened, now=clock.now())
    await cases.actions.welcome(city, event=opened, now=clock.now())
    assert await inbox(city, newcomer) == ["请您确认：结婚登记"]
    assert (await sign(city, newcomer, case_id))["code"]


async def test_after_a_kill_only_what_is_missing_is_done(
    city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    """The worker dies after the first of two invitations: handed out again, the news tells the second one only."""
    third = await cast.resident(city, outside)
    case_id = await together.draft(city, owner, sellers(owner, other, third), item=TRANSFER)
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    assert owner.actor.id is not None
    row = await make.row(city, case_id)
    news = make.event("cases.invited", subject=owner.actor.id, reference=case_id, round=row["joint"]["round"])
    await invite(city, event=news, now=clock.now())
    await city.sibling().run("DELETE FROM notices.inbox WHERE recipient = $1", third.actor.id)
    await city.sibling().run("DELETE FROM cases.party WHERE person = $1", third.actor.id)
    await city.sibling().run(
        "DELETE FROM kit.handled WHERE event = $1 AND handler = 'cases.jobs.invite.1'", news.id
    )
    await invite(city, event=news, now=clock.now())
    title = "请您确认：不动产转移登记（存量房）"
    assert await inbox(city, other) == await inbox(city, third) == [title]
    await cases.recall(city, owner.actor, case_id=case_id, now=clock.now())
    await invite(city, event=news, now=clock.now())
    over = make.event("cases.recalled", subject=owner.actor.id, reference=case_id)
    await uninvite(city, event=over, now=clock.now())
    await uninvite(city, event=over, now=clock.now())
    assert (await inbox(city, other))[1:] == ["不用再确认：不动产转移登记（存量房）"]
    body = "SELECT body_zh FROM notices.inbox WHERE recipient = $1 AND title_zh LIKE '不用再%'"
    assert "作废" not in str(await city.sibling().value(body, other.actor.id)), "he had confirmed nothing"
