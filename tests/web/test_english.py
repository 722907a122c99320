"""In English no Chinese is left on a page but what is data: names and addresses of the registers, the city's mark.

The pages come from a running house, as a visitor, a resident and an officer see them, refusals included. That every
sentence of the code has its English is checked elsewhere; this finds words that never passed through gettext.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys.house import ITEM, PASSWORD, House, Person
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300), pytest.mark.xdist_group("english")]

CITY = Path(__file__).resolve().parents[2] / "city"
#: Attributes that are shown or read out. A field's value is what somebody typed.
SPOKEN = {"alt", "title", "placeholder", "aria-label", "data-label", "content"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: Chinese characters and full-width punctuation.
CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]+")
#: A masked name (李*静) is somebody's in the list, whoever she is.
MASKED = re.compile(r"[\u4e00-\u9fff]\*+[\u4e00-\u9fff]?")
#: On every page: the city's mark, the way back to Chinese.
ALWAYS = (str(yaml.safe_load((CITY / "city.yaml").read_text())["mark"]), "中文")
#: A Chinese law as the ledger cites it.
LAW = str(yaml.safe_load((CITY / "items" / f"{ITEM}.yaml").read_text())["purpose_basis"]["zh"])


class _Words(HTMLParser):
    """What a page says: its text and the attributes that are spoken.

    Not the parts that are marked as Chinese, nor what a program is answered (``<pre>``): data in both languages.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = False
        self._chinese: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        chinese = tag != "html" and (dict(attrs).get("lang") or "").startswith("zh")
        if self._chinese or chinese or tag == "pre":
            self._chinese += [] if tag in VOID else [tag]
            return
        self._silent = tag in {"script", "style", "textarea"}
        self.said.extend(value for name, value in attrs if name in SPOKEN and value)

    def handle_endtag(self, tag: str) -> None:
        if self._chinese:
            self._chinese.pop()
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._chinese:
            self.said.append(data)


def chinese(html: str, data: Iterable[str] = ()) -> list[str]:
    """What is said in Chinese beside ``data``, with the words around it."""
    page = _Words()
    page.feed(html)
    known = sorted({*ALWAYS, *data}, key=len, reverse=True)
    left = []
    for words in page.said:
        plain = MASKED.sub("", words)
        for one in known:
            plain = plain.replace(one, "")
        if CHINESE.search(plain):
            left.append(" ".join(words.split()))
    return left


def data_of(person: Person) -> Iterator[str]:
    """Whatever the registers hold of somebody, and her name as pages mask or address her."""
    name = person["name"]
    yield from (name, f"{name[0]}{'*' * (len(name) - 1)}", f"Mr {name[0]}", f"Ms {name[0]}")
    yield f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"
    yield from _strings(person["facts"])
    yield from _strings(person.get("household"))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, str) and CHINESE.search(value):
        yield value


class Reader:
    """Somebody who reads every page that she comes to, and stops at Chinese."""

    def __init__(self, page: Visitor, *data: str) -> None:
        self.page, self.data = page, (*data, LAW)
        page.visit("/preferences/language?to=en&back=/")

    def read(self) -> Visitor:
        assert 'lang="en"' in self.page.html[:200], self.page.path
        left = chinese(self.page.html, self.data)
        assert left == [], f"{self.page.path} ({self.page.status}): {left[:10]}"
        return self.page

    def visit(self, *paths: str) -> Visitor:
        for path in paths:
            self.page.visit(path)
            self.read()
        return self.page

    def post(self, action_ends: str = "", *, to: str | None = None, **values: str) -> Visitor:
        self.page.post(action_ends, to=to, **values)
        return self.read()


def reader(house: House, person: Person) -> Reader:
    """Somebody new who opened her account reading English."""
    one = Reader(house.visitor(), *data_of(person))
    after = house.newest(person["phone"])
    one.visit("/enrol?next=/my")
    own = {name: person[name] for name in ("name", "id_number", "phone")}
    one.post("/enrol", **own, password=PASSWORD, agree="yes")
    code = house.message(person["phone"], after)
    one.post("/enrol/code", code="999999" if code == "000000" else "000000")
    one.post("/enrol/code", code=code)
    assert one.page.path == "/my", one.page.text[:600]
    house.raise_level(one.page.client.cookies["tongban_session"])
    return one


def filled(one: Reader) -> str:
    """From the notice to the submitted case; gives the case's id."""
    one.visit(f"/apply/{ITEM}")
    case = one.post(f"/apply/{ITEM}").path.rsplit("/", 1)[-1]
    one.post(case, _go="check")
    given = {"ground": "work", "collection": "courier", "declaration": "yes"}
    for ground in ("home", "study", "work"):
        one.post(case, **{**given, "ground": ground}, _go="update")
    one.post(case, **given, _go="check")
    assert one.page.path.endswith("/check"), one.page.text[:600]
    one.post("/submit")
    assert one.page.path == f"/my/cases/{case}", one.page.text[:600]
    return case


