"""All defects at once: ticks of what is often wrong, words beside them, and the paper before it goes out."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests import make
from tests.cases.inspecting import ITEM, filed
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, catalogue
from tongban.cases.actions import keep_template, preview_correction
from tongban.cases.model.facts import ACCOUNT
from tongban.kit import clock, papers
from tongban.kit.db import Database
from tongban.kit.forms import compile_form
from tongban.kit.pdf.model import Paper, Table
from tongban.kit.policy import Actor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


async def test_ticks_and_words_are_shown_before_they_go_out_and_go_out_as_shown(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await filed(city, owner)
    await keep_template(
        city,
        officer,
        posted={
            "use": "ask_correction",
            "title": "尺寸",
            "words": "没有标注尺寸，请补标",
            "basis": "",
            "item": "",
        },
        items=frozenset(),
        key=str(uuid4()),
        now=clock.now(),
    )
    desk = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    shown = (await web.get(f"{desk}/correction")).text
    token = shown.split('name="_csrf" value="')[1].split('"')[0]
    assert "看不清，请重新拍照" in shown and "没有标注尺寸" in shown
    boxes = {
        one.split('name="said-')[1].split('"')[0]: one
        for one in shown.split('<details class="mend__box"')[1:]
        if 'name="said-' in one
    }
    ui = {one.name: one.ui for one in compile_form((await catalogue.current(city, ITEM)).form).fields}
    told = {name for name in boxes if (known := ui[name].prefill) and known.resource != ACCOUNT}
    assert told and {name for name, box in boxes.items() if "与证照或者登记信息不符" in box} == told
    chosen = {name for name in boxes if ui[name].widget in ("radios", "select", "choices", "date", "files")}
    assert chosen and {name for name, box in boxes.items() if "填写不完整" not in box} == chosen
    assert not [name for name, box in boxes.items() if box.startswith(" open")]
    own = shown.split("没有标注尺寸")[0].rpartition('value="')[2].split('"')[0]
    posted = {
        "_csrf": token,
        "tick-file_layout-1": "blurred",
        "tick-file_layout-7": own,
        "said-file_layout": "缺后厨部分",
        "tick-place_name-2": "incomplete",
        "said-place_area": "",
    }
    before = await make.everything(city, case_id)
    answer = await web.post(f"{desk}/correction", data={**posted, "_go": "preview"})
    words = "看不清，请重新拍照或者扫描后上传；没有标注尺寸，请补标；缺后厨部分"
    assert answer.status_code == 200 and "补正告知书" in answer.text and f">{words}</td>" in answer.text
    assert "\x02" not in answer.text and owner.name not in answer.text
    said = {"file_layout": words, "place_name": "填写不完整，请补全"}
    foreseen = await previewed(web, city, owner, officer, case_id, said)
    after = await make.everything(city, case_id)
    assert {**after, "ledger": 0} == {**before, "ledger": 0}  # one reading, and nothing else
    web.cookies.set("tongban_language", "en")
    answer = await web.post(f"{desk}/correction", data={**posted, "_go": "preview"})
    assert f">{words}</td>" in answer.text, "the officer reads English, the applicant Chinese"
    web.cookies.delete("tongban_language")
    hidden = {"_csrf": token, "said-file_layout": words, "said-place_name": "填写不完整，请补全"}
    for name, text in list(hidden.items())[1:]:
        assert f'name="{name}" value="{text}"' in answer.text
    back = await web.post(f"{desk}/correction", data={**hidden, "_go": "edit"})
    assert f">\n{words}</textarea>" in back.text
    await web.post(f"{desk}/correction", data={**hidden, "_go": "send"})
    row = await make.row(city, case_id)
    assert row["state"] == "correcting"
    assert row["correction"]["fields"] == said
    await goes_out_as(city, owner, case_id, foreseen, said)


async def previewed(
    web: Client, city: Database, owner: Resident, officer: Actor, case_id: UUID, said: dict[str, str]
) -> Paper:
    """The paper as it would go out; the desk names the firm."""
    firm, desk = (await make.row(city, case_id))["answers"]["firm_name"], f"/desk/{owner.actor.id}/{case_id}"
    assert f"·{firm}</h" in (page := (await web.get(desk)).text) and f" · {firm} -" in page
    assert owner.actor.id is not None
    opened = await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=clock.now())
    return await preview_correction(city, opened, said, now=clock.now())


async def goes_out_as(
    city: Database, owner: Resident, case_id: UUID, foreseen: Paper, said: dict[str, str]
) -> None:
    """The paper that went out is the one that was foreseen, its points in the form's order."""
    firm = (await make.row(city, case_id))["answers"]["firm_name"]
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="correction", step=None, now=clock.now()
    )
    assert firm in str(paper.blocks[0])
    assert str(foreseen.blocks) == str(paper.blocks).replace(owner.name, papers.mask_name(owner.name))
    assert [row[2] for row in next(one for one in paper.blocks if isinstance(one, Table)).rows] == [
        said["place_name"],
        said["file_layout"],
    ], "as the form asks them"


async def test_what_would_be_refused_has_no_preview_and_the_ticks_stay(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await filed(city, owner)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    shown = (await web.get(f"{desk}/correction")).text
    token = shown.split('name="_csrf" value="')[1].split('"')[0]
    posted = {
        "_csrf": token,
        "_go": "preview",
        "tick-file_rules-4": "expired",
        "said-place_name": "【请填写：哪里】不对",
        "tick-nothing-1": "blurred",
        "tick-file_layout-1": "no_such_defect",
    }
    answer = await web.post(f"{desk}/correction", data=posted)
    assert answer.status_code == 422 and "还有没有填写的地方：【请填写：哪里】" in answer.text
    assert 'value="expired" checked' in answer.text and "【请填写：哪里】不对" in answer.text
    answer = await web.post(f"{desk}/correction", data={"_csrf": token, "_go": "preview"})
    assert answer.status_code == 422 and "请至少在一项下写明" in answer.text
    assert await make.state(city, case_id) == "submitted"
