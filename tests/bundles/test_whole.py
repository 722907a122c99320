"""The city's deep bundles, each from the questions to the end."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tests import filling
from tests.bundles.going import begun, decided, stands
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import bundles, cases
from tongban.bundles.actions import starting
from tongban.cases.actions.applying import together
from tongban.kit import clock
from tongban.kit.db import Database


async def _ends(
    db: Database, who: Resident, code: str, answers: dict[str, str], *, refused: str
) -> list[dict[str, str]]:
    """Sent, and each part decided in turn, ``refused`` not granted: how the parts stand sent, amid, at the end."""
    run_id = await begun(db, who, answers, code)
    await bundles.send(db, who.actor, run_id=run_id, now=clock.now())
    run, state = await stands(db, who, run_id)
    seen = [state]
    for part in run.parts:
        assert part.case is not None
        await decided(db, part.case, grant=part.item != refused)
        run, state = await stands(db, who, run_id)
        seen.append(state)
    assert str(run.state) == "done"
    return [seen[0], seen[1], seen[-1]]


@pytest.mark.usefixtures("no_press")
async def test_after_a_death_and_what_is_not_asked_for(city: Database, mother: Resident) -> None:
    """How it can fail: a part was filed that the answers do not lead to, or before what it waits for was granted; a
    refusal took the granted part with it."""
    answers = {"pension": "yes", "fund": "no", "home": "no"}
    assert await _ends(city, mother, "after_life", answers, refused="survivor_benefit") == [
        {"household_cancellation": "filed", "survivor_benefit": "waiting"},
        {"household_cancellation": "granted", "survivor_benefit": "filed"},
        {"household_cancellation": "granted", "survivor_benefit": "ended"},
    ]


@pytest.mark.usefixtures("no_press")
async def test_a_part_whose_draft_ended_is_applied_for_again(
    web: Client, city: Database, mother: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How it can fail (tried): the new application knows nothing of what was answered, also when the first click was
    cut off amid it; each click begins another, or writes over what she has changed in it."""
    await log_in(web, city, mother.actor)
    run_id = await begun(city, mother, {"pension": "yes", "fund": "no", "home": "no"}, "after_life")
    await bundles.send(city, mother.actor, run_id=run_id, now=clock.now())
    run, _ = await stands(city, mother, run_id)
    case = {part.item: part.case for part in run.parts}
    waits = case["survivor_benefit"]
    assert waits is not None and case["household_cancellation"] is not None
    told = (await cases.sheet(city, mother.actor, case_id=waits)).answers
    await cases.discard(city, mother.actor, case_id=waits, now=clock.now())
    await decided(city, case["household_cancellation"])
    home = f"/my/bundles/{run_id}"
    shown = (await web.get(home)).text
    assert "用填过的内容重新申请" in shown
    csrf = re.search(r'name="_csrf" value="([^"]+)"', shown)
    assert csrf is not None
    data = {"_csrf": csrf[1], "item": "survivor_benefit"}

    async def killed(*_: object, **__: object) -> None:
        raise ConnectionError("killed")

    monkeypatch.setattr(together, "fill", killed)
    with pytest.raises(ConnectionError):
        await starting.begin_again(
            city, mother.actor, run_id=run_id, item="survivor_benefit", now=clock.now()
        )
    monkeypatch.undo()
    place = (await web.post(f"{home}/again", data=data)).headers["location"]
    new = UUID(place.rsplit("/", 1)[1])
    sheet = await cases.sheet(city, mother.actor, case_id=new)
    assert sheet.answers == told and new != waits
    await cases.fill(city, sheet, {**told, "phone": "13912345678"}, now=clock.now())
    assert (await web.post(f"{home}/again", data=data)).headers["location"] == place
    again = await cases.sheet(city, mother.actor, case_id=new)
    assert again.answers == {**told, "phone": "13912345678"} != told
    other = await web.post(f"{home}/again", data=data | {"item": "household_cancellation"})
    assert other.status_code == 409


