"""The link that changes the language: on every page, the desk's too, and back to the page on which it stood."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.cases.web import Client, log_in
from tests.cast import Resident, officer_of
from tests.identity.pages import fields_of
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty, Role

pytestmark = pytest.mark.usefixtures("no_press")


def _link(page: str) -> str:
    """The first link to the other language."""
    found = re.search(r'href="(/preferences/language\?[^"]*)"', page)
    assert found is not None, page[:2000]
    return unescape(found[1])


async def test_the_desk_speaks_english_and_stays_where_it_was(
    web: Client, city: Database, owner: Resident
) -> None:
    """Of officers and administrators, with what the list was asked for; a page that answers a form leads to the one on
    which the form stood, since nobody can be led to a form that is sent.

    How it can fail (tried): leave the link off the desk; come back to the path alone, or to where was posted to;
    take a referer for an address that is none.
    """
    officer = await officer_of(city, owner.district)
    admin = Actor(Role.ADMINISTRATOR, officer.id, officer.name, duties=frozenset({Duty.SYSTEM_ADMIN}))
    for who, address in (
        (officer, "/desk?q=3101&sort=newest"),
        (officer, "/desk/supervision"),
        (admin, "/desk/staff"),
        (owner.actor, "/search?q=%E5%B1%85%E4%BD%8F&mode=whole_online"),
    ):
        web.cookies.clear()
        await log_in(web, city, who)
        shown = await web.get(address)
        assert shown.status_code == 200 and '<html lang="zh-CN"' in shown.text, address
        back = await web.get(_link(shown.text))
        assert back.status_code == 303 and back.headers["location"] == address
        assert '<html lang="en"' in (await web.get(address)).text, address
    web.cookies.clear()
    await log_in(web, city, owner.actor)
    form = (await web.get("/my/acting/offer")).text
    for referer, home in (
        ("http://t.example/my/acting/offer?x=1", "/my/acting/offer?x=1"),
        ("http://elsewhere.example/x", "/my/acting/offer"),
        ("http://[no-address", "/my/acting/offer"),
    ):
        wrong = await web.post(
            "/my/acting/offer", data=fields_of(form, "/my/acting/offer"), headers={"referer": referer}
        )
        assert wrong.status_code == 422
        assert (await web.get(_link(wrong.text))).headers["location"] == home
