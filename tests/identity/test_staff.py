"""Staff from joining to leaving over HTTP: two persons for each power, and who is refused what."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from tests.identity.conftest import APPLICATION, SECRET, Client, actions_of, last_code, texts
from tests.identity.pages import fields_of, submit, words
from tests.identity.staffing import OFFICE, OTHER, POLICE, Staff
from tongban import identity
from tongban.identity import jobs
from tongban.identity.actions import deciding_staff
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database
from tongban.kit.web.paging import cursor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

JOINER = {
    "name": "林小满",
    "username": "lin-xm",
    "phone": "13800008801",
    "department": POLICE,
    "hall": "hall-310101",
    "duties-1": "vet",
    "reason": "录用通知 2026-11",
}


async def joined(staff: Staff) -> str:
    """Somebody is proposed and granted her powers; gives the words of her SMS."""
    await staff.be("sys")
    shown = await submit(staff.client, await staff.client.get("/desk/staff/new"), "/desk/staff/new", JOINER)
    assert "等待安全管理员授权" in words(shown)
    staff.ids["lin-xm"] = UUID(shown.url.path.rsplit("/", 1)[-1])
    assert await texts(staff.db, JOINER["phone"]) == [], "nothing is sent before it is granted"
    await staff.be("sec")
    assert "lin-xm" not in words(await staff.client.get("/desk/staff/waiting"))
    assert "林小满" in words(await staff.client.get("/desk/staff/waiting"))
    assert "已授权" in words(await staff.decide("lin-xm"))
    return (await texts(staff.db, JOINER["phone"]))[-1]


async def test_somebody_joins_by_two_persons_and_takes_her_account_up_herself(
    staff: Staff, db: Database
) -> None:
    client = staff.client
    code = re.search(r"\d{8}", await joined(staff))
    assert code
    client.cookies.clear()
    log_in = await submit(
        client, await client.get("/staff/login"), "/staff/login", {"account": "lin-xm", "password": ""}
    )
    assert log_in.status_code == 422
    shown = await client.get("/staff/join")
    wrong = await submit(
        client, shown, "/staff/join", {"account": "lin-xm", "code": "12345678", "new": "a long pass word"}
    )
    unknown = await submit(
        client, shown, "/staff/join", {"account": "nobody", "code": "12345678", "new": "a long pass word"}
    )
    assert wrong.status_code == unknown.status_code == 422
    assert "lin-xm" in wrong.text and words(wrong) == words(unknown), (
        "a name that there is not reads the same"
    )
    typed = {"account": "lin-xm", "code": code[0], "new": "a long pass word"}
    up, again = await asyncio.gather(*(submit(client, shown, "/staff/join", typed) for _ in range(2)))
    assert sorted([up.status_code, again.status_code]) == [200, 422], "a code opens once"
    shown = await submit(
        client,
        await client.get("/staff/login"),
        "/staff/login",
        {"account": "lin-xm", "password": "a long pass word"},
    )
    shown = await submit(client, shown, "/staff/login/code", {"code": await last_code(db, JOINER["phone"])})
    assert shown.url.path == "/desk"
    row = await staff.row("lin-xm")
    assert (row["state"], row["duties"], row["hall"]) == ("active", ["vet"], "hall-310101")
    acts = await actions_of(db)
    assert {one for one in acts if one.startswith("identity.staff_")} == {
        *("identity.staff_propose", "identity.staff_grant", "identity.staff_fail_code"),
        "identity.staff_take_up",
    }
    assert acts.count("identity.staff_take_up") == 1


async def test_a_double_click_opens_one_account_and_a_name_is_never_given_twice(
    staff: Staff, db: Database
) -> None:
    client = staff.client
    await staff.be("sys")
    shown = await client.get("/desk/staff/new")
    first, second = await asyncio.gather(
        *(submit(client, shown, "/desk/staff/new", JOINER) for _ in range(2))
    )
    assert first.url.path == second.url.path and first.status_code == second.status_code == 200
    staff.ids["lin-xm"] = UUID(first.url.path.rsplit("/", 1)[-1])
    taken = await submit(
        client, await client.get("/desk/staff/new"), "/desk/staff/new", JOINER | {"username": "lin-2"}
    )
    assert taken.status_code == 409 and "一个人只有一个工作账户" in words(taken) and "lin-2" in taken.text
    left = await submit(client, first, f"{staff.path('lin-xm')}/leave", {"leaving": "没有报到"})
    assert "已离职" in words(left)
    again = await submit(client, await client.get("/desk/staff/new"), "/desk/staff/new", JOINER)
    assert again.status_code == 409 and "用户名不会重复使用" in words(again)
    new = await submit(
        client, await client.get("/desk/staff/new"), "/desk/staff/new", JOINER | {"username": "lin-2"}
    )
    assert new.status_code == 200, "her phone is free again"


async def test_what_is_typed_wrong_is_told_beside_its_field(staff: Staff) -> None:
    await staff.be("sys")
    shown = await staff.client.get("/desk/staff/new")
    wrong = {"name": "", "username": "X", "phone": "1380", "department": "nowhere", "reason": " "}
    told = await submit(staff.client, shown, "/desk/staff/new", JOINER | wrong)
    assert told.status_code == 422
    assert not [one for one in wrong if f'id="{one}-error"' not in told.text]
    told = await submit(staff.client, shown, "/desk/staff/new", JOINER | {"name": ""})
    assert all(one in told.text for name, one in JOINER.items() if name not in ("name", "duties-1"))
    assert re.search(r'value="vet"[^>]* checked', told.text)


async def test_nobody_asks_or_grants_for_herself_or_what_she_asked(staff: Staff, db: Database) -> None:
    client = staff.client
    await staff.be("head")
    shown = await client.get(staff.path("zhou"))
    token = fields_of(shown.text, "/logout")["_csrf"]
    own = await client.post(
        f"{staff.path('head')}/changes",
        data={"_csrf": token, "department": POLICE, "duties-1": "approve", "reason": "自己"},
    )
    assert own.status_code == 403 and "不能为自己" in words(own)
    assert "等待安全管理员复核" in words(await staff.ask("zhou", **{"duties-1": "review"}))
    change = await db.value("SELECT id FROM identity.staff_change")
    for who in ("head", "sys", "aud"):
        await staff.be(who)
        token = fields_of((await client.get("/desk/staff")).text, "/logout")["_csrf"]
        told = await client.post(
            f"{staff.path('zhou')}/changes/{change}", data={"_csrf": token, "do": "grant"}
        )
        assert told.status_code == 403, who
    # A security administrator is granted nothing by herself, and the database says so too.
    await staff.be("sys")
    await staff.ask("sec", **{"department": OFFICE, "duties-1": "audit_admin"})
    change = await db.value("SELECT id FROM identity.staff_change WHERE officer = $1", staff.ids["sec"])
    await staff.be("sec")
    token = fields_of((await client.get("/desk/staff")).text, "/logout")["_csrf"]
    told = await client.post(f"{staff.path('sec')}/changes/{change}", data={"_csrf": token, "do": "grant"})
    assert told.status_code == 403 and "不能为自己" in words(told)
    for column, constraint in (
        ("asked_by", "staff_change_by_two"),
        ("officer", "staff_change_not_for_oneself"),
    ):
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await db.run(
                f"UPDATE identity.staff_change SET state = 'granted', decided_by = {column} WHERE id = $1",
                change,
            )


async def test_two_grant_at_once_and_one_is_told(staff: Staff, db: Database) -> None:
    await staff.be("head")
    shown = await staff.client.get(staff.path("zhou"))
    typed = {"department": POLICE, "hall": "", "duties-1": "review", "reason": "调令 7 号"}
    twice = [await submit(staff.client, shown, f"{staff.path('zhou')}/changes", typed) for _ in range(2)]
    assert [one.status_code for one in twice] == [200, 200]
    other = await submit(
        staff.client, shown, f"{staff.path('zhou')}/changes", typed | {"duties-1": "approve"}
    )
    assert other.status_code == 409 and "等安全管理员处理" in words(other)
    assert await db.value("SELECT count(*) FROM identity.staff_change") == 1, "asked twice is asked once"
    actors = [await identity.actor_of(db, kind="username", value=who) for who in ("sec", "sec-2")]
    change = await db.value("SELECT id FROM identity.staff_change")
    answers = await asyncio.gather(
        *(
            deciding_staff.decide(
                db, one, officer=staff.ids["zhou"], change=change, grant=True, answer="", now=clock.now()
            )
            for one in (*actors, actors[0])
        ),
        return_exceptions=True,
    )
    told = [one for one in answers if one is not None]
    assert all("刚刚已由他人处理" in str(one.message) for one in told) and len(told) in (1, 2), answers
    assert (await actions_of(db)).count("identity.staff_grant") == 1
    assert (await staff.row("zhou"))["duties"] == ["review"]


async def test_who_has_left_is_out_in_every_process_within_two_seconds(
    staff: Staff, db: Database, dsn: str
) -> None:
    client = staff.client
    cookie = await staff.cookie("zhou")
    async with another_process(client, dsn) as second:
        header = {"cookie": f"tongban_session={cookie}"}
        assert (await second.get("/staff/account", headers=header, follow_redirects=False)).status_code == 200
        await staff.be("sys")
        shown = await client.get(staff.path("zhou"))
        empty = await submit(client, shown, f"{staff.path('zhou')}/leave", {"leaving": ""})
        assert empty.status_code == 422 and 'id="leaving-error"' in empty.text
        done = await submit(client, shown, f"{staff.path('zhou')}/leave", {"leaving": "辞职"})
        assert "已离职" in words(done)
        await asyncio.sleep(2.1)
        gone = await second.get("/staff/account", headers=header, follow_redirects=False)
        assert gone.status_code == 303 and "/staff/login" in gone.headers["location"]
    row = await staff.row("zhou")
    assert row["duties"] == [] and row["totp_sealed"] is None
    topics = await db.rows("SELECT topic, payload FROM kit.outbox WHERE topic = 'identity.left'")
    assert topics[0]["payload"] == {"department": POLICE}
    client.cookies.clear()
    refused = await submit(
        client, await client.get("/staff/login"), "/staff/login", {"account": "zhou", "password": SECRET}
    )
    assert refused.status_code == 422 and "密码" in words(refused)


@asynccontextmanager
async def another_process(client: Client, dsn: str) -> AsyncIterator[Client]:
    """The same house with a session cache of its own."""
    async with APPLICATION.on(dsn, again=True) as running:
        yield running


async def test_a_move_ends_old_powers_and_a_posting_ends_by_itself(staff: Staff, db: Database) -> None:
    cookie = await staff.cookie("zhou")
    await staff.be("head")
    last = clock.city_day(clock.now()) + timedelta(days=20)
    until = {"until-year": str(last.year), "until-month": str(last.month), "until-day": str(last.day)}
    bad = await staff.ask("zhou", **{"department": OTHER, "duties-1": "review", **until, "until-month": "13"})
    assert bad.status_code == 422 and 'id="until-error"' in bad.text
    await staff.ask("zhou", **{"department": OTHER, "duties-1": "review", **until})
    await staff.be("sec")
    await staff.decide("zhou")
    row = await staff.row("zhou")
    assert (row["department"], row["duties"], row["until"]) == (OTHER, ["review"], last)
    session = await db.row("SELECT department, duties FROM kit.session WHERE actor = $1", staff.ids["zhou"])
    assert session is not None and tuple(session) == (OTHER, ["review"])
    moved = "SELECT payload FROM kit.outbox WHERE topic = 'identity.moved' ORDER BY at"
    assert [one["payload"] for one in await db.rows(moved)] == [{"department": POLICE}]
    await staff.be("head")
    assert (await staff.client.get(staff.path("zhou"))).status_code == 404, "she is not this head's any more"
    after = clock.now() + timedelta(days=22)
    assert await timers.fire_due(db, now=after) == 1
    (event,) = [one for one in await outbox.claim(db, now=after) if one.topic.startswith("timer.")]
    await jobs.end_posting(db, event, now=after)
    row = await staff.row("zhou")
    assert (row["department"], row["duties"], row["until"]) == (POLICE, ["examine"], None)
    assert [one["payload"] for one in await db.rows(moved)][1:] == [{"department": OTHER}]
    assert cookie


async def test_a_head_sees_her_own_department_only(staff: Staff) -> None:
    await staff.be("other-head")
    shown = await staff.client.get(f"/desk/staff?department={POLICE}")
    assert shown.status_code == 404
    shown = await staff.client.get("/desk/staff")
    assert "示例other-head" in words(shown) and "示例zhou" not in words(shown)
    assert (await staff.client.get(staff.path("zhou"))).status_code == 404
    await staff.be("zhou")
    told = await staff.client.get("/desk/staff")
    assert told.status_code == 403 and "部门负责人" in words(told)


async def test_the_audit_administrator_reads_and_changes_nothing(staff: Staff, db: Database) -> None:
    await staff.be("head")
    await staff.ask("zhou", **{"duties-1": "review"})
    await staff.be("aud")
    shown = await staff.client.get("/desk/staff/ledger")
    assert "identity.staff_ask" in words(shown)
    page = await staff.client.get(staff.path("zhou"))
    assert "identity.staff_ask" in words(page) and "等待复核" in words(page)
    # She looks through it, and takes away what she found; that she did stands in it.
    for asked, there in (
        ("action=identity.staff_ask&who=示例head&account=zhou", True),
        ("action=identity.staff_grant", False),
        ("who=示例sec", False),
        ("account=other-head", False),
        ("since-year=2020&since-month=1&since-day=1&until-year=2020&until-month=1&until-day=1", False),
    ):
        listed = await staff.client.get(f"/desk/staff/ledger?{asked}")
        assert ('<span class="sub mono">identity.staff_ask' in listed.text) is there, asked
    wrong = words(await staff.client.get("/desk/staff/ledger?account=nobody&since-year=2026"))
    assert "没有这个用户名的工作账户" in wrong and "填完整" in wrong
    assert (
        await staff.client.get(f"/desk/staff/ledger?after={cursor('staff-ledger', 'made up')}")
    ).status_code == 400
    file = await staff.client.get("/desk/staff/ledger.csv?action=identity.staff_ask")
    assert file.headers["content-type"].startswith("text/csv") and "申请变动" in file.text
    assert file.text.count("identity.staff_ask") == 1 and "cases." not in file.text
    assert (await actions_of(db))[-1] == "identity.staff_export"
    posts = set(re.findall(r'<form[^>]*action="([^"]+)"[^>]*method="post"', page.text)) | set(
        re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page.text)
    )
    assert not [one for one in posts if one.startswith("/desk/staff")]
    await staff.be("sys")
    for path in ("/desk/staff/ledger", "/desk/staff/ledger.csv"):
        assert (await staff.client.get(path)).status_code == 403


async def test_powers_are_looked_at_every_year(staff: Staff, db: Database) -> None:
    await db.run(
        "UPDATE identity.staff SET granted_at = granted_at - interval '400 days' WHERE username IN ('zhou', 'sec')"
    )
    await staff.be("sec")
    shown = await staff.client.get("/desk/staff/waiting")
    assert "示例zhou" in words(shown) and f"{staff.path('sec')}/confirm" not in shown.text
    for _ in range(2):
        done = await submit(staff.client, shown, f"{staff.path('zhou')}/confirm", {})
        assert "权限已复核" in words(done)
    assert (await actions_of(db)).count("identity.staff_confirm") == 1
    assert "示例zhou" not in words(await staff.client.get("/desk/staff/waiting"))
    # A house with many goes through them a page at a time.
    many = [
        identity.DemoOfficer(f"window-{place:03}", f"窗口{place:03}", POLICE, f"138001{place:05}", ())
        for place in range(60)
    ]
    await identity.load_demo(db, [], many, password=SECRET, now=clock.now())
    await db.run(
        "UPDATE identity.staff SET granted_at = now() - interval '400 days' WHERE username LIKE 'window-%'"
    )
    first = await staff.client.get("/desk/staff/waiting")
    following = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert following
    second = await staff.client.get(following[1].replace("&amp;", "&"))
    found = [set(re.findall(r"窗口\d{3}", words(one))) for one in (first, second)]
    assert len(found[0] | found[1]) == 60 and not found[0] & found[1]


async def test_a_lock_is_at_once_and_is_told_to_the_security_administrators(
    staff: Staff, db: Database
) -> None:
    client = staff.client
    for _ in range(5):
        shown = await submit(
            client, await client.get("/staff/login"), "/staff/login", {"account": "zhou", "password": "wrong"}
        )
    assert shown.status_code == 429
    (event,) = [one for one in await outbox.claim(db, now=clock.now()) if one.topic == "identity.locked_out"]
    await jobs.tell_security(db, event, now=clock.now())
    with pytest.raises(asyncpg.UniqueViolationError, match="handled_pkey"):
        await jobs.tell_security(db, event, now=clock.now())
    told = [one for one in await texts(db) if "zhou" in one]
    assert len(told) == 2 and "锁定 15 分钟" in told[0]
    await staff.be("sec")
    assert "示例zhou" in words(await client.get("/desk/staff/waiting"))
    shown = await client.get(staff.path("zhou"))
    locked = await submit(client, shown, f"{staff.path('zhou')}/lock", {"do": "lock", "locking": "疑似盗用"})
    assert "已锁定" in words(locked) and (await staff.row("zhou"))["state"] == "locked"
    # Who locked it does not open it again: a power that comes back is two persons' word.
    open_again = {"do": "unlock", "locking": "本人核实"}
    own = await submit(client, locked, f"{staff.path('zhou')}/lock", open_again)
    assert own.status_code == 409 and "另一位安全管理员" in words(own) and "本人核实" in own.text
    assert (await staff.row("zhou"))["state"] == "locked"
    await staff.be("sec-2")
    shown = await client.get(staff.path("zhou"))
    opened = await submit(client, shown, f"{staff.path('zhou')}/lock", open_again)
    assert "在岗" in words(opened)
