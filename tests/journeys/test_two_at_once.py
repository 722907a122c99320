"""Two clicks, two tabs, two windows, the back button: one case, one decision, and a sentence for the second."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.journeys.house import ITEM, House
from tongban.tour.visitor import Form, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all of them from one moment on, each in a thread of its own."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def posting(house: House, of: Visitor, form: Form, **more: str) -> Callable[[], httpx.Response]:
    """A click in a tab of its own, not following where it leads."""
    tab = house.window(of)
    tab.client.get("/livez")  # the connection is open before the gate
    return lambda: tab.client.post(form.action, data={**form.fields, **more}, follow_redirects=False)


def steps(house: House, case: str, move: str) -> int:
    """How often this move is written in the case's history."""
    found = house.sql("SELECT count(*) FROM cases.event WHERE case_id = $1::uuid AND move = $2", case, move)
    return int(found[0][0])


@pytest.mark.parametrize("keys", ["one key", "a key each", "no key"])
def test_clicking_twice_submits_once(house: House, keys: str) -> None:
    person, page, case = house.applying()
    house.fill(page, case)
    form = page.form("/submit")
    assert form.fields["_key"]
    if keys == "no key":
        del form.fields["_key"]
    more = [{"_key": f"key-{n}-0000"} if keys == "a key each" else {} for n in range(4)]
    clicks = [posting(house, page, form, **fields) for fields in more]
    answers = at_once(*clicks)
    assert [one.status_code for one in answers] == [303] * 4, [one.text[:300] for one in answers]
    assert {one.headers["location"].partition("?")[0] for one in answers} == {f"/my/cases/{case}"}
    assert steps(house, case, "submit") == 1
    assert (
        len(house.sql("SELECT 1 FROM cases.\"case\" WHERE id = $1::uuid AND state = 'submitted'", case)) == 1
    )
    assert page.visit("/my/cases").html.count(f"/my/cases/{case}") == 1
    house.until(page, "/my/inbox", lambda shown: "已收到您的申请" in shown.text, "the receipt")
    assert page.text.count("已收到您的申请") == 1
    texts = [one for one in house._messages(person["phone"], "") if "申请" in one["text"]]
    assert len(texts) <= 1


def test_two_tabs_open_one_draft(house: House) -> None:
    person = house.person()
    page = house.enrol(person, onward=f"/apply/{ITEM}")
    form = page.form(f"/apply/{ITEM}")
    answers = at_once(*(posting(house, page, form) for _ in range(4)))
    assert {one.status_code for one in answers} == {303}, [one.text[:300] for one in answers]
    assert len({one.headers["location"] for one in answers}) == 1


def test_the_second_tab_overwrites_nothing(house: House) -> None:
    _, first, case = house.applying()
    second = house.window(first).visit(first.path)
    first.post(case, ground="work", phone="13911111111", _go="later")
    assert first.path == "/my/cases"
    second.post(case, ground="home", phone="13922222222", collection="pick_up", _go="check")
    assert second.status == 409
    assert "刚在另一个页面保存过" in second.text
    typed = second.form(case).fields
    assert (typed["ground"], typed["phone"], typed["collection"]) == ("home", "13922222222", "pick_up")
    saved = first.visit(f"/apply/{ITEM}/{case}").form(case).fields
    assert (saved["ground"], saved["phone"]) == ("work", "13911111111")
    # What the second tab shows is on the newest version: saving once more is her decision.
    second.post(case, _go="later")
    assert second.path == "/my/cases"
    assert first.visit(f"/apply/{ITEM}/{case}").form(case).fields["phone"] == "13922222222"


def test_the_back_button_after_submitting_shows_the_progress(house: House) -> None:
    page = house.enrol(house.person(), onward=f"/apply/{ITEM}")
    start = page.form(f"/apply/{ITEM}")
    case = page.post(f"/apply/{ITEM}").path.rsplit("/", 1)[-1]
    form = page.form(case)
    # Whoever leaves and comes back by the guide is led to her draft.
    page.visit(f"/apply/{ITEM}")
    assert "您有一份这件事的草稿" in page.text and f"/my/cases/{case}" in page.links
    assert f'action="/apply/{ITEM}"' not in page.html
    page.visit(f"/my/cases/{case}")
    assert page.path == f"/apply/{ITEM}/{case}"
    house.fill(page, case)
    submit = page.form("/submit")
    page.post("/submit")
    code = re.search(r"\b\d{19}\b", page.text)
    assert code
    for back in (f"/apply/{ITEM}/{case}", f"/apply/{ITEM}/{case}/check"):
        assert page.visit(back).path == f"/my/cases/{case}", back
    page._took(page.client.post(form.action, data={**form.fields, "phone": "13933333333", "_go": "check"}))
    assert "没有采用" in page.text and "13933333333" in page.text, "nothing changed, nothing typed is lost"
    assert f"/my/cases/{case}" in page.links
    page._took(page.client.post(submit.action, data=submit.fields))
    assert page.path == f"/my/cases/{case}" and code[0] in page.text
    assert steps(house, case, "submit") == 1
    # Beginning again leads to the case that is under way, not to a second one; she is told before.
    page.visit(f"/apply/{ITEM}")
    assert "已经提交，正在办理" in page.text and f"/my/cases/{case}" in page.links
    assert f'action="/apply/{ITEM}"' not in page.html
    page._took(page.client.post(start.action, data=start.fields))
    assert page.path == f"/my/cases/{case}"


