"""Life after the decision: change, renewal, reissue and cancellation from the held licence, each an ordinary case."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from tests import make
from tests.cases import held
from tests.cast import Resident
from tongban import cases, licences, notices
from tongban.cases import jobs
from tongban.cases.model import AnswersInvalid, MovedOn, NotPossibleNow
from tongban.cases.model.held import HeldNeeded, RenewedByLaw, changed
from tongban.kit import clock, outbox
from tongban.kit.acting import Eyes
from tongban.kit.db import Database, write
from tongban.kit.policy import OFFICERS_DUTIES, Duty
from tongban.licences.actions import against, licence_of, validity
from tongban.licences.model import NotTimeYet, OnHold, TooLateToRenew

#: A Monday; the permit of that day holds until 22 November 2031.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
UNTIL = date(2031, 11, 22)
DAY = timedelta(days=1)
#: In the renewal's window, which is open from 90 to 30 working days before.
IN_TIME = datetime(2031, 9, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
async def first(city: Database, owner: Resident) -> UUID:
    """The case whose decision gave the owner a permit."""
    return await held.granted(city, owner, now=MONDAY, place_name="望川小馆")


async def test_a_renewal_asks_nothing_twice_and_takes_the_place(
    city: Database, owner: Resident, first: UUID
) -> None:
    old = await held.licence_of(city, owner, first)
    assert old.valid_until == UNTIL
    case_id = await cases.start(city, owner.actor, item="drainage_permit_renewal", about=first, now=IN_TIME)
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    assert sheet.answers["held_number"] == old.number
    assert sheet.answers["held_until"] == "2031-11-22"
    assert sheet.prefilled["held_number"].source.zh == "污水排入排水管网许可证"
    typed = {"unchanged": "same", "phone": "13800138000", "declaration": "yes"}
    saved = await cases.save(city, owner.actor, case_id=case_id, posted=typed, version=None, now=IN_TIME)
    assert saved.faults(now=IN_TIME) == {}
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=IN_TIME)
    await held.approved(city, case_id, now=IN_TIME + DAY)
    new = await held.issued(city, owner, case_id, now=IN_TIME + DAY)
    gone = await held.licence_of(city, owner, first)
    assert (new.number, new.version, new.replaces, new.came_by) == (old.number, 2, old.id, "renew")
    assert new.valid_until == date(2036, 11, 22) and new.identifier != old.identifier
    assert (gone.state, gone.replaced_as, gone.asked) == ("superseded", "renew", None)
    assert "延续" in str((await held.verdict(city, gone, now=IN_TIME + DAY)).detail)
    assert (await held.verdict(city, new, now=IN_TIME + DAY)).verdict == "valid"
    assert (await make.row(city, case_id))["about"] == first
    assert [one.kind for one in await given(city, owner, case_id)][-1] == "completion"


async def given(city: Database, who: Resident, case_id: UUID) -> list[cases.actions.GivenPaper]:
    """The papers of a case."""
    opened = await cases.progress(city, who.actor, case_id=case_id)
    return cases.actions.papers_given(opened.case, opened.events, opened.version)


async def test_a_change_shows_old_and_new_and_keeps_the_validity(
    city: Database, owner: Resident, first: UUID
) -> None:
    now = MONDAY + 30 * DAY
    with pytest.raises(AnswersInvalid) as same:
        await held.filed(
            *(city, owner, "drainage_permit_change"),
            about=first,
            now=now,
            changes=["place_name"],
            place_name="望川小馆",
            new_place_name="望川小馆",
        )
    assert "changes" in same.value.fields
    case_id = await held.filed(
        *(city, owner, "drainage_permit_change"),
        about=first,
        now=now,
        changes=["place_name"],
        new_place_name="望川大酒楼",
    )
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    [row] = changed(opened.form, opened.answers, opened.facts, eyes=Eyes.OWNER)
    assert (row.label, row.was, row.to_be) == ("场所名称", "望川小馆", "望川大酒楼")
    await held.approved(city, case_id, now=now)
    new = await held.issued(city, owner, case_id, now=now)
    assert (new.valid_until, new.came_by, new.version) == (UNTIL, "change", 2)
    again = await cases.start(city, owner.actor, item="drainage_permit_change", about=case_id, now=now + DAY)
    facts = (await cases.sheet(city, owner.actor, case_id=again)).facts
    assert facts["held"].data["place_name"] == "望川大酒楼"
    assert facts["held"].data["drain_volume"]


async def test_what_is_lost_is_replaced_and_void(city: Database, owner: Resident, first: UUID) -> None:
    """And says why it does not hold any more, whatever was decided about it before."""
    now = MONDAY + 30 * DAY
    row = await held.licence_of(city, owner, first)
    officer = make.officer_with(row.issuer_code, Duty.APPROVE)
    await licences.suspend(city, officer, licence=row.id, reason="排水设备正在检修。", now=now)
    await licences.resume(city, officer, licence=row.id, reason="设备已经恢复使用。", now=now)
    lost = {"how_lost": "stolen", "lost_on": "2026-11-22"}
    with pytest.raises(AnswersInvalid) as early:
        await held.filed(city, owner, "drainage_permit_reissue", about=first, now=now, **lost)
    assert list(early.value.fields) == ["lost_on"], "before there was anything to lose"
    lost["lost_on"] = "2026-12-01"
    case_id = await held.filed(city, owner, "drainage_permit_reissue", about=first, now=now, **lost)
    assert (await held.licence_of(city, owner, first)).state == "valid"
    await held.approved(city, case_id, now=now)
    new = await held.issued(city, owner, case_id, now=now)
    gone = await held.licence_of(city, owner, first)
    assert (new.valid_from, new.valid_until, new.number) == (gone.valid_from, gone.valid_until, gone.number)
    finding = await held.verdict(city, gone, now=now)
    assert finding.verdict == "revoked" and "已经补发，此证作废" in str(finding.detail)
    assert owner.actor.id is not None
    face = next(one for one in await licences.library(city, owner.actor.id, now=now) if one.id == gone.id)
    assert "申请补发" in str(face.reason) and "申请补发" in gone.state_reason


async def test_a_cancellation_ends_the_licence_once(city: Database, owner: Resident, first: UUID) -> None:
    now = MONDAY + 30 * DAY
    for day in ("2026-11-22", "2028-01-01"):
        with pytest.raises(AnswersInvalid) as never:
            await held.filed(city, owner, "drainage_permit_cancellation", about=first, now=now, cancel_on=day)
        assert list(never.value.fields) == ["cancel_on"], "before it was issued, or far ahead"
    case_id = await held.filed(
        city, owner, "drainage_permit_cancellation", about=first, now=now, cancel_on="2026-12-24"
    )
    await held.approved(city, case_id, now=now)
    assert await make.state(city, case_id) == "closed"
    assert owner.actor.id is not None
    news = make.event("cases.granted", subject=owner.actor.id, reference=case_id)
    await jobs.end_licence(city, news, now=now)
    gone = await held.licence_of(city, owner, first)
    assert gone.state == "cancelled" and gone.asked is None
    code = (await make.row(city, case_id))["short_code"]
    assert code in gone.state_reason
    face = await licence_of(city, owner.actor, licence=gone.id, now=now)
    told = await against(city, owner.actor, face, now=now)
    assert told is not None and "不能在网上" not in "".join(map(str, told.ways)), "she asked for it herself"
    later = make.event("cases.granted", subject=owner.actor.id, reference=case_id)
    await jobs.end_licence(city, later, now=now + DAY)
    assert (await held.licence_of(city, owner, first)).revision == gone.revision
    assert "注销" in str((await held.verdict(city, gone, now=now)).detail)


async def test_what_cannot_be_asked_says_when_or_what_instead(
    city: Database, owner: Resident, other: Resident, first: UUID
) -> None:
    start = {"item": "drainage_permit_renewal", "about": first}
    with pytest.raises(HeldNeeded):
        await cases.start(city, owner.actor, item="drainage_permit_renewal", now=IN_TIME)
    with pytest.raises(licences.LicenceUnknown):
        await cases.start(city, other.actor, now=IN_TIME, **start)  # type: ignore[arg-type]
    with pytest.raises(licences.LicenceUnknown):
        await cases.start(city, owner.actor, item="food_business_renewal", about=first, now=IN_TIME)
    with pytest.raises(NotTimeYet) as early:
        await cases.start(city, owner.actor, now=MONDAY, **start)  # type: ignore[arg-type]
    assert "2031" in str(early.value.message)
    row = await held.licence_of(city, owner, first)
    assert row.valid_until == date(2031, 11, 22)
    # A Sunday, on which thirty working days are left as on the Friday before it; on Monday there are 29.
    sunday = datetime(2031, 10, 12, 2, 0, tzinfo=UTC)
    with pytest.raises(TooLateToRenew):
        await cases.start(city, owner.actor, now=sunday + DAY, **start)  # type: ignore[arg-type]
    draft = await cases.start(city, owner.actor, now=sunday, **start)  # type: ignore[arg-type]
    await cases.discard(city, owner.actor, case_id=draft, now=sunday)
    officer = make.officer_with(row.issuer_code, Duty.APPROVE)
    await licences.suspend(city, officer, licence=row.id, reason="涉嫌违规，正在调查。", now=MONDAY)
    with pytest.raises(OnHold):
        await cases.start(city, owner.actor, item="drainage_permit_change", about=first, now=MONDAY)
    await licences.revoke(city, officer, licence=row.id, reason="以欺骗手段取得许可。", now=MONDAY)
    for tail in ("renewal", "change", "reissue", "cancellation"):
        with pytest.raises(licences.NotStanding):
            await cases.start(city, owner.actor, item=f"drainage_permit_{tail}", about=first, now=IN_TIME)


async def test_one_thing_at_a_time(city: Database, owner: Resident, first: UUID) -> None:
    now = MONDAY + 30 * DAY
    lost = await cases.start(city, owner.actor, item="drainage_permit_reissue", about=first, now=now)
    assert await cases.start(city, owner.actor, item="drainage_permit_reissue", about=first, now=now) == lost
    ending = await held.filed(city, owner, "drainage_permit_cancellation", about=first, now=now)
    with pytest.raises(licences.AskedAlready) as busy:
        await held.filed(city, owner, "drainage_permit_reissue", about=first, now=now)
    assert "注销" in str(busy.value.message)
    with pytest.raises(licences.AskedAlready):
        await cases.start(city, owner.actor, item="drainage_permit_change", about=first, now=now)
    await cases.withdraw(city, owner.actor, case_id=ending, now=now)
    assert await held.filed(city, owner, "drainage_permit_reissue", about=first, now=now) == lost


async def test_a_renewal_that_was_not_decided_counts_as_granted(
    city: Database, owner: Resident, first: UUID
) -> None:
    """The licence holds on after its last day, the decision is the law's, and who let it lapse accounts for it."""
    case_id = await held.filed(
        city, owner, "drainage_permit_renewal", about=first, now=IN_TIME, unchanged="same"
    )
    due = (await make.timers(city, case_id))["cases.deeming"]
    assert due == clock.end_of_day(UNTIL)
    officer = await held.desk(city, case_id)
    await cases.accept(city, officer, case_id=case_id, now=IN_TIME)
    head = make.officer_with(officer.department or "", Duty.HEAD)  # the item provides for no such procedure
    await cases.suspend(
        *(city, head),
        case_id=case_id,
        kind="site_inspection",
        days="120",
        reason=make.SPECIAL_REASON,
        now=IN_TIME,
    )
    old, after = await held.licence_of(city, owner, first), due + timedelta(hours=1)
    assert (await held.verdict(city, old, now=after)).verdict == "valid"
    assert owner.actor.id is not None
    timer = make.event("timer.cases.deeming", subject=owner.actor.id, reference=case_id)
    early = make.event("timer.cases.deeming", subject=owner.actor.id, reference=case_id)
    await city.sibling().run("DELETE FROM kit.timer WHERE kind = 'cases.deeming'")
    await jobs.deem_renewed(city, early, now=due - DAY)
    assert await make.state(city, case_id) == "suspended"
    assert (await make.timers(city, case_id))["cases.deeming"] == due, "a clock that jumped sets it again"
    with pytest.raises(RenewedByLaw):
        await cases.terminate_at_desk(
            *(city, officer),
            case_id=case_id,
            ground="object_gone",
            reason="申请的标的已经不存在了。",
            now=after,
        )
    await jobs.deem_renewed(city, timer, now=after)
    row = await make.row(city, case_id)
    assert (row["state"], clock.city_day(row["decided_at"])) == ("issuing", UNTIL)
    assert "cases.special" not in await make.timers(city, case_id)
    new = await held.issued(city, owner, case_id, now=after)
    assert (new.valid_until, new.came_by) == (date(2036, 11, 22), "renew")
    step = next(one for one in await make.steps(city, case_id) if one["move"] == "deem_renewed")
    assert (step["actor_role"], step["to_state"], step["detail"]["until"]) == (
        "system",
        "issuing",
        "2031-11-22",
    )
    news = make.event("cases.deemed_renewed", subject=owner.actor.id, reference=case_id, move="deem_renewed")
    await jobs.supervise_step(city, news, now=after)
    await jobs.tell(city, news, now=after)
    record = await city.sibling().row("SELECT rule, owner FROM cases.supervision WHERE case_id = $1", case_id)
    assert record is not None and tuple(record) == ("renewal_lapsed", "supervision")
    letters = await notices.inbox(city, owner.actor.id, before=None, limit=5)
    assert any("视为准予延续" in one.title.zh for one in letters)
    paper = next(one for one in await given(city, owner, case_id) if one.kind == "approval")
    assert str(paper.title) == "准予延续决定书"
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    drawn = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="approval", step=paper.step, now=after
    )
    assert drawn.title == "准予延续决定书" and opened.case.state == "closed"


