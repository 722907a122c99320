"""Templates of reasons: the city's data, a department's own, offered where a reason is written, refused with a gap."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from tests import make
from tests.cases import inspecting
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.conftest import CITY
from tongban import cases
from tongban.cases.actions import keep_template, own_templates, remove_template, templates_for
from tongban.cases.actions.reviewing.templating import city_reasons_of
from tongban.cases.model.desk_refusals import ReasonUnfilled, TemplateMoved, TemplateUnfit
from tongban.cases.model.reason_templates import gaps
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import use_language
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
ITEMS = frozenset({make.ITEM})
OWN = {
    "use": "refuse",
    "item": "",
    "title": "没有居住登记",
    "words": "经查，【请填写：查询结果】，没有连续居住登记。",
    "basis": "《居住证暂行条例》第二条",
}


async def keep(db: Database, actor: Actor, template_id: UUID | None = None, **more: Any) -> UUID:
    seen = more.pop("seen", None)
    answer = await keep_template(
        db,
        actor,
        posted={**OWN, **more},
        template_id=template_id,
        seen=seen,
        items=ITEMS,
        key=str(uuid4()),
        now=clock.now(),
    )
    return UUID(answer["template"])


def test_the_citys_templates_are_whole() -> None:
    city = city_reasons_of(CITY)
    codes = {path.stem for path in (CITY / "items").glob("*.yaml")}
    assert len({one.key for one in city.templates}) == len(city.templates) >= 10
    assert len({one.key for one in city.defects}) == len(city.defects) >= 8
    for one in city.templates:
        assert set(one.items) <= codes and one.uses and "ask_correction" not in one.uses
        assert one.title.zh and one.title.en and one.basis.zh and one.basis.en
        assert len(gaps(one.words.zh)) == len(gaps(one.words.en)) > 0, one.key
        assert one.words.zh.count("【") == len(gaps(one.words.zh)), one.key
    for defect in city.defects:
        assert defect.widgets and 4 <= len(defect.words.zh) <= 100 and defect.words.en


def test_a_file_that_says_something_unknown_is_refused(tmp_path: Any) -> None:
    (tmp_path / "reasons.yaml").write_text("templates: []\ndefects: [{key: x, widget: files}]\n")
    with pytest.raises(msgspec.ValidationError):
        city_reasons_of(tmp_path)


@pytest.mark.parametrize(
    "text", ["经审查，【请填写：查明的事实】，不符合条件。", "Examined: [Fill in: the facts], not met."]
)
async def test_a_gap_left_open_is_no_reason(
    city: Database, owner: Resident, officer: Actor, text: str
) -> None:
    case_id = await make.submitted(city, owner)
    before = await make.everything(city, case_id)
    with pytest.raises(ReasonUnfilled) as told:
        await cases.decline(city, officer, case_id=case_id, reason=text, now=clock.now())
    assert gaps(text)[0] in str(told.value.fields["reason"])
    assert await make.everything(city, case_id) == before
    filled = text.replace("【请填写：查明的事实】", "登记不满六个月").replace(
        "[Fill in: the facts]", "no entry"
    )
    await cases.decline(city, officer, case_id=case_id, reason=filled, now=clock.now())


async def test_what_is_offered_fits_the_move_and_the_item(city: Database, officer: Actor) -> None:
    permit = await make.item(city)
    food = msgspec.structs.replace(permit, code=inspecting.ITEM, kind="01")
    refuse = {one.key for one in await templates_for(city, officer, use="refuse", item=permit)}
    assert "refuse_service" in refuse and not refuse & {"refuse_inspection", "decline_not_ours"}
    assert "refuse_inspection" in {
        one.key for one in await templates_for(city, officer, use="refuse", item=food)
    }
    kept = await keep(city, officer, item=make.ITEM)
    before = city.count
    found = await templates_for(city, officer, use="refuse", item=permit)
    assert city.count - before == 1
    assert found[0].key == str(kept) and found[0].text == f"{OWN['words']}依据：{OWN['basis']}。"
    assert str(kept) not in {one.key for one in await templates_for(city, officer, use="refuse", item=food)}


async def test_a_departments_own_are_its_officers_to_change_and_nobody_elses(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    kept = await keep(city, officer)
    [one] = await own_templates(city, officer)
    assert (one.id, one.changed_by, one.item) == (kept, officer.name, None)
    assert await own_templates(city, elsewhere) == []
    for actor, refusal in ((elsewhere, TemplateMoved), (owner.actor, NotAllowed)):
        with pytest.raises(refusal):
            await keep(city, actor, kept, seen=one.changed_at, title="别人的")
    await keep(city, officer, kept, seen=one.changed_at, title="改过的")
    with pytest.raises(TemplateMoved):  # a page that was opened before
        await keep(city, officer, kept, seen=one.changed_at, title="又改")
    await remove_template(city, elsewhere, template_id=kept, now=clock.now())
    assert [two.title for two in await own_templates(city, officer)] == ["改过的"]
    for _ in range(2):
        await remove_template(city, officer, template_id=kept, now=clock.now())
    assert await own_templates(city, officer) == []
    rows = await city.sibling().rows(
        "SELECT action FROM audit.ledger WHERE reference = $1 ORDER BY at", str(kept)
    )
    assert [row["action"] for row in rows] == ["cases.keep_template"] * 2 + ["cases.remove_template"]


@pytest.mark.parametrize(
    ("posted", "fields"),
    [
        ({"use": "nothing"}, {"use"}),
        ({"item": "no_item"}, {"item"}),
        ({"title": "x"}, {"title"}),
        ({"words": "短"}, {"words"}),
        ({"words": "字" * 1001}, {"words"}),
        ({"basis": ""}, {"basis"}),
        ({"use": "ask_correction"}, {"words"}),
        ({"use": "ask_correction", "words": "没有写门牌号", "basis": ""}, set()),
    ],
)
async def test_a_template_is_whole(
    city: Database, officer: Actor, posted: dict[str, str], fields: set[str]
) -> None:
    if not fields:
        await keep(city, officer, **posted)
        return
    with pytest.raises(TemplateUnfit) as told:
        await keep(city, officer, **posted)
    assert set(told.value.fields) == fields


async def test_the_pages_offer_fill_and_keep(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    shown = (await web.get("/desk/templates")).text
    token = shown.split('name="_csrf" value="')[1].split('"')[0]
    answer = await web.post("/desk/templates", data={"_csrf": token, **OWN, "basis": ""})
    assert answer.status_code == 422 and OWN["words"] in answer.text
    answer = await web.post("/desk/templates", data={"_csrf": token, "_key": str(uuid4()), **OWN})
    assert answer.headers["location"] == "/desk/templates?did=kept"
    [one] = await own_templates(city, officer)
    assert OWN["title"] in (await web.get(desk)).text
    filled = (await web.get(f"{desk}?template={one.id}")).text
    assert re.search(rf'name="reason"[^>]*>\s*{re.escape(OWN["words"])}', filled)
    # Without scripts the button posts what was typed, and the words come below it.
    picked = {"_csrf": token, "reason": "查过登记。", "template": str(one.id), "_go": "pick"}
    answer = await web.post(f"{desk}/pick", data=picked)
    assert answer.status_code == 200
    assert re.search(rf'name="reason"[^>]*>\s*查过登记。\s*{re.escape(OWN["words"])}', answer.text)
    typed = {**picked, "template": "", "kind": "hearing", "days": "7"}
    answer = await web.post(f"{desk}/forms/special", data=typed)
    assert answer.status_code == 200 and 'value="7"' in answer.text and "查过登记。" in answer.text
    assert [step["move"] for step in await make.steps(city, case_id)][-1] == "accept"
    answer = await web.post(f"{desk}/refuse", data={"_csrf": token, "reason": OWN["words"]})
    assert answer.status_code == 422 and "还有没有填写的地方：【请填写：查询结果】" in answer.text
    form = (await web.get(f"{desk}/forms/special?template=suspend_hearing")).text
    assert "suspend_hearing" not in form.partition("<main")[2]  # it is for licences of the law
    changed = {
        "_csrf": token,
        **OWN,
        "id": str(one.id),
        "seen": one.changed_at.isoformat(),
        "title": "新的名称",
    }
    for nowhere in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-29T00:00Z"):
        assert (await web.post("/desk/templates", data=changed | {"seen": nowhere})).status_code == 409
    assert (await web.post("/desk/templates", data=changed)).status_code == 303
    answer = await web.post("/desk/templates", data=changed)
    assert answer.status_code == 409 and "同事刚改过" in answer.text
    await web.post("/desk/templates/remove", data={"_csrf": token, "id": str(one.id)})
    assert "新的名称" not in (await web.get(desk)).text


async def test_the_words_are_in_the_language_that_the_applicant_reads(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    with use_language("en"):
        case_id = await make.accepted(city, owner, officer)
    await log_in(web, city, officer)
    page = (await web.get(f"/desk/{owner.actor.id}/{case_id}?template=refuse_service")).text
    assert "不符合办理条件" in page and re.search(r'name="reason"[^>]*>\s*Examined: \[Fill in', page)