def officer_of(house: House, person: Person) -> Reader:
    """The officer of somebody's district in a window of her own, so that other tests keep their language."""
    page = house.window(house.officer(person.district))
    name = re.search(r'class="top__who"[^>]*>([^<]+)<', page.visit("/desk").html)
    assert name, page.text[:600]
    return Reader(page, *data_of(person), name[1])


def test_a_visitors_pages_are_english(house: House) -> None:
    one = Reader(house.visitor(), "李四")
    one.visit(
        "/",
        "/search",
        "/search?q=residence",
        "/search?q=zebra",
        "/start",
        "/start/birth?sent=stage",
        "/start/moving_in?hukou=elsewhere&permit=no&registered=no&home=leased&insurance=yes",
        "/verify",
        "/verify/paper",
        "/login",
        "/staff/login",
    )
    one.visit(*(f"/items/{path.stem}" for path in sorted((CITY / "items").glob("*.yaml"))))
    one.visit("/verify/abc", "/nowhere", "/items/nothing", "/my", f"/apply/{ITEM}", "/desk", "/enrol")
    one.visit("/login")
    one.post("/login", account="", password="")
    one.post("/login", account="13800000000", password="wrong")
    one.visit("/enrol")
    one.post("/enrol", name="7", id_number="123", phone="5", password="a")
    person = house.person()
    own = {name: person[name] for name in ("id_number", "phone")}
    one.post("/enrol", name="李四", **own, password=PASSWORD, agree="yes")
    house.fault("population", "down")
    try:
        one.post("/enrol", name="李四", **own, password=PASSWORD, agree="yes")
    finally:
        house.heal()


def test_a_residents_and_an_officers_pages_are_english(house: House) -> None:
    person = house.person()
    one = reader(house, person)
    mine = ("/", "/my", "/my/cases", "/my/licences", "/my/inbox", "/my/readings", "/my/account")
    one.visit(*mine, "/desk")
    case = filled(one)
    one.visit(*mine)

    officer = officer_of(house, person)
    one.data = (*one.data, *officer.data)
    desk = house.desk_path(one.page, officer.page, case)
    officer.visit("/desk?q=123", "/desk", desk)
    officer.post("/recheck", to=f"{desk}/decline")
    for move in ("recheck", "accept"):
        officer.visit(desk)
        officer.post("/recheck", to=f"{desk}/{move}")
        one.visit(f"/my/cases/{case}")
    officer.post("/recheck", to=f"{desk}/refuse")
    officer.post("/recheck", to=f"{desk}/approve")
    one.visit(f"/my/cases/{case}", "/my/licences")
    house.until(one.page, f"/my/cases/{case}", lambda page: "Completed" in page.text, "the end of the case")
    one.visit(f"/my/cases/{case}", "/my/licences")
    licence = next(link for link in one.page.links if re.fullmatch(r"/my/licences/[0-9a-f-]{36}", link))
    verdict = one.visit(licence, f"{licence}/code").path
    assert verdict.startswith("/verify/"), verdict
    Reader(house.visitor(), *data_of(person)).visit(verdict)
    officer.visit(desk, "/desk/done", "/desk/nothing", f"/staff{licence.removeprefix('/my')}/suspend")
    officer.post(reason="")
    officer.post(reason="The card was reported lost")
    one.visit(licence, verdict, *mine)


def test_a_case_that_ends_early_is_told_in_english(house: House) -> None:
    """Registers that do not answer, a draft thrown away, conditions not met, a case not accepted, one withdrawn."""
    person = house.person("five_months")
    one = reader(house, person)
    house.fault("employment", "down")
    try:
        one.visit(f"/apply/{ITEM}")
        one.post(f"/apply/{ITEM}")
    finally:
        house.heal()
    assert "not answering" in one.page.text, one.page.text[:600]
    draft = one.page.path
    one.visit("/my/cases", "/", draft)
    one.visit(f"{draft}/discard")
    one.post("/discard")
    case = filled(one)
    officer = officer_of(house, person)
    one.data = (*one.data, *officer.data)
    desk = house.desk_path(one.page, officer.page, case)
    officer.visit(desk)
    officer.post("/recheck", to=f"{desk}/decline", reason="Another city's police decide on this")
    one.visit(f"/my/cases/{case}", "/my/inbox")
    case = filled(one)
    one.visit(f"/my/cases/{case}", f"/my/cases/{case}/withdraw")
    one.post("/withdraw")
    one.visit(f"/my/cases/{case}", "/my/cases", "/my/inbox")


@pytest.mark.parametrize(
    "html",
    [
        "<p>办件</p>",
        '<input placeholder="搜索">',
        '<svg aria-label="返回"></svg>',
        "<title>Home - 首页</title>",
        "<p>Name：Li</p>",
        "<script>1</script><p>张三和李四</p>",
        '<p lang="zh-CN">中<br>文</p><p>办件</p>',
    ],
)
def test_the_check_can_fail(html: str) -> None:
    assert chinese(html, ["张三"])


def test_data_is_not_taken_for_words() -> None:
    page = '<p>通办 张三, 第一大街1号</p><a lang="zh-CN">中文</a><textarea>好</textarea><input value="好">'
    assert chinese(page, ["张三", "第一大街1号"]) == []
