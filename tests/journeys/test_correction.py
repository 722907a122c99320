"""A correction 补正 on the pages: what the officer says is all that opens, and nothing is handed in unseen."""

from __future__ import annotations

import pytest

from tests.journeys.house import House
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
SAID = "地址与登记不符，请写到室号。"
LONG = "长" * 2001


def asked(house: House) -> tuple[Visitor, Visitor, str, str]:
    """A case whose delivery address must be put right: resident, officer, the case and its desk."""
    person, resident, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(resident, officer, case)
    officer.visit(f"{desk}/correction")
    assert "示范市公安局" in officer.html.split("</header>")[0]
    officer.post("/correction", **{"said-card_address": SAID})
    assert officer.path == desk and "补正" in officer.text, (officer.status, officer.text[:600])
    return resident, officer, case, desk


def test_what_is_unchanged_is_asked_about_before_it_is_handed_in(house: House) -> None:
    resident, _, case, _ = asked(house)
    progress = resident.visit(f"/my/cases/{case}")
    assert "15 个工作日" in progress.text and "从告知的次日起算" in progress.text
    assert "没有法律规定" in progress.text
    assert "个工作日内决定是否受理" not in progress.text and "制证" in progress.text
    resident.visit(f"/my/cases/{case}/correct")
    assert SAID in resident.text and "当日或之前提交" in resident.text
    resident.post("/correct", _go="send")
    assert resident.status == 422 and "没有改动" in resident.text and "仍要提交" in resident.text
    resident.post("/correct", card_address="短", _go="send")
    assert resident.status == 422 and "短" in resident.html
    resident.post("/correct", card_address="示范路18号302室", _go="send")
    assert resident.path == f"/my/cases/{case}" and "补正" in resident.text
    assert "等待受理" in resident.text


def test_who_holds_that_it_was_right_hands_it_in_as_it_was(house: House) -> None:
    resident, officer, case, desk = asked(house)
    resident.visit(f"/my/cases/{case}/correct").post("/correct", _go="send")
    assert resident.status == 422
    resident.post("/correct", _go="anyway")
    assert resident.path == f"/my/cases/{case}" and "等待受理" in resident.text
    assert "已补正" in officer.visit(desk).text


def test_a_reason_that_is_too_long_is_refused_whole(house: House) -> None:
    person, resident, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(resident, officer, case)
    officer.visit(desk)
    assert "maxlength" not in officer.html.split('id="decision"')[1].split("</form>")[0]
    officer.post("/recheck", to=f"{desk}/decline", reason=LONG)
    assert officer.status == 422 and "2000" in officer.text and LONG in officer.html
    assert "等待受理" in resident.visit(f"/my/cases/{case}").text
