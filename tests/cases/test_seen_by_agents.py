"""What is shown of the principal to who acts for her: an agent reads no number of a paper or a phone whole, a guardian
reads the child's. Broken on purpose: with the owner's eyes for agents, each page of a form showed her phone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, notices
from tongban.kit import clock, papers
from tongban.kit.acting import Acting, PowerKind
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor

ITEM = make.ITEM


def acting_for(owner: Resident, agent: Resident, kind: PowerKind = "attorney") -> Actor:
    until = clock.now() + timedelta(days=30)
    how = Acting(new_id(owner.actor.bucket), kind, agent.actor.id, agent.name, until)
    return msgspec.structs.replace(owner.actor, acting=how)


def pages(case: UUID) -> list[str]:
    """Each address that shows something of the principal to who acts for her."""
    return [
        *("/", "/my", "/my/cases", "/my/inbox", "/my/licences", f"/apply/{ITEM}", f"/my/cases/{case}"),
        *(f"/apply/{ITEM}/{case}", f"/apply/{ITEM}/{case}/check"),
        *(f"/api/v1/cases/{case}", f"/api/v1/cases/{case}/answers", "/api/v1/cases", "/api/v1/session"),
    ]


@pytest.mark.parametrize("kind", ["attorney", "guardian"])
async def test_numbers_before_an_agents_eyes_and_a_guardians(
    kind: PowerKind, web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    case = await make.filled(city, owner)
    await log_in(web, city, acting_for(owner, other, kind))
    shown: dict[str, tuple[bool, bool]] = {}
    for submitted in (False, True):
        if submitted:
            await cases.submit(city, owner.actor, case_id=case, key=None, now=clock.now())
        for path in pages(case):
            answer = await web.get(path, follow_redirects=True)
            assert answer.status_code in (200, 409), f"{path}: {answer.text[:300]}"
            shown[f"{path} {submitted}"] = (owner.number in answer.text, owner.phone in answer.text)
    whole = {path for path, told in shown.items() if any(told)}
    if kind == "attorney":
        assert whole == set()
    else:
        form, filed = f"/apply/{ITEM}/{case} False", f"/my/cases/{case} True"
        assert {form, filed, "/my True", f"/api/v1/cases/{case}/answers True"} <= whole
        assert shown[form] == (True, True)


async def test_news_of_her_account_is_no_agents_to_read(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """What the house told the principal of her log-ins, powers and data is hers, and her guardian's: by page and API.

    How it can fail (tried): narrow the inbox by items alone: who has all of them reads everything.
    """
    words = Text("登录设备变更", "A device was added")
    await write(
        city,
        Part("SELECT 1 AS told"),
        notices.telling(
            recipient=owner.actor.id, title=words, body=words, link="/my/account", now=clock.now()
        ),
        notices.telling(
            recipient=owner.actor.id,
            title=Text("受理", "On"),
            body=Text("", ""),
            link="",
            item=ITEM,
            now=clock.now(),
        ),
    )
    (secret,) = [one.id for one in await notices.inbox(city, owner.actor.id) if one.title == words]
    read_by: list[tuple[PowerKind, bool]] = [("attorney", False), ("guardian", True)]
    for kind, reads in read_by:
        await log_in(web, city, acting_for(owner, other, kind))
        page, listed = await web.get("/my/inbox"), await web.get("/api/v1/notices")
        assert ("登录设备变更" in page.text, "受理" in page.text) == (reads, True)
        assert (str(secret) in listed.text, "受理" in listed.text) == (reads, True)
        mine = await web.get("/my")
        unread = await notices.unread(
            city, owner.actor.id, reach=notices.reach_of(acting_for(owner, other, kind))
        )
        assert f"{unread} 条未读" in mine.text and f">{unread}</span>" in mine.text
        token = {"_csrf": page.text.split('name="_csrf" value="', 1)[1].split('"', 1)[0]}
        opened = await web.post(f"/my/inbox/{secret}", data=token)
        read = await web.put(f"/api/v1/notices/{secret}/reading", headers={"x-csrf-token": token["_csrf"]})
        assert (opened.status_code, read.status_code) == ((303, 204) if reads else (404, 404)), (opened, read)


async def test_whose_case_it_is_is_said_to_who_acts_for_her(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """On the case's page, in who read, in the list and on the paper: the reader is not the applicant.

    How it can fail (tried): say 您本人 of every reading and step that is in the principal's name.
    """
    case = await make.submitted(city, owner)
    guardian = acting_for(owner, other, "guardian")
    await log_in(web, city, guardian)
    page = (await web.get(f"/my/cases/{case}")).text
    assert "您本人" not in page and f"申请人 {owner.actor.name}" in page and f"{owner.actor.name}本人" in page
    assert f"<h1>{owner.actor.name}的办件</h1>" in (await web.get("/my/cases")).text
    await cases.withdraw(city, guardian, case_id=case, now=clock.now())
    page = (await web.get(f"/my/cases/{case}")).text
    assert "由申请人撤回" in page and f"由{other.name}代办" in page and "您本人" not in page
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{case}")).text
    assert "以您的名义撤回" in page and f"申请人 {owner.actor.name}" not in page


async def test_what_comes_back_masked_is_kept(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    case = await make.filled(city, owner)
    await log_in(web, city, acting_for(owner, other))
    address = f"/apply/{ITEM}/{case}"
    page = (await web.get(address)).text
    masked = papers.mask_phone(owner.phone)
    assert f'value="{masked}"' in page
    token = page.split('name="_csrf" value="', 1)[1].split('"', 1)[0]
    posted = {"_csrf": token, **make.typed(), "phone": masked, "_go": "update"}
    assert (await web.post(address, data=posted)).status_code == 303
    sheet = await cases.sheet(city, owner.actor, case_id=case)
    assert sheet.answers["phone"] == owner.phone, "a masked number that comes back is no new one"
    await web.post(address, data={**posted, "phone": "13800138000"})
    sheet = await cases.sheet(city, owner.actor, case_id=case)
    assert sheet.answers["phone"] == "13800138000", "one that the agent types is"
    wrong = await web.post(address, data={**posted, "phone": "1380013", "_go": "check"})
    assert wrong.status_code == 422 and 'value="1380013"' in wrong.text, (
        "what is wrong stands as it was typed"
    )
