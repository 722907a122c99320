"""Papers, the check by code and the visit over HTTP: files with their heads, forms that lose nothing, a pace."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from tests import cast, make
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tongban import audit, cases
from tongban.app import create_app
from tongban.cases.pages import checking
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import opening_session
from tongban.settings import reload

# Litestar 2 warns of the injection that its third version drops; the pin is below 3.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
async def client(
    city: Database, city_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsyncTestClient]:  # type: ignore[type-arg]
    """The whole house on this test's city."""
    monkeypatch.setenv("DATABASE_URL", city_dsn)
    reload()
    for pace in (checking._by_address, checking._by_code):
        pace._asked.clear()
    async with AsyncTestClient(create_app(), base_url="http://testserver.local") as running:
        yield running
    monkeypatch.undo()
    reload()


async def log_in(client: AsyncTestClient, city: Database, actor: Actor) -> None:  # type: ignore[type-arg]
    cookie, part = opening_session(actor, now=clock.now())
    await write(city, Part("SELECT 1 AS opened"), part)
    client.cookies.set("tongban_session", cookie)


def fields(page: Response) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    form = page.text[page.text.index('<main id="main"') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


async def test_the_applicant_downloads_her_papers_from_her_cases_page(
    client: AsyncTestClient,
    city: Database,
    owner: Resident,
    other: Resident,  # type: ignore[type-arg]
) -> None:
    case_id = await make.submitted(city, owner)
    await log_in(client, city, owner.actor)
    page = await client.get(f"/my/cases/{case_id}")
    href, second = re.findall(rf'href="(/my/cases/{case_id}/papers/[^"]+)"', page.text)
    assert "到现场 0 次" in page.text
    answer = await client.get(href.replace("&amp;", "&"))
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert re.fullmatch(
        r"inline; filename=\"\d{19}-\d\d\.pdf\"; filename\*=UTF-8''%E6%94%B6\S+\.pdf",
        answer.headers["content-disposition"],
    )
    assert "收件凭证" in text_of(answer.content)
    assert "英文参考译文" in page.text and 'hreflang="en">Receipt of Application</a>' in page.text
    translated = text_of((await client.get(second.replace("&amp;", "&"))).content)
    assert "Translationforreference,withoutanelectronicseal" in translated.replace(" ", "")
    assert "ScantocheckthispaperandtheprogressThe" in translated.replace(" ", "") and "收件凭证" in translated
    for name in ("acceptance.pdf", "receipt", "receipt.html", "../x.pdf"):
        assert (await client.get(f"/my/cases/{case_id}/papers/{name}")).status_code == 404
    await log_in(client, city, other.actor)
    assert (await client.get(href)).status_code == 404


async def test_the_officer_opens_them_from_the_desk_and_after_the_end_from_the_stated_ground(
    client: AsyncTestClient,
    city: Database,
    owner: Resident,
    officer: Actor,  # type: ignore[type-arg]
) -> None:
    case_id = await make.submitted(city, owner)
    await log_in(client, city, officer)
    at = f"/desk/{owner.actor.id}/{case_id}"
    page = await client.get(at)
    (href,) = re.findall(rf'href="({at}/papers/receipt\.pdf[^"]+)"', page.text)
    assert (await client.get(href.replace("&amp;", "&"))).status_code == 200
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    assert (await client.get(f"{at}/papers/not-accepted.pdf")).status_code == 404
    again = await client.get(at)
    opened = await client.post(at, data={**fields(again), "ground": "complaint"})
    (href,) = re.findall(rf'href="({at}/papers/not-accepted\.pdf[^"]+)"', opened.text)
    answer = await client.get(href.replace("&amp;", "&"))
    assert answer.status_code == 200 and "不予受理通知书" in text_of(answer.content)
    assert await audit.reads_without_purpose(city, now=clock.now()) == 0


async def test_whoever_holds_a_paper_checks_it_without_log_in(
    client: AsyncTestClient,
    city: Database,
    owner: Resident,  # type: ignore[type-arg]
) -> None:
    case_id = await make.submitted(city, owner)
    code, step = (
        (await make.row(city, case_id))["short_code"],
        (await make.steps(city, case_id))[0]["version"],
    )
    page = await client.get(f"/check/{code}?paper={step}")
    form = fields(page)
    assert page.status_code == 200 and form["paper"] == str(step) and f'value="{code}"' in page.text
    right = {**form, "code": code, "last_four": owner.number[-4:]}
    answer = await client.post("/check", data=right)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert "《收件凭证》确由承办机关于" in answer.text and "居住证申领" in answer.text
    for secret in (owner.name, owner.number, owner.phone, cast.PASSWORD):
        assert secret not in answer.text
    forged = await client.post("/check", data={**right, "paper": "99"})
    assert "没有出具过这个编号的文书" in forged.text
    number = f"{code}-{step:02d}"
    printed = await client.post("/check", data={**right, "code": number, "paper": ""})
    assert f"编号 {number} 的《收件凭证》确由" in printed.text and "收件凭证（您核对的这份）" in printed.text
    other = await client.post("/check", data={**right, "code": f"{code}-98", "paper": ""})
    assert "没有出具过这个编号的文书" in other.text and "您核对的这份" not in other.text
    plain = await client.post("/check", data={**right, "paper": ""})
    assert plain.status_code == 200 and "收件凭证" in plain.text and "确由" not in plain.text


async def test_wrong_digits_and_an_unknown_code_get_the_same_page(
    client: AsyncTestClient,
    city: Database,
    owner: Resident,  # type: ignore[type-arg]
) -> None:
    case_id = await make.submitted(city, owner)
    code = (await make.row(city, case_id))["short_code"]
    form = fields(await client.get("/check"))
    nobodys = "3101172611260000018"
    pages = [
        await client.post("/check", data={**form, "code": asked, "last_four": "000X"})
        for asked in (code, nobodys)
    ]
    assert [page.status_code for page in pages] == [422, 422]
    plain = [re.sub(r"[0-9a-f]{16,}|\b\d{19}\b|value=\"[^\"]{20,}\"", "*", page.text) for page in pages]
    assert plain[0] == plain[1] and "对不上" in plain[0]
    typed = await client.post("/check", data={**form, "code": "<b>12", "last_four": "1"})
    assert typed.status_code == 422 and "&lt;b&gt;12" in typed.text and "末位是校验位" in typed.text


async def test_one_code_and_one_address_are_asked_about_only_so_often(
    client: AsyncTestClient,
    city: Database,
    owner: Resident,  # type: ignore[type-arg]
) -> None:
    case_id = await make.submitted(city, owner)
    code = (await make.row(city, case_id))["short_code"]
    form = fields(await client.get("/check"))

    async def ask(code: str, four: str) -> Response:
        return await client.post("/check", data={**form, "code": code, "last_four": four})

    tries = [await ask(f" {code[:10]} {code[10:]}", f"{number:03d}X") for number in range(10)]
    assert {one.status_code for one in tries} == {422}
    held = await ask(code, owner.number[-4:])
    assert held.status_code == 429 and int(held.headers["retry-after"]) <= 600 and code in held.text
    assert "查询过于频繁" in held.text
    checking._by_code._asked.clear()
    more = [(await ask(f"{number:019d}", "0000")).status_code for number in range(12)]
    assert 429 in more, "twenty questions a minute from one address, whatever the codes"


async def test_a_visit_is_recorded_on_its_own_page(
    client: AsyncTestClient,
    city: Database,
    owner: Resident,
    officer: Actor,  # type: ignore[type-arg]
) -> None:
    case_id = await make.submitted(city, owner)
    await log_in(client, city, officer)
    at = f"/desk/{owner.actor.id}/{case_id}"
    assert f'href="{at}/visit"' in (await client.get(at)).text
    page = await client.get(f"{at}/visit")
    place = (await make.item(city)).places[0].name.zh
    assert place in page.text and "已登记 0 次" in page.text
    form = fields(page)
    wrong = await client.post(f"{at}/visit", data={**form, "note": "来核对原件"})
    assert wrong.status_code == 422 and "请选择到现场的地点。" in wrong.text and "来核对原件" in wrong.text
    for _ in range(2):  # a double click is one visit
        answer = await client.post(
            f"{at}/visit", data={**form, "why": "originals", "place": "0"}, follow_redirects=True
        )
        assert answer.status_code == 200 and "已登记到现场" in answer.text
    assert "到现场 1 次" in answer.text
    await log_in(client, city, owner.actor)
    mine = await client.get(f"/my/cases/{case_id}")
    assert "到现场 1 次" in mine.text and f"核对原件，{place}" in mine.text


async def test_whom_to_ask_instead_stands_on_the_paper_and_is_not_lost_when_the_reason_is_too_short(
    client: AsyncTestClient,
    city: Database,
    owner: Resident,
    officer: Actor,  # type: ignore[type-arg]
) -> None:
    case_id = await make.submitted(city, owner)
    await log_in(client, city, officer)
    at = f"/desk/{owner.actor.id}/{case_id}"
    form = fields(await client.get(at))
    refused = await client.post(f"{at}/decline", data={**form, "reason": "不", "authority": "示范市教育局"})
    assert refused.status_code == 422 and 'value="示范市教育局"' in refused.text
    long = await client.post(f"{at}/decline", data={**form, "reason": make.REASON, "authority": "局" * 201})
    assert long.status_code == 422 and "最多 200 个字" in long.text
    await client.post(f"{at}/decline", data={**form, "reason": make.REASON, "authority": " 示范市\n教育局 "})
    paper = await cases.my_paper(
        city, owner.actor, case_id=UUID(str(case_id)), kind="not-accepted", step=None, now=clock.now()
    )
    assert "示范市 教育局" in repr(paper.blocks)
