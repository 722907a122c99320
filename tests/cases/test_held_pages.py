"""The pages of life after the decision: what the licence offers, the form filled from it, old beside new for both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cases import held
from tests.cases.test_every_item import officer_at
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, licences
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty


async def test_from_the_licence_to_the_change_and_back(city: Database, owner: Resident, web: Client) -> None:
    now = clock.now()
    first = await held.granted(city, owner, now=now, place_name="望川小馆")
    licence = await held.licence_of(city, owner, first)
    home, at = f"/my/licences/{licence.id}", f"/apply/drainage_permit_change?about={first}"
    await log_in(web, city, owner.actor)
    page = (await web.get(home)).text
    assert at in page and "遗失、损坏补发" in page and "年放假安排公布后，日期可能变动" in page
    assert "drainage_permit_renewal" not in page and "延续申请从" in page
    told = (await web.get(f"/api/v1/licences/{licence.id}")).json()["offers"]
    assert [(one["act"], one["standing"]) for one in told] == [
        *(("renew", "later"), ("change", "open"), ("reissue", "open"), ("cancel", "open"))
    ]
    assert "延续" in (await web.get("/my/licences")).text
    early = await web.get(f"/apply/drainage_permit_renewal?about={first}")
    assert early.status_code == 200 and "现在不用办" in early.text and "知晓并开始办理" not in early.text
    assert "请打开“我的证照”" in (await web.get("/apply/drainage_permit_change")).text
    assert "已经有证的" in (await web.get("/items/drainage_permit")).text

    case_id = await cases.start(city, owner.actor, item="drainage_permit_change", about=first, now=now)
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    more = {"changes": ["place_name"], "new_place_name": "望川大酒楼"}
    answers: dict[str, Any] = {**sheet.answers, **more, "phone": "13800138000", "declaration": True}
    await make.answered(city, case_id, sheet.form, forms.overlay(sheet.form, answers, sheet.prefilled))
    form = (await web.get(f"/apply/drainage_permit_change/{case_id}")).text
    assert "（现载明）" in form and "望川小馆" in form and "污水排入排水管网许可证" in form
    check = (await web.get(f"/apply/drainage_permit_change/{case_id}/check")).text
    assert "变更对照" in check and "望川大酒楼" in check
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=now)
    busy = (await web.get(home)).text
    assert f"/my/cases/{case_id}" in busy and "一次办一件" in busy and at not in busy
    assert "一次只能办一件" in (await web.get(f"/apply/drainage_permit_reissue?about={first}")).text
    assert str(case_id) in (await web.get(f"/my/cases/{first}")).text, "the first case leads on to it"

    officer = await officer_at(city, (await make.row(city, case_id))["department"])
    await log_in(web, city, officer)
    desk = (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text
    assert "变更对照" in desk and "望川小馆" in desk and "望川大酒楼" in desk

    await held.approved(city, case_id, now=now)
    await held.issued(city, owner, case_id, now=now)
    await log_in(web, city, owner.actor)
    gone = (await web.get(home)).text
    assert "已变更换证" in gone and "新的一张在" in gone and 'id="afterwards"' not in gone
    assert "已经变更、换发新证" in (await web.get(f"/verify/{licence.identifier}")).text
    await ways_on(city, owner, web, (first, case_id), officer)


async def ways_on(
    city: Database, owner: Resident, web: Client, line: tuple[UUID, UUID], officer: Actor
) -> None:
    """Each case of the line tells how its licence stands now, and its officer finds back to it."""
    (first, case_id), now = line, clock.now()
    new = await held.licence_of(city, owner, case_id)
    told = (await web.get(f"/my/cases/{first}")).text
    assert "由新证代替" in told and f"/my/licences/{new.id}" in told and "同等效力" not in told
    assert "同等效力" in (await web.get(f"/my/cases/{case_id}")).text
    await log_in(web, city, officer)
    for other in (
        f"did=suspend&of={new.id}",
        "did=suspend",
        f"did=resume&of={new.id}",
        f"did=any&of={new.id}",
    ):
        assert "证照已" not in (await web.get(f"/desk/done?{other}")).text, "nothing of the kind was done"
    await licences.suspend(city, officer, licence=new.id, reason="排水设备正在检修。", now=now)
    done = (await web.get(f"/desk/done?did=suspend&of={new.id}")).text
    assert "证照已挂起" in done
    assert f'action="/desk/{owner.actor.id}/{case_id}"' in done and 'value="licence"' in done, "the way back"
    await log_in(web, city, owner.actor)
    await licences.resume(city, officer, licence=new.id, reason="排水设备已经修好。", now=now)
    new = await held.licence_of(city, owner, case_id)
    await held.ends(city, new, clock.city_day(now) - timedelta(days=1))
    assert "已经到期，不能再出示" in (await web.get(f"/my/cases/{case_id}")).text
    assert "已到期" in (await web.get(f"/my/cases/{first}")).text, (
        "and the first tells how the last one stands"
    )


async def test_what_was_ended_meanwhile_is_not_brought_back(
    web: Client, city: Database, owner: Resident
) -> None:
    now = clock.now()
    first = await held.granted(city, owner, now=now, place_name="望川小馆")
    case_id = await held.filed(city, owner, "drainage_permit_reissue", about=first, now=now)
    row = await held.licence_of(city, owner, first)
    officer = make.officer_with(row.issuer_code, Duty.APPROVE)
    await licences.revoke(city, officer, licence=row.id, reason="以欺骗手段取得许可。", now=now)
    await log_in(web, city, officer)
    early = (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text
    assert "现在是“已撤销”，已不再有效，这件申请一般不能准予" in early and "seen-gone" not in early
    with pytest.raises(licences.NotStanding) as ended:
        await held.approved(city, case_id, now=now)
    assert "不能准予" in str(ended.value.message), "her rule is the department's, not the holder's"
    assert await make.state(city, case_id) == "accepted"
    await log_in(web, city, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    shown = (await web.get(desk)).text
    assert 'name="seen-gone"' in shown and "申请所针对的证照现在是“已撤销”" in shown
    token = shown.split('name="_csrf" value="')[1].split('"')[0]
    told = await web.post(f"{desk}/approve", data={"_csrf": token, "reason": make.NOTE, "stood": "accepted"})
    assert (
        told.status_code == 409 and "已撤销”，不能准予" in told.text and "这项操作没有进行" not in told.text
    )
    await log_in(web, city, owner.actor)
    assert "证照现在是“已撤销”，这件申请一般不能准予" in (await web.get(f"/my/cases/{case_id}")).text
    one = (await web.get(f"/my/licences/{row.id}")).text
    assert "这张证照现在是“已撤销”，一般不能准予" in one and "其余的等它办结" not in one
    library = (await web.get("/my/licences")).text
    assert "遗失、损坏补发" in library and "正在办理" in library and "延续申请" not in library
    await cases.terminate_at_desk(
        city,
        officer,
        case_id=case_id,
        ground="object_gone",
        reason="证照已被撤销，没有可以补发的证照。",
        now=now,
    )
