"""The draft's form with files and the files' own addresses, over HTTP."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageFilter, ImageOps

from tests import make
from tests.cases import papers
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit import sample_files
from tongban import cases
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
async def draft(web: Client, city: Database, owner: Resident) -> UUID:
    """Her draft of an item that asks for papers, and her browser."""
    await papers.ask_for_files(city)
    case_id = await make.filled(city, owner)
    await log_in(web, city, owner.actor)
    return case_id


def address(case_id: UUID) -> str:
    return f"/apply/{make.ITEM}/{case_id}"


async def send(web: Client, case_id: UUID, *parts: tuple[str, tuple[str, bytes]], **typed: str) -> Any:
    """Post the form as its page does, the token first."""
    shown = (await web.get(address(case_id))).text
    hidden = dict(re.findall(r'name="(_csrf|_version)" value="([^"]*)"', shown))
    return await web.post(
        address(case_id),
        data={**hidden, **make.typed(), **typed},
        files=list(parts) or [("papers", ("", b""))],
        follow_redirects=False,
    )


async def listed(db: Database, case_id: UUID) -> list[dict[str, Any]]:
    found = (await make.row(db, case_id))["answers"].get("papers", [])
    assert isinstance(found, list)
    return found


async def test_a_form_with_files_keeps_both(
    web: Client, city: Database, owner: Resident, draft: UUID
) -> None:
    one = ("papers", ("合同.pdf", sample_files.pdf(2)))
    other = ("papers", ("照片.jpg", sample_files.photo()))
    answer = await send(web, draft, one, other, phone=owner.phone, _go="upload:papers")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address(draft)}#papers")
    found = await listed(city, draft)
    assert [(file["name"], file["type"], file["pages"]) for file in found] == [
        ("合同.pdf", "application/pdf", 2),
        ("照片.jpg", "image/jpeg", 1),
    ]
    assert (await make.row(city, draft))["answers"]["collection"] == "courier"
    gone = await send(web, draft, phone=owner.phone, _go=f"drop:papers:{found[0]['file']}")
    assert gone.headers["location"] == f"{address(draft)}#papers"
    assert [file["name"] for file in await listed(city, draft)] == ["照片.jpg"]


async def test_one_photo_for_two_materials_is_pointed_out_and_not_refused(
    web: Client, city: Database, owner: Resident, draft: UUID
) -> None:
    photo, told = sample_files.photo(), "这两份材料是同一个文件"
    await send(
        web, draft, ("papers", ("营业执照.jpg", photo)), ("papers", ("同一张.jpg", photo)), phone=owner.phone
    )
    check = f"{address(draft)}/check"
    assert told not in (await web.get(check)).text, "twice for one material is one material"
    await send(web, draft, ("photos", ("门头.jpg", photo)), phone=owner.phone)
    shown = (await web.get(check)).text
    assert shown.count("”和“") == 1, "the two that are one material are no pair"
    assert (
        told in shown
        and f'href="{address(draft)}#photos"' in shown
        and f'action="{address(draft)}/submit"' in shown
    )


async def test_a_refused_file_comes_back_with_its_sentence_and_what_was_typed_is_kept(
    web: Client, city: Database, owner: Resident, draft: UUID
) -> None:
    good, bad = ("papers", ("好.pdf", sample_files.pdf())), ("papers", ("坏.pdf", b"MZ" + bytes(500)))
    answer = await send(web, draft, good, bad, phone="123", _go="check")
    assert answer.status_code == 422 and "坏.pdf：文件名以 .pdf 结尾，内容却不是 PDF" in answer.text
    assert 'value="123"' in answer.text
    assert [file["name"] for file in await listed(city, draft)] == ["好.pdf"]


async def test_a_blurred_photo_is_taken_and_its_owner_asked(
    web: Client, city: Database, owner: Resident, draft: UUID
) -> None:
    blurred = Image.effect_noise((900, 900), 90).convert("RGB").filter(ImageFilter.GaussianBlur(12))
    packed = io.BytesIO()
    ImageOps.autocontrast(blurred).save(packed, "JPEG")
    await send(web, draft, ("papers", ("平面图.jpg", packed.getvalue())), _go="upload:papers")
    (file,) = await listed(city, draft)
    shown = (await web.get(address(draft))).text
    assert file["doubt"] == "blurred" and "这张照片可能不清晰" in shown
    assert f'value="drop:papers:{file["file"]}"' in shown
    await send(web, draft, _go=f"use:papers:{file['file']}")
    (kept,) = await listed(city, draft)
    assert "doubt" not in kept and kept["file"] == file["file"]
    assert "这张照片可能不清晰" not in (await web.get(address(draft))).text


async def test_too_many_are_a_fault_of_the_question(
    web: Client, city: Database, owner: Resident, draft: UUID
) -> None:
    parts = [("papers", (f"{number}.pdf", sample_files.pdf(number))) for number in range(1, 7)]
    answer = await send(web, draft, *parts, phone=owner.phone)
    assert answer.status_code == 422 and "这一项最多上传 5 个文件" in answer.text
    assert await listed(city, draft) == []
    assert (await make.row(city, draft))["answers"]["collection"] == "courier"


async def test_another_tab_was_faster(web: Client, city: Database, owner: Resident, draft: UUID) -> None:
    shown = (await web.get(address(draft))).text
    hidden = dict(re.findall(r'name="(_csrf|_version)" value="([^"]*)"', shown))
    await papers.saved_elsewhere(city, owner, draft)
    answer = await web.post(
        address(draft),
        data={**hidden, **make.typed(phone="123")},
        files=[("papers", ("late.pdf", sample_files.pdf()))],
    )
    assert answer.status_code == 409 and 'value="123"' in answer.text


async def test_a_submitted_case_and_another_persons_draft_take_nothing(
    web: Client, city: Database, owner: Resident, other: Resident, draft: UUID
) -> None:
    part = ("papers", ("a.pdf", sample_files.pdf()))
    shown = (await web.get(address(draft))).text
    hidden = dict(re.findall(r'name="(_csrf|_version)" value="([^"]*)"', shown))
    await cases.submit(city, owner.actor, case_id=draft, key=None, now=clock.now())
    late = await web.post(address(draft), data=hidden, files=[part], follow_redirects=False)
    assert (late.status_code, late.headers["location"]) == (303, f"/my/cases/{draft}?late=1")
    await log_in(web, city, other.actor)
    token = re.findall(r'name="_csrf" value="([^"]*)"', (await web.get("/my")).text)[0]
    strange = await web.post(address(draft), data={"_csrf": token}, files=[part], follow_redirects=False)
    assert strange.status_code == 404


async def test_her_file_at_its_address_and_nobody_elses(
    web: Client, city: Database, owner: Resident, other: Resident, draft: UUID
) -> None:
    paper = sample_files.pdf(2)
    await send(web, draft, ("papers", ("合同.pdf", paper)), _go="later")
    (told,) = await listed(city, draft)
    home = f"/my/cases/{draft}/files/{told['file']}"
    shown = await web.get(home)
    assert shown.content == paper and shown.headers["content-type"] == "application/pdf"
    assert shown.headers["content-disposition"].startswith("inline")
    assert (await web.get(f"{home}?save=1")).headers["content-disposition"].startswith("attachment")
    assert (await web.get(f"{home}/thumbnail")).headers["content-type"] == "image/jpeg"
    await log_in(web, city, other.actor)
    for path in (home, f"{home}/thumbnail"):
        answer = await web.get(path)
        assert answer.status_code == 404 and "没有找到这个文件" in answer.text


async def test_the_desks_file_its_thumbnail_and_the_way_back_of_an_ended_case(
    web: Client, city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    await papers.ask_for_files(city)
    case_id = await make.filled(city, owner)
    (file_id,) = await papers.attached(city, owner, case_id, 2)
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    home = f"/desk/{owner.actor.id}/{case_id}/files/{file_id}"
    await log_in(web, city, officer)
    shown = (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text
    assert f'href="{home}"' in shown and f'src="{home}/thumbnail"' in shown
    assert (await web.get(home)).content.startswith(b"%PDF")
    assert (await web.get(f"{home}/thumbnail")).content.startswith(b"\xff\xd8")
    rows = await make.ledger(city, case_id, "cases.read_file")
    assert [row["detail"]["view"] for row in rows] == ["content", "thumbnail"]
    await log_in(web, city, elsewhere)
    assert {(await web.get(path)).status_code for path in (home, f"{home}/thumbnail")} == {404}
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    await log_in(web, city, officer)
    ended = await web.get(home, follow_redirects=False)
    assert (ended.status_code, ended.headers["location"]) == (303, f"/desk/{owner.actor.id}/{case_id}")
    assert (await web.get(f"{home}/thumbnail")).status_code == 403
    assert len(await make.ledger(city, case_id, "cases.read_file")) == 2


async def test_a_colleagues_case_asks_for_a_reason_before_it_shows_a_file(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    """How it can fail: with the links of one's own case the page loaded the small picture of her paper at once,
    which is a look that nobody gave a reason for."""
    await papers.ask_for_files(city)
    case_id = await make.filled(city, owner)
    (file_id,) = await papers.attached(city, owner, case_id, 2)
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    await cases.accept(city, officer, case_id=case_id, now=clock.now())
    at = f"/desk/{owner.actor.id}/{case_id}"
    home = f"{at}/files/{file_id}"
    await log_in(web, city, make.officer_with(officer.department or "", Duty.REVIEW))
    shown = (await web.get(at)).text
    assert 'href="#whole"' in shown and str(file_id) not in shown
    assert f"本件由 {officer.name} 承办。查看上传的材料和完整内容要先选理由" in shown
    asked = await web.get(home, follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, f"{at}#whole")
    assert (await web.get(f"{home}/thumbnail")).status_code == 422
    token = re.findall(r'name="_csrf" value="([^"]*)"', shown)[0]
    again = await web.post(f"{at}/show", data={"_csrf": token})
    assert again.status_code == 422 and str(file_id) not in again.text
    pressed = (await web.post(f"{at}/show", data={"_csrf": token, "why": "decide"})).text
    assert f'href="{home}?why=decide"' in pressed and f'src="{home}/thumbnail?why=decide"' in pressed
    assert (await web.get(f"{home}?why=decide")).content.startswith(b"%PDF")
    assert (await web.get(f"{home}/thumbnail?why=decide")).status_code == 200
    rows = await make.ledger(city, case_id, "cases.read_file")
    assert [(row["detail"]["view"], row["detail"]["why"]) for row in rows] == [
        ("content", "decide"),
        ("thumbnail", "decide"),
    ]
