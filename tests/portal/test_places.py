"""Where a hukou lies: asked before the form of a correction and once, found among all areas of the country."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.identity.pages import fields_of, words
from tests.portal.test_requests import NAME, NOW
from tongban.kit.db import Database
from tongban.portal.actions import following
from tongban.portal.model import RightsRequest

AT = "/my/data/wrong"
HUKOU = "identity.residence.hukou"


async def look(web: Client, of: str = HUKOU, **asked: str) -> Any:
    """The page of what is asked of one thing next."""
    return await web.get(AT, params={"of": of, **asked})


async def sent(web: Client, city: Database, owner: Resident, of: str = HUKOU, **asked: str) -> RightsRequest:
    """The request that the form makes after these answers; taken back, so that the next can be made."""
    shown = await look(web, of, **asked)
    typed = {**fields_of(shown.text, AT), "should": "建设路12号", "stands": "", "_go": "send"}
    answer = await web.post(AT, data=typed)
    assert answer.status_code == 303, words(answer)  # type: ignore[arg-type]
    one = (await following.mine(city, owner.actor))[0].request
    assert one.said.place in words(await web.get(answer.headers["location"]))  # type: ignore[arg-type]
    await following.withdraw(city, owner.actor, one.id, now=NOW)
    return one


async def chosen(web: Client, several: str) -> None:
    """One of the list leads to the form, which asks for the place no more, in the other language too."""
    (way,) = {html.unescape(one) for one in re.findall(r'href="([^"]*district=110105)"', several)}
    form = await web.get(way)
    assert form.text.count("北京市朝阳区（110105）") == 1 and 'type="text"' not in form.text
    spoken = re.search(r'href="(/preferences/language[^"]*)"', form.text)
    assert spoken is not None
    english = await web.get(html.unescape(spoken[1]), follow_redirects=True)
    assert english.text.count("(110105)") == 1 and 'name="stands"' in english.text
    await web.get("/preferences/language?to=zh")


async def test_hukou_may_lie_anywhere_and_is_found_by_name_or_code(
    web: Client, city: Database, owner: Resident
) -> None:
    """The place is asked before the form and once, by an address that the other language comes back to; a name that
    fits none goes in her own words; what lies outside the city goes to the city's bureau. Who has no hukou is asked for
    none. How it can fail (tried): let the language link forget what was asked; take words alone for a place that was
    chosen; ask whatever her paper is."""
    await log_in(web, city, owner.actor)
    first = await look(web)
    assert f"district={owner.district}" in first.text, "the city's own districts from the start"
    several = await look(web, place="朝阳")
    for kept in (
        "北京市朝阳区（110105）",
        "吉林省长春市朝阳区（220104）",
        'value="朝阳"',
        "请选一个",
        "列表里没有",
    ):
        assert kept in several.text, kept
    unknown = await look(web, place="蓬莱仙岛")
    assert unknown.status_code == 200 and "没有找到这个地名" in unknown.text and "列表里没有" in unknown.text
    assert 'name="stands"' not in several.text + (await look(web, place="朝阳", district="999999")).text
    assert "列表里没有" not in (await look(web, place="朝" * 101)).text
    await chosen(web, several.text)

    beyond = await sent(web, city, owner, place="怀远", district="340321")
    assert (beyond.department, beyond.said.place) == ("police-310000", "安徽省蚌埠市怀远县（340321）")
    own_words = await sent(web, city, owner, place="蓬莱仙岛", district="elsewhere")
    assert (own_words.department, own_words.said.place) == ("police-310000", "蓬莱仙岛")
    register = "exchange.call.register"
    assert "about=population" in (await look(web, register)).text
    assert 'name="district"' not in (await look(web, register, about="employment")).text
    here = await sent(web, city, owner, register, about="population", district=owner.district)
    assert here.department == f"police-{owner.district}"

    await city.sibling().run("UPDATE identity.person SET paper_kind = '511'")  # as of Taiwan she has no hukou
    without = await look(web, NAME)
    assert without.status_code == 200 and not {"place", "district"} & {*fields_of(without.text, AT)}
    assert "residence.hukou" not in (await web.get(AT)).text
    assert (await look(web)).status_code == 404
    assert (await sent(web, city, owner, NAME)).department == "police-310000"
