"""Corrections: told once, by field; only what was named can change; the clock waits and starts anew."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_form import EVERY_ANSWER, EVERY_KIND
from tongban import cases
from tongban.cases import actions
from tongban.cases.model import (
    AnswersInvalid,
    MovedOn,
    NoSuchCase,
    NothingToCorrect,
    NotPossibleNow,
    ToldOnce,
)
from tongban.cases.pages.corrected_rows import row_lines
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.forms import compile_form
from tongban.kit.policy import Actor

SAID = {"card_address": "收件地址没有写室号，请补全。"}


async def asked(db: Database, owner: Resident, officer: Actor, said: dict[str, str] | None = None) -> UUID:
    case_id = await make.submitted(db, owner)
    await cases.ask_correction(db, officer, case_id=case_id, said=said or SAID, now=clock.now())
    return case_id


async def test_the_clock_stops_and_the_applicant_is_told(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await asked(city, owner, officer)
    row = await make.row(city, case_id)
    assert row["state"] == "correcting"
    assert row["correction"]["fields"] == SAID
    assert "cases.acceptance" not in await make.timers(city, case_id)
    assert (await make.news(city, case_id))[-1] == "cases.correction_asked"
    assert (await make.steps(city, case_id))[-1]["detail"]["fields"] == SAID


async def test_asking_is_two_round_trips(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.submitted(city, owner)
    before = city.count
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=clock.now())
    assert city.count - before == 2


async def test_only_the_named_field_can_change(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await asked(city, owner, officer)
    sheet = await actions.correction_sheet(city, owner.actor, case_id=case_id)
    assert sheet.only == {"card_address"}
    before = sheet.answers
    await actions.keep_corrections(
        city,
        owner.actor,
        case_id=case_id,
        posted={"card_address": "示范路2号202室", "ground": "study", "phone": "13900000000", "x": "y"},
        version=sheet.case.version,
        now=clock.now(),
    )
    await cases.correct(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert opened.stated == before | {"card_address": "示范路2号202室"}
    assert opened.case.state == "submitted"


async def test_a_new_acceptance_clock_runs_from_the_correction(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await asked(city, owner, officer)
    first = (await make.row(city, case_id))["accept_due"]
    correction = (await cases.progress(city, owner.actor, case_id=case_id)).case.correction
    assert correction is not None
    later = correction.until - timedelta(hours=4)  # 20:00 of its last day: in time, after office hours
    before = city.count
    await cases.correct(city, owner.actor, case_id=case_id, key=None, now=later)
    assert city.count - before <= 2
    row = await make.row(city, case_id)
    assert row["accept_due"] > first
    assert (await make.timers(city, case_id))["cases.acceptance"] == row["accept_due"]
    assert row["warn_at"] < row["accept_due"]


async def test_both_sides_are_told_that_it_is_a_correction(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    case_id = await make.submitted(city, owner)
    await log_in(web, city, owner.actor)
    sent = (await web.get(f"/my/cases/{case_id}?new=1")).text
    assert "请记下受理编码" in sent and "补正" not in sent
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=clock.now())
    await cases.correct(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    sent = (await web.get(f"/my/cases/{case_id}?new=1")).text
    assert "补正材料已收到" in sent and "请记下受理编码" not in sent
    assert ">补正收件凭证<" in sent and ">收件凭证<" in sent
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="receipt", step=None, now=clock.now()
    )
    assert paper.title == "补正收件凭证" and "Correction" in paper.other_title
    await log_in(web, city, officer)
    head = (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text.split('class="desk-head"')[1]
    chips = head.split('class="chips"')[1].split("</div>")[0]
    assert "已补正" in chips and "已提交" not in chips


async def test_what_is_asked_only_since_a_named_field_changed_is_open_too(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await asked(city, owner, officer, {"ground": "社会保险记录不足，请改选其他理由。"})
    sheet = await actions.correction_sheet(city, owner.actor, case_id=case_id)
    assert sheet.only == {"ground"}
    posted = {"ground": "home", "employer": "别处", "home_address": "示范路3号303室"}
    kept = await actions.keep_corrections(
        city, owner.actor, case_id=case_id, posted=posted, version=None, now=clock.now()
    )
    assert {"ground", "home_kind", "home_address", "home_since"} <= kept.only
    assert kept.answers["home_address"] == "示范路3号303室"
    assert "employer" not in kept.answers
    assert "home_since" in kept.faults(now=clock.now())
    again = await actions.correction_sheet(city, owner.actor, case_id=case_id)
    assert again.answers == kept.answers


async def test_an_invalid_correction_is_kept_and_refused(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await asked(city, owner, officer)
    kept = await actions.keep_corrections(
        city, owner.actor, case_id=case_id, posted={"card_address": "短"}, version=None, now=clock.now()
    )
    assert set(kept.faults(now=clock.now())) == {"card_address"}
    with pytest.raises(AnswersInvalid):
        await cases.correct(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    again = await actions.correction_sheet(city, owner.actor, case_id=case_id)
    assert again.answers["card_address"] == "短"
    assert (await make.state(city, case_id)) == "correcting"


async def test_two_tabs_do_not_overwrite_each_other(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await asked(city, owner, officer)
    version = (await actions.correction_sheet(city, owner.actor, case_id=case_id)).case.version
    posted = {"card_address": "示范路2号202室"}
    await actions.keep_corrections(
        city, owner.actor, case_id=case_id, posted=posted, version=version, now=clock.now()
    )
    with pytest.raises(MovedOn):
        await actions.keep_corrections(
            city, owner.actor, case_id=case_id, posted=posted, version=version, now=clock.now()
        )


async def test_the_same_key_is_one_correction(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await asked(city, owner, officer)
    first = await cases.correct(city, owner.actor, case_id=case_id, key="k" * 16, now=clock.now())
    assert await cases.correct(city, owner.actor, case_id=case_id, key="k" * 16, now=clock.now()) == first
    assert [step["move"] for step in await make.steps(city, case_id)].count("correct") == 1


async def test_a_second_request_may_only_repeat_the_first(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await asked(city, owner, officer)
    await cases.correct(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    with pytest.raises(ToldOnce):
        await cases.ask_correction(
            city, officer, case_id=case_id, said={"phone": "请换一个号码。"}, now=clock.now()
        )
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=clock.now())
    assert (await make.row(city, case_id))["correction"]["times"] == 2


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"card_address": ""},
        {"card_address": "改"},
        {"card_address": "改" * 501},
        {"no_such_field": "请改正这一项。"},
        {"residence_since": "起始日不对，请改正。"},
    ],
)
async def test_a_request_that_says_nothing_is_refused(
    city: Database, owner: Resident, officer: Actor, said: dict[str, str]
) -> None:
    case_id = await make.submitted(city, owner)
    before = await make.everything(city, case_id)
    with pytest.raises(NothingToCorrect) as told:
        await cases.ask_correction(city, officer, case_id=case_id, said=said, now=clock.now())
    assert "勾选" not in str(told.value.message), "the page has boxes to write in, none to tick"
    assert await make.everything(city, case_id) == before


async def test_it_can_be_withdrawn_meanwhile(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await asked(city, owner, officer)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    assert await make.state(city, case_id) == "withdrawn"


async def test_nobody_else_and_not_at_another_time(
    city: Database, owner: Resident, other: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    with pytest.raises(NotPossibleNow):
        await actions.correction_sheet(city, owner.actor, case_id=case_id)
    with pytest.raises(NoSuchCase):
        await cases.ask_correction(city, elsewhere, case_id=case_id, said=SAID, now=clock.now())
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=clock.now())
    with pytest.raises(NoSuchCase):
        await actions.correction_sheet(city, other.actor, case_id=case_id)
    with pytest.raises(NotPossibleNow):
        await cases.accept(city, officer, case_id=case_id, now=clock.now())


async def test_no_second_application_while_it_is_corrected(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await asked(city, owner, officer)
    assert await cases.start(city, owner.actor, item=make.ITEM, now=clock.now()) == case_id


async def test_the_desk_shows_what_was_put_right_beside_what_stood_there(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await asked(city, owner, officer, {**SAID, "ground": "请核实办理的理由。"})
    await log_in(web, city, officer)
    side = (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text.split("已要求补正：")[1]
    form = (await cases.progress(city, owner.actor, case_id=case_id)).form
    asked_for = [
        f"<li>{field.label}：{words}</li>"
        for field in form.fields
        if (words := {**SAID, "ground": "请核实办理的理由。"}.get(field.name))
    ]
    assert len(asked_for) == 2 and "".join(asked_for) in side, "each by its name, in the form's order"
    was = (await actions.correction_sheet(city, owner.actor, case_id=case_id)).answers["card_address"]
    await actions.keep_corrections(
        *(city, owner.actor),
        case_id=case_id,
        posted={"card_address": "示范路2号202室", "ground": "work"},
        version=(await make.row(city, case_id))["version"],
        now=clock.now(),
    )
    await cases.correct(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    await log_in(web, city, officer)
    shown = (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text
    table = shown.split('id="put-right"')[1].split("</table>")[0]
    assert f">{was}</td>" in table and ">示范路2号202室</td>" in table
    assert "（已补正）" in shown.split('id="put-right"')[1]
    history = shown.split("经办历史")[1]
    assert history.index("已补正") < history.index("需要补正")
    for label in ("收件", "理由"):
        assert label in history.split("需要补正")[1], "which answers it was asked for"


def test_a_corrected_table_shows_each_row_and_what_became_of_it() -> None:
    """The number is masked alike before and after; that it is another one is marked all the same."""
    form = compile_form(EVERY_KIND)
    costs = next(field for field in form.fields if field.name == "costs")
    first, second = EVERY_ANSWER["costs"]
    before = [first, second]
    after = [{**second, "payee_id": "110101199003071233"}, {"what": "rent", "payee": "赵强", "amount": 7}]
    shown = [forms.mask(form, {"costs": rows})["costs"] for rows in (before, after)]
    was = [str(one) for one in row_lines(costs, shown[0], before, after, after=False)]
    to_be = [str(one) for one in row_lines(costs, shown[1], after, before, after=True)]
    assert was[0].startswith("第 1 行（已删去）：") and "金额：1,234.50 元" in was[0]
    assert was[1].startswith("第 2 行：") and to_be[0].startswith("第 1 行：")
    assert (
        to_be[0].count("（有改动）") == 1
        and "（有改动）" in to_be[0].split("收款人身份证号码：")[1].split("；")[0]
    )
    assert to_be[1].startswith("第 2 行（新增）：") and "110101199003071233" not in to_be[0]


async def test_too_long_a_word_is_told_with_its_length_and_its_gaps(
    city: Database, owner: Resident, officer: Actor
) -> None:
    with pytest.raises(NothingToCorrect) as refused:
        await asked(city, owner, officer, {"card_address": "【请填写事实】" + "长" * 500})
    assert "现在 507 个字" in str(refused.value.fields["said-card_address"])
    assert "【请填写事实】" in str(refused.value.fields["said-card_address"])


async def test_a_page_of_a_draft_that_was_submitted_elsewhere_says_that_nothing_was_taken(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id = await make.filled(city, owner)
    await log_in(web, city, owner.actor)
    code = (await make.row(city, case_id))["item"]
    shown = (await web.get(f"/apply/{code}/{case_id}")).text
    token = shown.split('name="_csrf" value="')[1].split('"')[0]
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    posted = {"_csrf": token, "card_address": "示范路9号", "_version": "1", "_go": "next"}
    answer = await web.post(f"/apply/{code}/{case_id}", data=posted)
    assert answer.status_code == 409 and "刚才提交的内容没有采用" in answer.text
    assert "示范路9号" in answer.text, "what was typed can be copied"
