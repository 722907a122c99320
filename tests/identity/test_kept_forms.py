"""A form that was posted after the session's end is its writer's: whoever else logs in at that page sees none of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.identity.conftest import LI, SECRET, WANG, Client, enrolled, last_code
from tests.identity.pages import fields_of, submit, words
from tests.identity.test_powers import logged_in_as, standing
from tongban.kit import clock
from tongban.kit.db import Database

TYPED = "the words typed"


async def posted_too_late(client: Client, db: Database, *, without_cookie: bool = False) -> Any:
    """The form is opened, the session ends, the form is sent: the log-in asks, and carries it."""
    token = fields_of((await client.get("/my/acting")).text, "/logout")["_csrf"]
    await db.sibling().run("UPDATE kit.session SET ends_at = now()")
    client.app.state.sessions.forget(client.cookies["tongban_session"])
    if without_cookie:  # the browser was closed, and its tabs came back
        client.cookies.clear()
    own = {"sec-fetch-site": "same-origin"}
    return await client.post("/draft", data={"_csrf": token, "address": "x", "note": TYPED}, headers=own)


async def log_in_at(client: Client, db: Database, shown: Any, phone: str) -> Any:
    await db.sibling().run("UPDATE identity.code SET sent_at = sent_at - interval '2 minutes'")
    shown = await submit(client, shown, "/login", {"account": phone, "password": SECRET})
    return await submit(client, shown, "/login/code", {"code": await last_code(db, phone)})


@pytest.mark.parametrize("without_cookie", [False, True])
async def test_it_comes_back_to_its_writer_and_to_nobody_else(
    client: Client, db: Database, without_cookie: bool
) -> None:
    """How it can fail (tried): take what is kept for anybody's."""
    for one in (LI, WANG):
        await enrolled(db, one, now=clock.now() - timedelta(days=1))
    await logged_in_as(client, db, LI.phone)
    asked = await posted_too_late(client, db, without_cookie=without_cookie)
    assert TYPED not in asked.text
    other = await log_in_at(client, db, asked, WANG.phone)
    assert "另一个账户填写的内容" in words(other)
    assert TYPED not in other.text and 'action="/draft"' not in other.text
    client.cookies.clear()
    await db.sibling().run("UPDATE identity.code SET sent_at = sent_at - interval '2 minutes'")
    await logged_in_as(client, db, LI.phone)
    asked = await posted_too_late(client, db)
    mine = await log_in_at(client, db, asked, LI.phone)
    assert fields_of(mine.text, "/draft")["note"] == TYPED


async def test_what_was_written_for_another_is_not_sent_in_ones_own_name(
    client: Client, db: Database
) -> None:
    at = clock.now() - timedelta(days=1)
    li, wang = [(await enrolled(db, one, now=at)).actor for one in (LI, WANG)]
    power = await standing(db, li, wang)
    await logged_in_as(client, db, WANG.phone)
    shown = await client.get("/my/acting")
    await submit(client, shown, "/my/acting/switch", {"power": str(power), "next": "/my/acting"})
    asked = await posted_too_late(client, db)
    shown = await log_in_at(client, db, asked, WANG.phone)
    assert "不能用您自己的名义提交" in words(shown) and TYPED in words(shown)
    assert 'action="/draft"' not in shown.text


async def test_after_a_switch_the_other_names_form_is_given_back_with_one_step_to_that_name(
    client: Client, db: Database
) -> None:
    """How it can fail (tried): refuse what this name may not do at all before looking in whose name it was written."""
    at = clock.now() - timedelta(days=1)
    li, wang = [(await enrolled(db, one, now=at)).actor for one in (LI, WANG)]
    power, own = str(await standing(db, li, wang)), {"sec-fetch-site": "same-origin"}
    await logged_in_as(client, db, WANG.phone)
    shown = await client.get("/my/acting")
    hers = {"_csrf": fields_of(shown.text, "/logout")["_csrf"]}
    shown = await submit(client, shown, "/my/acting/switch", {"power": power, "next": "/my/acting"})
    acting = {"_csrf": fields_of(shown.text, "/logout")["_csrf"]}
    typed = {"name": "周明", "kind": "agent", "until": "2027-01-01", "more": TYPED}
    back = await client.post("/my/acting/offer", data={**hers, **typed}, headers=own)
    assert back.status_code == 403
    for said in ("以本人的名义填写", f"现在代{LI.name[0]}", TYPED, "周明", "代办人姓名"):
        assert said in words(back), said
    away = await client.post("/account/level/card", data={**hers, "more": TYPED}, headers=own)
    assert away.status_code == 403 and TYPED in words(away), "also what an agent may not do at all"
    fields = fields_of(back.text[back.text.index('id="typed-1"') :], "/my/acting/switch")
    assert (fields["power"], fields["next"]) == ("", "/my/acting/offer")
    opened = await client.post("/my/acting/switch", data=fields)
    assert opened.url.path == "/my/acting/offer"
    back = await client.post("/draft", data={**acting, "address": TYPED}, headers=own)
    assert back.status_code == 403 and f"代{LI.name[0]}" in words(back) and "为您本人办理" in words(back)
    fields = fields_of(back.text[back.text.index('id="typed-1"') :], "/my/acting/switch")
    assert (fields["power"], fields["next"]) == (power, "/draft")
    other = await client.post("/draft", data={**acting, "address": TYPED}, headers={})
    assert other.status_code == 403 and TYPED not in words(other), "nobody says that it was our page"
