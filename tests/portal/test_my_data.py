"""What is held about me, and my copy of it (PIPL art. 44, 45): by room, masked, once at a time, for nobody else."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import PASSWORD, Resident
from tests.identity.conftest import last_code
from tests.identity.pages import fields_of, words
from tongban import notices
from tongban.identity.actions.phone_only import finish_opening, open_by_phone
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.portal import jobs
from tongban.portal.actions import holding
from tongban.portal.model import CopyTooOften

pytestmark = pytest.mark.usefixtures("no_press")


async def requests(db: Database) -> list[Event]:
    rows = await db.sibling().rows(
        "SELECT id, topic, subject, reference, payload, at, 1 AS attempts FROM kit.outbox "
        "WHERE topic = 'portal.copy_requested' ORDER BY id"
    )
    return [Event(**row) for row in rows]


async def test_the_copy_is_asked_once_made_once_and_hers_alone(
    city: Database, owner: Resident, other: Resident
) -> None:
    """How it can fail (tried): with answers as they are stored, sealed; with facts as they are stored."""
    case_id = await make.submitted(city, owner)
    now = clock.now()
    await asyncio.gather(*(holding.ask_copy(city, owner.actor, now=now) for _ in range(4)))
    (asked,) = await requests(city)
    await jobs.make_copy(city, asked, now=now)
    copy = await holding.my_copy(city, owner.actor, now=now)
    assert copy is not None
    assert copy.until == now + timedelta(days=7)

    whole: dict[str, Any] = json.loads(await holding.read_copy(city, owner.actor, "json", now=now) or b"")
    assert set(whole["rooms"]) >= {"identity", "cases", "audit", "notices", "files", "licences"}
    (account,) = whole["rooms"]["identity"]["records"]
    assert account["id_number"] == owner.number
    (case,) = whole["rooms"]["cases"]["records"]
    assert case["id"] == str(case_id)
    told_and_heard = json.dumps([case["answers"], case["facts"]], ensure_ascii=False)
    assert owner.name in told_and_heard and '"sealed"' not in told_and_heard
    assert whole["rooms"]["cases"]["kinds"][0]["kept"]["basis"]["zh"]

    paper = await holding.read_copy(city, owner.actor, "pdf", now=now)
    assert paper is not None
    document = pypdfium2.PdfDocument(paper)
    text = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    for told in ("个人信息副本", owner.number, "第四十五条", "您是谁"):
        assert told in text, told
    stored = await city.sibling().row("SELECT json_sealed, pdf_sealed FROM portal.copy")
    assert stored is not None
    assert owner.number.encode() not in stored["json_sealed"]
    assert b"%PDF" not in stored["pdf_sealed"]

    assert await holding.read_copy(city, other.actor, "json", now=now) is None
    assert await holding.read_copy(city, owner.actor, "pdf", now=now + timedelta(days=8)) is None
    assert owner.actor.id is not None
    assert "个人信息副本" in str((await notices.inbox(city, owner.actor.id))[0].title)
    acts = [row["action"] for row in await city.sibling().rows("SELECT action FROM audit.ledger")]
    assert acts.count("portal.make_copy") == 1
    assert acts.count("portal.read_copy") == 2


async def test_a_fourth_copy_within_a_day_is_refused(city: Database, owner: Resident) -> None:
    now = clock.now()
    for _ in range(3):
        await holding.ask_copy(city, owner.actor, now=now)
        await city.sibling().run("UPDATE portal.copy SET made_at = asked_at, until = asked_at")
    with pytest.raises(CopyTooOften):
        await holding.ask_copy(city, owner.actor, now=now)
    await holding.ask_copy(city, owner.actor, now=now + timedelta(days=1, minutes=1))


async def test_numbers_are_masked_until_she_asks(web: Client, city: Database, owner: Resident) -> None:
    await log_in(web, city, owner.actor)
    shown = await web.get("/my/data")
    assert shown.status_code == 200
    assert owner.number not in shown.text
    assert owner.phone not in shown.text
    for told in ("来源", "依据", "保存多久", "怎么更正", "档案法"):
        assert told in words(shown), told  # type: ignore[arg-type]
    full = await web.post("/my/data/show", data=fields_of(shown.text, "/my/data/show"))
    assert owner.number in full.text
    assert owner.phone in full.text
    acts = await city.sibling().rows("SELECT action FROM audit.ledger WHERE action = 'portal.show_data'")
    assert len(acts) == 1
    gone = await web.get("/my/data/files/copy.pdf")
    assert gone.headers["location"] == "/my/data?said=none#copy"


async def test_of_a_phone_alone_only_what_is_kept_is_listed(
    web: Client, city: Database, owner: Resident
) -> None:
    """No cases, licences or files: their names stand in one line, as what is not kept. Who has a name reads all kinds.

    How it can fail (tried): list every room; list every kind of a room of which something is kept.
    """
    now, phone = clock.now(), "13700009902"
    step = await open_by_phone(city, phone=phone, password=PASSWORD, now=now)
    one = await finish_opening(city, step=step, code=await last_code(city, phone), now=now)
    await log_in(web, city, one.actor)
    shown = words(await web.get("/my/data"))  # type: ignore[arg-type]
    assert "姓名、证件号码、手机号" in shown and "登录" in shown
    assert "0 条记录" not in shown and "户籍和居住" not in shown and "通行密钥" not in shown
    (nothing,) = re.findall("没有保存：([^。]*)。", shown)
    assert {"办件", "证照", "上传的文件"} <= set(nothing.split("、"))
    await log_in(web, city, owner.actor)
    whole = words(await web.get("/my/data"))  # type: ignore[arg-type]
    assert "0 条记录" in whole and "通行密钥" in whole and "没有保存：" not in whole