async def test_an_officer_and_the_timer_at_once(city: Database, owner: Resident, first: UUID) -> None:
    """Whoever is first decides whole; the other changes nothing, and the licence is replaced once."""
    case_id = await held.filed(
        city, owner, "drainage_permit_renewal", about=first, now=IN_TIME, unchanged="same"
    )
    officer = await held.desk(city, case_id)
    await cases.accept(city, officer, case_id=case_id, now=IN_TIME)
    last = clock.end_of_day(UNTIL)
    assert owner.actor.id is not None
    timer = make.event("timer.cases.deeming", subject=owner.actor.id, reference=case_id)
    results = await asyncio.gather(
        cases.approve(city, officer, case_id=case_id, note="已逐项核对，符合条件。", now=last),
        jobs.deem_renewed(city, timer, now=last + timedelta(seconds=1)),
        jobs.deem_renewed(city, timer, now=last + timedelta(seconds=1)),
        return_exceptions=True,
    )
    for one in results:
        handled = isinstance(one, asyncpg.UniqueViolationError) and outbox.already_handled(one)
        assert one is None or handled or isinstance(one, MovedOn | NotPossibleNow), one
    moves = [one["move"] for one in await make.steps(city, case_id)]
    assert moves.count("approve") + moves.count("deem_renewed") == 1
    await held.issued(city, owner, case_id, now=last)
    standing = await city.sibling().value(
        "SELECT count(*) FROM licences.licence WHERE holder = $1 AND state = 'valid'", owner.actor.id
    )
    assert standing == 1