def test_taking_it_back(house: House) -> None:
    person, page, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    again = house.window(page).visit(f"/my/cases/{case}")
    # One press does not take it back: it asks first, in a page that needs no script.
    assert f'action="/my/cases/{case}/withdraw"' not in page.html
    asked = house.window(page).visit(f"/my/cases/{case}/withdraw")
    assert "不能恢复" in asked.text and steps(house, case, "withdraw") == 0
    page.visit(f"/my/cases/{case}/withdraw").post("/withdraw")
    assert page.path == f"/my/cases/{case}" and "已撤回" in page.text
    assert "timeline__step--ended" in page.html and "未通过" not in page.text
    assert page.visit(f"/my/cases/{case}/withdraw").path == f"/my/cases/{case}"
    asked.post("/withdraw")
    again.visit(f"/my/cases/{case}")
    assert again.path == f"/my/cases/{case}" and "已撤回" in again.text
    assert steps(house, case, "withdraw") == 1
    # The officer had it open: she is told, sees it as it is, and has no button for it any more.
    officer.post("/recheck", to=f"{desk}/accept", reason="")
    assert officer.status == 409
    assert "当前状态为“已撤回”" in officer.text
    assert f'action="{desk}/accept' not in officer.html
    assert steps(house, case, "accept") == 0
    page.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")
    assert page.path.startswith(f"/apply/{ITEM}/") and not page.path.endswith(case)


def test_deciding_twice_in_two_windows(house: House) -> None:
    person, page, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    officer.post("/recheck", to=f"{desk}/accept")
    other = house.window(officer).visit(desk)
    resident = house.window(page).visit(f"/my/cases/{case}/withdraw")
    officer.post("/recheck", to=f"{desk}/approve")
    assert officer.status == 200
    # Her page still shows the button to take it back; it is too late, and she is told so.
    resident.post("/withdraw")
    assert resident.status == 409 and "不能进行这项操作" in resident.text
    reason = "另一个窗口里写的不予办理理由。"
    other.post("/recheck", to=f"{desk}/refuse", reason=reason)
    assert other.status == 409
    if "再次查看已结束的办件" in other.text:  # the card was made meanwhile
        assert "不能进行这项操作" in other.text and "已办结" in other.text
    else:
        assert "这项操作没有进行" in other.text and "下面是最新情况" in other.text
        assert re.search(r"办件现在是“(制证中|已办结)”", other.text)
    assert "请刷新" not in other.text
    assert f"你填写的理由：{reason}" in other.text, "what was typed can be copied"
    assert "不予办理理由" not in page.visit(f"/my/cases/{case}").text
    assert steps(house, case, "refuse") == 0


def test_approving_and_refusing_at_the_same_moment(house: House) -> None:
    """Whoever is first decides; the other is told. One licence at most, one decision, one notice."""
    person, page, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    officer.post("/recheck", to=f"{desk}/accept")
    form = officer.form("/recheck")
    acts = [
        posting(house, officer, _to(form, f"{desk}/{move}"), reason="同一时刻作出的决定，理由在此。")
        for move in ("approve", "refuse", "approve", "refuse")
    ]
    answers = at_once(*acts)
    assert sorted(one.status_code for one in answers) == [303, 409, 409, 409]
    assert steps(house, case, "approve") + steps(house, case, "refuse") == 1
    licences = house.sql("SELECT count(*) FROM licences.licence WHERE reference = $1::uuid", case)[0][0]
    assert licences == steps(house, case, "approve")
    for told in (one.text for one in answers if one.status_code == 409):
        words = ("刚刚有了变化", "不能进行这项操作", "这项操作没有进行", "先前已经办好")
        assert any(one in told for one in words)
        assert "同一时刻作出的决定，理由在此。" in told


def _to(form: Form, action: str) -> Form:
    other = Form(action, form.method)
    other.fields = dict(form.fields)
    return other
