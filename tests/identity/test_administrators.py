"""The three administrators are apart, by rule, by constraint and in the policy table; the doctor counts them."""

from __future__ import annotations

from datetime import date

import asyncpg
import msgspec
import pytest

from tests import make
from tests.identity.conftest import NOW, SECRET
from tests.identity.pages import words
from tests.identity.staffing import Staff
from tongban import identity, rooms
from tongban.identity.model.staff import must_be_apart
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import ADMINISTRATORS, OFFICERS_DUTIES, Actor, Duty, Relation, Role, Verdict
from tongban.up.doctor import administrators

THREE = [
    identity.DemoOfficer(str(duty), "管理员", "data-310000", f"1380000650{place}", (duty,))
    for place, duty in enumerate(sorted(ADMINISTRATORS))
]


@pytest.mark.parametrize("more", [Duty.SECURITY_ADMIN, Duty.EXAMINE])
async def test_nobody_is_two_of_them_or_has_a_duty_to_cases(db: Database, more: Duty) -> None:
    await identity.load_demo(db, [], THREE, password=SECRET, now=NOW)
    with pytest.raises(identity.DutiesApart):
        await identity.post_to(
            db, username="audit_admin", duties=(Duty.AUDIT_ADMIN, more), order=make.BY_CONSOLE, now=NOW
        )
    with pytest.raises(asyncpg.CheckViolationError, match="staff_administrators_apart"):
        await db.run(
            "UPDATE identity.staff SET duties = $1 WHERE username = 'audit_admin'", ["audit_admin", more]
        )
    must_be_apart(OFFICERS_DUTIES)


async def test_the_doctor_counts_them(db: Database) -> None:
    assert administrators(await identity.administrators(db)).state == "note"
    await identity.load_demo(db, [], THREE, password=SECRET, now=NOW)
    told = administrators(await identity.administrators(db))
    assert told.state == "good" and told.words.startswith("1 system, 1 security, 1 audit")


async def test_the_role_follows_from_the_duty(db: Database) -> None:
    await identity.load_demo(db, [], THREE, password=SECRET, now=NOW)
    actor = await identity.actor_of(db, kind="username", value="system_admin")
    assert actor.role is Role.ADMINISTRATOR
    await identity.post_to(
        db, username="system_admin", duties=(Duty.EXAMINE,), order=make.BY_CONSOLE, now=NOW
    )
    assert (await identity.actor_of(db, kind="username", value="system_admin")).role is Role.OFFICER


async def test_the_console_does_what_two_cannot(db: Database) -> None:
    """Who asked and why is in the ledger. While two can do it on the pages the console does it in an emergency only,
    and who watches over powers is told. How it can fail (tried): no ``must_be_the_consoles``; texts to all."""
    first, *others = sorted(THREE, key=lambda one: one.username != "system_admin")
    await identity.load_demo(db, [], [first], password=SECRET, now=NOW)
    order = identity.ConsoleOrder("示例主任", "第一位管理员", "root")
    for missing in ({"by": " "}, {"reason": ""}, {"by": "名" * 41}, {"reason": "因" * 501}):
        wrong = msgspec.structs.replace(order, **missing)
        with pytest.raises(identity.StaffIncomplete) as told:
            await identity.post_to(db, username=first.username, duties=(), order=wrong, now=NOW)
        assert list(told.value.fields) == list(missing)
    await identity.post_to(db, username=first.username, duties=first.duties, order=order, now=NOW)
    await identity.load_demo(db, [], others, password=SECRET, now=NOW)
    await identity.post_to(db, username=first.username, duties=first.duties, order=order, now=NOW)
    change = {"username": "audit_admin", "duties": ()}
    with pytest.raises(identity.TwoDoIt):
        await identity.post_to(db, **change, order=order, now=NOW)
    assert await db.value("SELECT count(*) FROM kit.outbox WHERE topic = 'notices.sms'") == 0
    await identity.post_to(db, **change, order=make.BY_CONSOLE, now=NOW)
    rows = await db.rows("SELECT detail FROM audit.ledger WHERE action = 'identity.post_to' ORDER BY xid, id")
    said = [(row["detail"]["by"], row["detail"]["reason"], row["detail"]["emergency"]) for row in rows]
    assert said == [("示例主任", "第一位管理员", False)] * 2 + [("示例主任", "两位管理员都无法登录", True)]
    texted = await db.rows("SELECT subject FROM kit.outbox WHERE topic = 'notices.sms'")
    security = await identity.actor_of(db, kind="username", value="security_admin")
    assert [row["subject"] for row in texted] == [security.id], "not who asks, and not whose duties changed"


def test_no_row_lets_an_administrator_at_a_case_or_a_licence() -> None:
    public = {
        "cases.published",
        "cases.working_days",
        "cases.asked_anyway",
        "cases.check",
        "licences.verify",
        "licences.verify_paper",
        "licences.keys",
    }
    rows = {
        rule.action
        for rule in rooms.POLICY.rules
        if rule.role is Role.ADMINISTRATOR and rule.action.split(".")[0] in ("cases", "licences", "exchange")
    }
    assert rows <= public, rows - public
    all_duties = Actor(Role.ADMINISTRATOR, duties=frozenset(Duty))
    assert all(
        rooms.POLICY.decide(all_duties, action, relation) is Verdict.REFUSE
        for action in ("cases.read", "cases.desk", "cases.decide", "licences.look")
        for relation in Relation
    )


def test_until_is_a_day() -> None:
    faults: dict[str, object] = {}
    from tongban.identity.actions.staffing import until_of

    now = clock.now()
    assert until_of({"until": ""}, faults, now=now) is None and not faults  # type: ignore[arg-type]
    assert until_of({"until": "2020-01-01"}, faults, now=now) == date(2020, 1, 1)  # type: ignore[arg-type]
    assert "until" in faults


@pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
async def test_two_of_the_three_are_refused_as_typed(staff: Staff, db: Database) -> None:
    await staff.be("sys")
    for more in ("security_admin", "examine"):
        told = await staff.ask("zhou", **{"duties-1": "audit_admin", "duties-2": more})
        assert told.status_code == 422 and "三员分立" in words(told) and "调令 7 号" in told.text
    assert await db.value("SELECT count(*) FROM identity.staff_change") == 0
