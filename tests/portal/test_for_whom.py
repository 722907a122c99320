"""What of the catalogue is shown to who acts for another: what fits for whom she acts, with one step to the rest."""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec
import pytest

from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.identity.pages import fields_of
from tongban import catalogue
from tongban.kit import clock
from tongban.kit.acting import Acting, Errand, PowerKind
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("no_press")
CASES: list[tuple[PowerKind, frozenset[str] | None, str, set[str], set[str]]] = [
    (
        *("certificate", None, "能以单位名义申请"),
        {"enterprise_change", "tax_certificate"},
        {"marriage", "residence_permit", "property_transfer"},
    ),
    ("guardian", None, "年满 18 周岁", {"social_card", "passport"}, {"marriage", "enterprise_change"}),
    ("attorney", frozenset({"passport"}), "授权您办理", {"passport"}, {"social_card", "marriage"}),
]


def acting(
    whose: Resident,
    agent: Resident,
    kind: PowerKind,
    items: frozenset[str] | None,
    errands: frozenset[Errand] | None = None,
) -> Actor:
    """The account of ``whose`` in the hands of another."""
    until = clock.now() + timedelta(days=30)
    how = Acting(new_id(whose.actor.bucket), kind, agent.actor.id, agent.name, until, items, errands)
    return msgspec.structs.replace(whose.actor, acting=how)


async def listed(web: Client, more: str = "") -> tuple[set[str], str]:
    """The codes of the list, all its pages, and what its first page says."""
    found: set[str] = set()
    path, first = f"/search?{more}", ""
    while path:
        text = (await web.get(path)).text
        first = first or text
        found |= set(re.findall(r'result__title"><a href="/items/([a-z_]+)"', text))
        after = re.search(r'href="(/search\?[^"]*after=[^"]+)"', text)
        path = after[1].replace("&amp;", "&") if after else ""
    return found, first


async def test_home_and_list_show_what_fits_for_whom_one_acts(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """To a firm, a child and by a power for one item; by herself, and where it is asked for, everything.

    How it can fail (tried): leave out `fitting` on either page; let a firm have what several apply for together; drop
    `whom` from the addresses of the list.
    """
    every = set((await catalogue.listing(city)).lines)
    await log_in(web, city, owner.actor)
    alone, said = await listed(web)
    assert alone == every and "whom=all" not in said
    assert "whom=all" not in (await web.get("/")).text
    for kind, items, words, fit, unfit in CASES:
        await log_in(web, city, acting(other, owner, kind, items))
        shown, said = await listed(web)
        assert fit <= shown and not unfit & shown, f"{kind}: {shown}"
        assert words in said and 'href="/search?whom=all"' in said
        (number,) = re.findall(r"找到 (\d+) 个事项", said)
        assert int(number) == len(shown) < len(every)
        whole, said = await listed(web, "whom=all")
        assert whole == every and words not in said and 'href="/search"' in said
        home = (await web.get("/")).text
        tiles = set(re.findall(r'class="service" href="/items/([a-z_]+)"', home))
        assert tiles <= shown and words in home and 'href="/search?whom=all"' in home
        assert ("法人办事" in home, "个人办事" in home.replace("服务对象", "")) == (
            kind == "certificate",
            kind != "certificate",
        )
    nothing = (await web.get("/search?q=结婚登记")).text
    assert "没有能为" in nothing and "whom=all" in nothing
    assert "marriage" in (await listed(web, "q=结婚登记&whom=all"))[0]


async def test_a_guide_says_whose_it_is_not_before_she_begins(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """By a power for another item there is no button to a form that would be refused, and the page says why.

    How it can fail (tried): look at the paper alone.
    """
    await log_in(web, city, acting(other, owner, "attorney", frozenset({"passport"})))
    beyond, within = (await web.get("/items/social_card")).text, (await web.get("/items/passport")).text
    assert "的授权不包括这个事项" in beyond and "/apply/" not in beyond
    assert "的授权不包括这个事项" not in within and "/apply/passport" in within
    minor = (await catalogue.current(city, "marriage")).not_taken(
        "111", (await catalogue.current(city, "marriage")).name, minor=True
    )
    assert minor is not None and "未满 18 周岁" in str(minor)


async def test_a_power_for_some_items_is_chosen_by_theme(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """Each item stands once, under a theme that folds; what was chosen stands open after an error, all else is shut.

    How it can fail (tried): leave `open` away; put an item under each of its themes; give a firm what is for persons.
    """
    await log_in(web, city, owner.actor)
    shown = (await web.get("/my/acting/offer")).text
    codes = re.findall(r'name="items-\d+-\d+" value="([a-z_]+)"', shown)
    every = (await catalogue.listing(city)).lines
    assert sorted(codes) == sorted(every)
    names = re.findall(r'name="(items-\d+-\d+)"', shown)
    assert len(set(names)) == len(names)
    assert "<summary>社会保障<" in shown and "<summary>社会保障（法人）<" in shown and _open(shown) == []
    wrong = await web.post(
        "/my/acting/offer",
        data={**fields_of(shown, "/my/acting/offer"), "scope": "some", "items-4-2": "passport", "name": "王"},
    )
    assert wrong.status_code == 422 and _open(wrong.text) == ["选择事项", "出境入境"]
    assert re.search(r'value="passport" checked', wrong.text)
    none = await web.post(
        "/my/acting/offer", data={**fields_of(shown, "/my/acting/offer"), "scope": "some", "name": "王"}
    )
    assert _open(none.text) == ["选择事项", "生育收养"] and 'id="items-error"' in none.text
    await log_in(web, city, acting(other, owner, "certificate", None))
    firms = (await web.get("/my/acting/offer")).text
    codes = re.findall(r'name="items-\d+-\d+" value="([a-z_]+)"', firms)
    assert sorted(codes) == sorted(one for one in every if every[one].for_firms)
    assert "<summary>社会保障<" in firms and "（法人）" not in firms


def _open(page: str) -> list[str]:
    return re.findall(r'<details class="fold" open><summary>([^<]*)<', page)
