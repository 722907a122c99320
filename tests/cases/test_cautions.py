"""What is pointed out before an approval: ticked, reasoned, kept by step and ledger; no bulk action passes over it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests import cast, filling, make
from tests.cases import following, held, inspecting
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import audit, cases, catalogue, licences
from tongban.cases.actions import bulk_preview, bulk_run
from tongban.cases.model import Move
from tongban.cases.model.cautions import CautionsUnread, Inspected, Looked, cautions
from tongban.cases.model.follow_up import Following, FollowUp
from tongban.cases.model.inspection import Conclusion
from tongban.cases.model.joint import Joint, Signer
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text, use_language
from tongban.kit.policy import Actor

NOTE = "已电话核对登记情况，缴费连续满六个月。"
NAME = Text("示例", "Sample")
REVOKED = licences.STATE_WORDS[licences.State.REVOKED]
DAY = datetime(2026, 11, 26, tzinfo=UTC)
CAME = Following(code="plan", field="plan", name=NAME, days=5, since=DAY.date(), until=DAY, supplied_at=DAY)
OTHER = Signer(hash="00", role=NAME, name="王*")
TOGETHER = Joint(round=1, asked_at=DAY, until=DAY, purpose=UUID(int=1), signers=(OTHER,))


@pytest.mark.parametrize(
    ("looked", "codes"),
    [
        (Looked(), []),
        (Looked(inspected=Inspected()), ["uninspected"]),
        (Looked(inspected=Inspected(begun=True)), ["unfinished"]),
        (Looked(inspected=Inspected(Conclusion.FAILED, begun=True)), ["unfinished", "inspection"]),
        (Looked(inspected=Inspected(Conclusion.TO_MEND)), ["inspection"]),
        (Looked(inspected=Inspected(Conclusion.PASSED), procedures={"site_inspection": NAME}), []),
        (Looked(procedures={"site_inspection": NAME}), ["procedure"]),
        (Looked(procedures={"own-1": NAME}, run=("own-1",)), []),
        (Looked(gone=REVOKED), ["gone"]),
        (Looked(unregistered={"enterprise": NAME}), ["unregistered"]),
        (Looked(together=TOGETHER), ["one_side"]),
        (Looked(follow_up=FollowUp(materials=(CAME,)), silent={"population": NAME}), ["unread", "silent"]),
    ],
)
def test_what_is_pointed_out(looked: Looked, codes: list[str]) -> None:
    """A tick says the same in either language, and so do step and ledger."""
    assert [one.code for one in cautions(looked)] == codes
    keys = [one.key for one in cautions(looked)]
    with use_language("en"):
        assert [one.key for one in cautions(looked)] == keys


async def test_an_approval_in_spite_of_a_silent_register_is_ticked_reasoned_and_kept(
    web: Client, city: Database, owner: Resident, officer: Actor, outside: Sandbox
) -> None:
    """Without the ticks the first post does not approve."""
    cast.grounds_away(outside)
    case_id = await make.accepted(city, owner, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    shown = (await web.get(desk)).text
    assert "登记库没有应答，数据没有核对" in shown
    tick = dict(re.findall(r'name="(seen-\w+)" value="([^"]*)"', shown))
    token = dict(re.findall(r'name="(_csrf)" value="([^"]*)"', shown))
    no = await web.post(f"{desk}/approve", data={**token, "reason": ""})
    assert no.status_code == 422 and "准予前请核对并勾选" in no.text and "请填写“理由”" in no.text
    assert 'id="seen-silent-error"' in no.text and 'href="#seen-silent"' in no.text
    no = await web.post(f"{desk}/approve", data={**token, **tick, "reason": "短"})
    assert no.status_code == 422 and "checked" in no.text and "准予前请核对并勾选" not in no.text
    no = await web.post(f"{desk}/approve", data={**token, "seen-silent": "silent+other", "reason": NOTE})
    assert no.status_code == 422, "the tick holds for what was shown, not for what came since"
    done = await web.post(f"{desk}/approve", data={**token, **tick, "reason": NOTE}, follow_redirects=False)
    assert done.status_code == 303
    step = (await make.steps(city, case_id))[-1]
    assert step["detail"]["why"] == NOTE
    (told,) = step["detail"]["cautions"]
    assert told["key"] == tick["seen-silent"] and "gave no answer" in told["words"]["en"]
    assert (await make.ledger(city, case_id, "cases.approve"))[-1]["detail"] == {"cautions": [told["key"]]}
    history = (await web.get(desk)).text
    assert "核对过提示后准予" in history
    await log_in(web, city, owner.actor)
    assert "核对过提示后准予" not in (await web.get(f"/my/cases/{case_id}")).text


async def test_an_inspection_that_is_under_way_or_adverse_is_pointed_out(
    web: Client, city: Database, outside: Sandbox
) -> None:
    owner = await cast.resident(city, outside, fits=cast.without_firm)
    case_id, officer = await inspecting.accepted(city, owner)
    await log_in(web, city, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    assert "审批人准予前要逐项核对" in (page := (await web.get(desk)).text) and "seen-" not in page
    assert "由机关取得的材料" in page and re.search("营业执照</dt><dd[^>]*>[^<]*没有", page)
    assert "单位的登记信息由申请人填写，请核对" in page, "the register of firms knows none of hers"
    await inspecting.keep(
        city, officer, case_id, owner, "about", await inspecting.about(city, officer, clock.now())
    )
    approver = await at_the_end_of_the_chain(city, case_id)
    assert await pointed_out(city, case_id, approver) == ["unfinished", "unregistered"]
    await cases.send_back(city, approver, case_id=case_id, reason="请先提交现场核查记录。", now=clock.now())
    wrong = {"pest_control": "后门缝隙大于一厘米"}
    await inspecting.filled_in(
        city, officer, case_id, owner, unmet=wrong, conclusion="failed", words="整改后再查"
    )
    await inspecting.handed_in(city, officer, case_id)
    approver = await at_the_end_of_the_chain(city, case_id)
    assert await pointed_out(city, case_id, approver) == ["inspection", "unregistered"]


async def at_the_end_of_the_chain(city: Database, case_id: UUID) -> Actor:
    row = await make.row(city, case_id)
    version = await catalogue.version(city, row["item"], row["item_version"])
    return await make.up_the_chain(city, case_id, version, row["department"])


async def pointed_out(city: Database, case_id: UUID, approver: Actor) -> list[str]:
    with pytest.raises(CautionsUnread) as told:
        await cases.approve(city, approver, case_id=case_id, note=make.NOTE, now=clock.now())
    return [one.code for one in told.value.found]


async def test_no_bulk_action_passes_over_it(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox
) -> None:
    """The preview looks at more than states: such a refusal is neither announced as possible nor done."""
    now = clock.now()
    promised, market = await following.accepted(city, owner, now=now)
    await following.supplied(city, owner, promised, now=now)
    before = await make.everything(city, promised)
    [line] = await bulk_preview(city, market, chosen=[promised], move=Move.REFUSE)
    assert "请打开办件单独办理：补交的材料还没有人核收" in str(line.why)
    [line] = await bulk_run(
        city, market, chosen=[promised], move=Move.REFUSE, reason=make.REASON, key="one", now=now
    )
    assert line.done is False and await make.everything(city, promised) == before
    await cases.suspend(
        *(city, market),
        case_id=promised,
        kind="site_inspection",
        days="5",
        reason=make.SPECIAL_REASON,
        now=now,
    )
    [line] = await bulk_preview(city, market, chosen=[promised], move=Move.RESUME)
    assert "没有现场核查记录" in str(line.why)
    cast.grounds_away(outside)
    silent = await make.accepted(city, owner, officer)
    count = city.count
    [line] = await bulk_preview(city, officer, chosen=[silent], move=Move.REFUSE)
    assert "登记库没有应答" in str(line.why) and city.count - count == 1
    [line] = await bulk_preview(city, officer, chosen=[silent], move=Move.RECHECK)
    assert line.why is None, "asking again is what helps"


async def test_who_has_a_licence_for_the_premises_is_told_and_so_is_who_decides(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """Another account of the same firm, the address in full width and spaced: found; other premises: not.

    Tried with the index left empty by a decision, and by a change, and with the reading not kept.
    """
    now = clock.now()
    firm = {"firm_code": "91310115MA1K00015K", "place_address": "示范市望川路18号A座101室"}
    first = await held.granted(city, owner, inspecting.ITEM, now=now, **firm)
    licence = await held.licence_of(city, owner, first)
    typed = firm | {"place_address": " 示范市望川路１８号 Ａ座 101 室"}
    await city.sibling().run("DELETE FROM licences.premises_index")
    assert await told_at_check(web, city, owner, typed) == [], "one of before there was an index"
    assert [await cases.place_licences(city, now=now) for _ in range(2)] == [1, 0]
    assert await told_at_check(web, city, owner, typed) == ["own"]
    page = await at_check(web, city, owner, typed)
    assert str(licence.number) in page and f"/my/licences/{licence.id}" in page
    assert await told_at_check(web, city, other, typed) == ["another's"]
    assert str(licence.number) not in await at_check(web, city, other, typed)
    assert await told_at_check(web, city, other, firm | {"place_address": "示范市望川路20号"}) == []
    now = clock.now()
    case_id = await held.filed(city, other, inspecting.ITEM, now=now, **typed)
    officer = await held.desk(city, case_id)
    await cases.accept(city, officer, case_id=case_id, now=now)
    await log_in(web, city, officer)
    shown = (await web.get(f"/desk/{other.actor.id}/{case_id}")).text
    assert f"（{licence.number}，有效" in shown and "同一主体在这个场所已有食品经营许可证" in shown
    approver = await at_the_end_of_the_chain(city, case_id)
    assert "premises" in await pointed_out(city, case_id, approver)
    looks = await audit.readings_of(city, subject=licence.holder, limit=20, reference=str(licence.id))
    assert {one.actor for one in looks if one.action == "licences.at_premises"} >= {
        other.actor.id,
        officer.id,
    }
    assert await audit.reads_without_purpose(city, now=clock.now()) == 0
    await held.granted(
        *(city, owner, "food_business_change"),
        now=now,
        about=first,
        changes=["food_scope"],
        new_food_scope=["hot", "drinks"],
    )
    with pytest.raises(CautionsUnread) as told:
        await cases.approve(city, approver, case_id=case_id, note=make.NOTE, now=clock.now())
    [one] = [one for one in told.value.found if one.code == "premises"]
    assert one.about != (str(licence.id),) and str(licence.number) in str(one.words), "what took its place"


async def test_a_change_of_the_name_alone_is_not_inspected(
    web: Client, city: Database, owner: Resident
) -> None:
    """Neither in the dates she is told nor in what the desk points out. Tried: without ``inspect_on`` in the item."""
    now = clock.now()
    first = await held.granted(city, owner, inspecting.ITEM, now=now)
    await log_in(web, city, owner.actor)
    for changed, new, due in (
        ("food_scope", ["hot", "drinks"], True),
        ("place_name", "示例新店", False),
    ):
        code = "food_business_change"
        case_id = await cases.start(city, owner.actor, item=code, about=first, now=now)
        sheet = await cases.sheet(city, owner.actor, case_id=case_id)
        said = sheet.answers | {"changes": [changed], f"new_{changed}": new}
        typed = filling.filled(sheet.form, said, today=clock.city_day(now))
        await make.answered(city, case_id, sheet.form, typed)
        page = (await web.get(f"/apply/{code}/{case_id}/check")).text
        assert ("连同特别程序" in page) is due and "现在提交" in page
        await cases.submit(city, owner.actor, case_id=case_id, key=None, now=now)
        officer = await inspecting.officer_at(city, (await make.row(city, case_id))["department"])
        await cases.accept(city, officer, case_id=case_id, now=now)
        approver = await at_the_end_of_the_chain(city, case_id)
        if due:
            assert await pointed_out(city, case_id, approver) == ["uninspected"]
            await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
        else:
            await cases.approve(city, approver, case_id=case_id, note=make.NOTE, now=clock.now())


async def at_check(web: Client, db: Database, who: Resident, typed: dict[str, str]) -> str:
    """Her check page, her draft answered so."""
    now = clock.now()
    case_id = await cases.start(db, who.actor, item=inspecting.ITEM, now=now)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, {**sheet.answers, **typed}, today=clock.city_day(now))
    await make.answered(db, case_id, sheet.form, answers)
    await log_in(web, db, who.actor)
    return (await web.get(f"/apply/{inspecting.ITEM}/{case_id}/check")).text


async def told_at_check(web: Client, db: Database, who: Resident, typed: dict[str, str]) -> list[str]:
    """Whose licence she is warned of."""
    words = {"own": "您在同一个经营场所已有一张", "another's": "存在另一个账户里"}
    page = await at_check(web, db, who, typed)
    return [whose for whose, said in words.items() if said in page]