async def test_a_commitment_is_signed_when_its_notice_was_read(
    web: Client, city: Database, mother: Resident
) -> None:
    """Each on a page of its own, before the whole is sent; what she changes then takes the signature off again.

    How it can fail (tried): the one form has a tick for it; it is sent unsigned; a changed answer leaves it signed;
    the pages could not be shown once a file was there.
    """
    await log_in(web, city, mother.actor)
    answers = {"drain": "no", "large": "yes"}
    run_id = await begun(city, mother, answers, "restaurant", sign=False)
    home = f"/my/bundles/{run_id}"
    notice = f"{home}/commitment/fire_check"
    assert "promise_" not in str((await bundles.sheet(city, mother.actor, run_id=run_id)).form.schema)
    shown = (await web.get(f"{home}/check", follow_redirects=True)).text
    assert f'action="{notice}"' in shown and "部门告知" in shown and "怎样核查" in shown
    csrf = {"_csrf": re.findall(r'name="_csrf" value="([^"]+)"', shown)[0]}
    assert (await web.post(f"{home}/send", data=csrf)).headers["location"] == notice
    stale = await web.post(notice, data=csrf | {"_go": "sign", "_version": "0"})
    assert stale.status_code == 409 and "签署承诺" in stale.text
    seen = re.findall(r'name="_version" value="([^"]+)"', shown)[0]

    async def signed(version: str) -> None:
        done = await web.post(notice, data=csrf | {"_go": "sign", "_version": version})
        assert done.headers["location"] == f"{home}/check"

    await signed(seen)
    check = (await web.get(f"{home}/check")).text
    assert "请确认您的回答" in check and re.search(r'href="/my/cases/[^"]+/files/[^"]+"', check)
    assert (await web.get(f"{home}/form")).status_code == 200, "with the files that came in"

    async def saved(**changed: str) -> bundles.JoinedSheet:
        sheet = await bundles.sheet(city, mother.actor, run_id=run_id)
        posted = filling.posted(sheet.form, {**sheet.answers, **changed})
        return await bundles.save(city, mother.actor, run_id=run_id, posted=posted, now=clock.now())

    same = await saved()
    assert not same.unsigned
    name = same.one.of("fire_check")["place_name"]
    [unsigned] = (await saved(**{name: "示例小吃店二店"})).unsigned.values()
    for elsewhere in ("food_business", "passport"):
        other = await web.get(f"{home}/commitment/{elsewhere}")
        assert other.status_code == (303 if elsewhere == "food_business" else 404)
    await signed(str(unsigned.case.version))
    sent = await web.post(f"{home}/send", data=csrf)
    assert sent.headers["location"] == f"{home}?new=1"
    assert (await web.get(notice)).headers["location"] == home


@pytest.mark.usefixtures("no_press")
async def test_a_restaurant_is_refused_in_one_part(city: Database, mother: Resident) -> None:
    """How it can fail: parts that wait for nothing were not filed at once; a refusal took the others with it."""
    answers = {"drain": "yes", "large": "no"}
    assert await _ends(city, mother, "restaurant", answers, refused="drainage_permit") == [
        {"food_business": "filed", "drainage_permit": "filed"},
        {"food_business": "granted", "drainage_permit": "filed"},
        {"food_business": "granted", "drainage_permit": "ended"},
    ]


@pytest.mark.usefixtures("no_press")
async def test_a_firm_is_opened(city: Database, mother: Resident) -> None:
    """How it can fail (tried): the code of the new firm was not handed on; a file after the first save was lost."""
    answers = {"seal": "yes", "invoice": "no", "staff": "yes"}
    assert await _ends(city, mother, "enterprise_opening", answers, refused="seal_filing") == [
        {"enterprise_setup": "filed", "seal_filing": "waiting", "social_insurance_registration": "waiting"},
        {"enterprise_setup": "granted", "seal_filing": "filed", "social_insurance_registration": "filed"},
        {"enterprise_setup": "granted", "seal_filing": "ended", "social_insurance_registration": "granted"},
    ]