async def test_silence_grants_nothing_to_who_owes_a_correction(
    city: Database, owner: Resident, first: UUID
) -> None:
    case_id = await held.filed(
        city, owner, "drainage_permit_renewal", about=first, now=IN_TIME, unchanged="same"
    )
    officer = await held.desk(city, case_id)
    await cases.ask_correction(
        city, officer, case_id=case_id, said={"phone": "号码打不通，请改成能联系到您的。"}, now=IN_TIME
    )
    after = clock.end_of_day(UNTIL) + timedelta(hours=1)
    assert owner.actor.id is not None
    timer = make.event("timer.cases.deeming", subject=owner.actor.id, reference=case_id)
    await jobs.deem_renewed(city, timer, now=after)
    assert await make.state(city, case_id) == "correcting"
    old = await held.licence_of(city, owner, first)
    assert (await held.verdict(city, old, now=after)).verdict == "expired"


async def test_a_refusal_that_is_taken_back_protects_again_while_the_licence_stands(
    city: Database, owner: Resident, first: UUID
) -> None:
    case_id = await held.filed(
        city, owner, "drainage_permit_renewal", about=first, now=IN_TIME, unchanged="same"
    )
    head = make.officer_with((await make.row(city, case_id))["department"], *OFFICERS_DUTIES)
    await cases.accept(city, head, case_id=case_id, now=IN_TIME)
    await cases.refuse(city, head, case_id=case_id, reason="水质检测报告没有达到规定的标准。", now=IN_TIME)
    after = clock.end_of_day(UNTIL) + timedelta(hours=1)
    old = await held.licence_of(city, owner, first)
    assert old.asked is None and (await held.verdict(city, old, now=after)).verdict == "expired"
    assert "cases.deeming" not in await make.timers(city, case_id)
    await cases.rectify(
        city, head, case_id=case_id, reason="检测报告看错了日期，予以更正。", now=IN_TIME + DAY
    )
    old = await held.licence_of(city, owner, first)
    assert old.asked is not None and old.asked.keeps_valid
    assert (await make.timers(city, case_id))["cases.deeming"] == clock.end_of_day(UNTIL)


async def test_a_licence_that_moves_while_it_is_replaced_is_replaced_as_it_is_then(
    city: Database, owner: Resident, first: UUID
) -> None:
    """Both rows change or neither: what was suspended between reading and writing is not left valid beside the new."""
    now = MONDAY + 30 * DAY
    case_id = await held.filed(city, owner, "drainage_permit_reissue", about=first, now=now)
    await held.approved(city, case_id, now=now)
    making, old = await held.licence_of(city, owner, case_id), await held.licence_of(city, owner, first)
    ready = msgspec.structs.replace(making, issuer_uscc="11310000002000995C")
    valid = await validity.becoming_valid(city, ready, serial=str(making.number), now=now)
    parts = await validity.made_valid(city, making, valid, now=now)
    officer = make.officer_with(old.issuer_code, Duty.APPROVE)
    await licences.suspend(city, officer, licence=old.id, reason="涉嫌违规，正在调查。", now=now)
    assert await write(city, *parts) is None
    assert (await held.licence_of(city, owner, case_id)).state == "making"
    new = await held.issued(city, owner, case_id, now=now)
    assert (new.state, (await held.licence_of(city, owner, first)).state) == ("suspended", "superseded")
