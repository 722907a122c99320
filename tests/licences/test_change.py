"""Suspend, resume, revoke, cancel, expire: by the issuing department, with a reason, signed anew, told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tongban import licences
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import OFFICERS_DUTIES, VISITOR, Actor, Role
from tongban.licences import LicenceUnknown, MoveRefused, ReasonMissing, RowAltered, State, Verdict, store
from tongban.licences.model import GroundNotNamed, Licence, row_holds
from tongban.worker import drain_once

from .conftest import DEPARTMENT, NOW, Founding

OFFICER = Actor(Role.OFFICER, new_id(7), "李警官", department=DEPARTMENT, duties=OFFICERS_DUTIES)
REASON = "持证人已迁出本市"
Act = Callable[..., Awaitable[Licence]]


@pytest.mark.parametrize(
    ("act", "state", "event", "verdict"),
    [
        (licences.suspend, State.SUSPENDED, "licences.suspended", Verdict.SUSPENDED),
        (licences.revoke, State.REVOKED, "licences.revoked", Verdict.REVOKED),
        (licences.cancel, State.CANCELLED, "licences.cancelled", Verdict.REVOKED),
    ],
)
async def test_a_change_is_signed_told_announced_and_in_the_ledger(
    city: Database, issued: Founding, act: Act, state: State, event: str, verdict: Verdict
) -> None:
    row = await issued()
    await act(city, OFFICER, licence=row.id, reason=REASON, now=NOW)
    before = city.count
    await licences.suspend(city, OFFICER, licence=(await issued()).id, reason=REASON, now=NOW)
    assert city.count <= before + 8  # founding and issuing in the fixture, then one read and one write
    found = await store.licence(city, bucket=row.bucket, licence=row.id)
    assert found is not None
    assert (found.state, found.state_reason) == (state, REASON)
    assert row_holds(found, keys.current())
    finding = await licences.verify(city, VISITOR, asked=str(row.identifier), now=NOW)
    assert finding.verdict is verdict
    assert await city.value("SELECT count(*) FROM kit.outbox WHERE topic = $1", event) >= 1
    ledger = await city.row(
        "SELECT * FROM audit.ledger WHERE reference = $1 AND kind = 'act' ORDER BY id DESC", str(row.id)
    )
    assert ledger is not None
    assert (ledger["subject"], ledger["actor"]) == (row.holder, OFFICER.id)
    told = await city.rows("SELECT * FROM notices.inbox WHERE recipient = $1", row.holder)
    assert REASON in told[0]["body_zh"]


async def test_a_suspended_licence_comes_back(city: Database, issued: Founding) -> None:
    row = await issued()
    await licences.suspend(city, OFFICER, licence=row.id, reason=REASON, now=NOW)
    back = await licences.resume(city, OFFICER, licence=row.id, reason="已补办签注", now=NOW)
    assert back.state is State.VALID
    assert (await licences.verify(city, VISITOR, asked=str(row.identifier), now=NOW)).verdict is Verdict.VALID


async def test_the_system_writes_an_expiry_down(city: Database, issued: Founding) -> None:
    row = await issued()
    assert (await licences.expire(city, licence=row.id, now=NOW)).state is State.EXPIRED


@pytest.mark.parametrize("reason", ["", "    ", "短", "长" * 201])
async def test_a_reason_is_needed(city: Database, issued: Founding, reason: str) -> None:
    row = await issued()
    with pytest.raises(ReasonMissing):
        await licences.revoke(city, OFFICER, licence=row.id, reason=reason, now=NOW)


@pytest.mark.parametrize(
    "actor",
    [
        VISITOR,
        Actor(Role.OFFICER, new_id(8), "王警官", department="police-310101"),
        Actor(Role.OFFICER, new_id(8), "王警官"),
        Actor(Role.RESIDENT, new_id(9), "陈小满", level=3),
    ],
)
async def test_only_the_issuing_department_may(city: Database, issued: Founding, actor: Actor) -> None:
    row = await issued()
    # To an officer of another department it looks like one that is not there.
    with pytest.raises(LicenceUnknown if actor.role is Role.OFFICER else NotAllowed):
        await licences.revoke(city, actor, licence=row.id, reason=REASON, now=NOW)
    with pytest.raises(NotAllowed):
        await licences.revoke(
            city, Actor(Role.RESIDENT, row.holder, "陈小满", level=3), licence=row.id, reason=REASON, now=NOW
        )


async def test_what_has_ended_stays_so(city: Database, issued: Founding) -> None:
    row = await issued()
    await licences.revoke(city, OFFICER, licence=row.id, reason=REASON, now=NOW)
    for act in (licences.revoke, licences.resume, licences.suspend):
        with pytest.raises(MoveRefused):
            await act(city, OFFICER, licence=row.id, reason=REASON, now=NOW)
    assert await city.value("SELECT count(*) FROM notices.inbox") == 1
    with pytest.raises(GroundNotNamed):
        await licences.cancel(city, OFFICER, licence=row.id, reason=REASON, ground="deceased", now=NOW)
    entered = await licences.cancel(city, OFFICER, licence=row.id, reason=REASON, ground="taken", now=NOW)
    assert entered.state is State.CANCELLED and "第七十条第四项" in entered.state_reason


async def test_a_decision_without_a_case_here_is_left_to_its_issuer_and_the_holder_is_told(
    city: Database, issued: Founding
) -> None:
    """A licence that was taken over: no case can carry the paper; told once, however often the news comes."""
    row = await issued()
    await licences.revoke(city, OFFICER, licence=row.id, reason=REASON, ground="deceit", now=NOW)
    while await drain_once(city):
        pass
    await city.run("UPDATE kit.outbox SET due_at = now() - interval '1 s'")
    while await drain_once(city):
        pass
    [kept] = await store.decisions_on(city, licence=row.id, holder=row.holder)
    assert (kept.act, kept.ground, kept.reason, kept.paper) == ("revoke", "deceit", REASON, None)
    assert kept.answered_at is not None and await licences.by_hand(city) == 1
    letters = await city.rows("SELECT title_zh FROM notices.inbox WHERE recipient = $1", row.holder)
    assert [one["title_zh"] for one in letters].count("决定书由签发机关送达") == 1


async def test_nothing_is_built_on_an_altered_row(city: Database, issued: Founding) -> None:
    row = await issued()
    await city.run("UPDATE licences.licence SET valid_until = valid_until + 1")
    with pytest.raises(RowAltered):
        await licences.suspend(city, OFFICER, licence=row.id, reason=REASON, now=NOW)


async def test_a_lawful_licence_is_taken_back_on_a_ground_and_with_compensation(
    city: Database, issued: Founding
) -> None:
    """撤回, 行政许可法 art. 8(2): each of what the law asks for is missed by name."""
    row = await issued()
    act = {"licence": row.id, "reason": REASON, "now": NOW}
    paid = "按评估价补偿设备损失，三十日内支付"
    for ground, compensation in (("deceit", paid), ("law_changed", "无")):
        with pytest.raises(GroundNotNamed):
            await licences.retract(city, OFFICER, ground=ground, compensation=compensation, **act)  # type: ignore[arg-type]
    with pytest.raises(GroundNotNamed) as nothing:
        await licences.retract(city, OFFICER, licence=row.id, reason="", ground="", compensation="", now=NOW)
    assert [*nothing.value.fields] == ["ground", "reason", "compensation"], "all at once"
    back = await licences.retract(city, OFFICER, ground="law_changed", compensation=paid, **act)  # type: ignore[arg-type]
    assert back.state is State.RETRACTED
    assert "《行政许可法》第八条第二款" in back.state_reason and back.state_reason.endswith(f"补偿：{paid}。")
    finding = await licences.verify(city, VISITOR, asked=str(row.identifier), now=NOW)
    assert finding.verdict is Verdict.REVOKED and "撤回" in str(finding.detail)
