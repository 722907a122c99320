"""An organ writes an item's next version beside the one in force: what is refused, kept, published, lost by nobody."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import msgspec
import pytest
from lxml import html

from tests.applications import visited
from tests.cases.web import log_in
from tests.catalogue.conftest import NOW
from tests.conftest import CITY
from tongban import catalogue, regions
from tongban.catalogue import SourceUnknown
from tongban.catalogue.actions import drafting
from tongban.catalogue.actions.standards import standard_elements
from tongban.catalogue.model.drafting import text_of
from tongban.catalogue.model.refusals import DraftMoved, DraftUnreadable, NotYourItem
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.forms import compile_form
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty, Role

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
ITEM = "passport"
STANDARD = standard_elements(CITY)
KEEPER = Actor(Role.OFFICER, new_id(3), "甲", department="police-310000", duties=frozenset({Duty.CATALOGUE}))
SOURCES = Actor(Role.OFFICER, new_id(4), "乙", department="data-310000", duties=frozenset({Duty.SOURCES}))


@pytest.fixture
async def town(city: Database) -> Database:
    """The city's catalogue with its organs."""
    await clock.load_city(city, CITY, now=NOW)
    await regions.load(city, CITY)
    return city


@pytest.fixture
async def web(town: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of the whole house with the keeper of the police's items in it."""
    async with visited(town) as browser:
        await log_in(browser, town, KEEPER)
        yield browser


async def keep(db: Database, actor: Actor = KEEPER, item: str = ITEM, **posted: str) -> None:
    """Save what is posted over the draft as it stands."""
    sheet = await drafting.sheet(db, actor, item=item, area_code="021")
    await drafting.keep(
        db,
        actor,
        item=item,
        revision=sheet.draft.revision,
        posted={name.replace("__", "."): value for name, value in posted.items()},
        standard=STANDARD,
        now=NOW,
    )


async def test_what_is_saved_is_published_and_old_cases_keep_theirs(town: Database) -> None:
    """How it can fail (tried): without the part that deletes it, the draft stands beside the version it became."""
    await keep(town, name__en="A passport", clock__promise_days="5", express="yes", appointment="yes")
    sheet = await drafting.sheet(town, KEEPER, item=ITEM, area_code="021")
    assert (sheet.draft.base, sheet.draft.revision, sheet.findings) == (1, 1, [])
    assert (await catalogue.current(town, ITEM)).number == 1, "a draft is no version"
    published = await drafting.publish_draft(town, KEEPER, item=ITEM, revision=1, area_code="021", now=NOW)
    assert (published.number, published.clock.promise_days, published.name.en) == (2, 5, "A passport")
    assert (await catalogue.version(town, ITEM, 1)).clock.promise_days == 7
    assert await town.value("SELECT count(*) FROM catalogue.draft") == 0
    rows = await town.rows(
        "SELECT action FROM audit.ledger WHERE reference LIKE 'passport@%' ORDER BY at, action"
    )
    assert [row["action"] for row in rows].count("catalogue.draft") == 1


async def test_only_its_own_organ_writes_an_item(town: Database) -> None:
    """Nor does she give hers to another, in the item's text either; what publishing fills in is not hers to write.

    How it can fail (tried): with the comparison of organs left out, anybody with the duty writes everything; each of
    the fields left out of what may not be changed, its change is kept.
    """
    body = (await drafting.sheet(town, KEEPER, item=ITEM, area_code="021")).draft.body
    words, other = {"zh": "市卫生健康委", "en": "Health"}, "11310000002919942X"
    given = {
        "code": "clean_record",
        "department_kind": "health",
        "department_name": words,
        "task_code": other + body["task_code"][18:],
        "number": 77,
        "published_on": "2020-01-01",
    }
    with pytest.raises(DraftUnreadable) as kept:
        await keep(town, text=text_of(body | given))
    assert set(kept.value.fields) == set(given)
    with pytest.raises(NotYourItem):
        await keep(
            town,
            SOURCES.__class__(
                Role.OFFICER, new_id(5), department="health-310000", duties=frozenset({Duty.CATALOGUE})
            ),
            name__en="Mine",
        )
    with pytest.raises(NotAllowed):
        await keep(town, msgspec.structs.replace(KEEPER, duties=frozenset()), name__en="Mine")


async def test_a_colleagues_draft_is_not_overwritten(town: Database) -> None:
    """How it can fail (tried): with the guard by revision left out, the later save wins in silence."""
    await keep(town, name__en="First")
    for revision in (0, 7):
        with pytest.raises(DraftMoved):
            await drafting.keep(
                *(town, KEEPER),
                item=ITEM,
                revision=revision,
                posted={"name.en": "Second"},
                standard={},
                now=NOW,
            )
    sheet = await drafting.sheet(town, KEEPER, item=ITEM, area_code="021")
    assert sheet.draft.body["name"]["en"] == "First"
    with pytest.raises(DraftMoved):
        await drafting.drop(town, KEEPER, item=ITEM, revision=0, now=NOW)
    await drafting.drop(town, KEEPER, item=ITEM, revision=1, now=NOW)
    await drafting.drop(town, KEEPER, item=ITEM, revision=1, now=NOW)
    assert (await drafting.sheet(town, KEEPER, item=ITEM, area_code="021")).draft.revision == 0


async def test_the_form_follows_the_materials(town: Database) -> None:
    """A material that is brought has its place; one that comes by itself, or is gone, has none."""
    before = await catalogue.current(town, ITEM)
    places = {one.code: place for place, one in enumerate(before.materials)}
    head = f"materials.{len(places)}."
    await drafting.keep(
        town,
        KEEPER,
        item=ITEM,
        revision=0,
        posted={
            f"materials.{places['photo']}.gone": "yes",
            f"{head}code": "travel_letter",
            f"{head}elements": "DE-PURPOSE",
            f"{head}name.zh": "出行说明",
            f"{head}name.en": "Reason of travel",
            f"{head}detail.zh": "写明目的地",
            f"{head}detail.en": "With the destination",
            f"{head}why.zh": "只有您有",
            f"{head}why.en": "Only you have it",
            f"{head}basis.zh": "《护照法》第五条",
            f"{head}basis.en": "Passport Law, art. 5",
            f"{head}from": "none",
            f"{head}required": "yes",
            "express": "yes",
            "appointment": "yes",
        },
        standard=STANDARD,
        now=NOW,
    )
    published = await drafting.publish_draft(town, KEEPER, item=ITEM, revision=1, area_code="021", now=NOW)
    form = compile_form(published.form)
    assert "file_photo" not in form.by_name and "file_travel_letter" in form.by_name
    assert "file_travel_letter" in published.form["required"]
    assert "file_old_passport" in form.by_name, "what was not touched stays"


async def test_a_standard_material_proves_what_the_city_says_of_it(town: Database) -> None:
    """A copy of the identity card under another name, with nothing said of what it proves, is refused by field.

    How it can fail (tried): what the standard material proves left out, the refusal names a source and no field; the
    city's elements left out of what publishing holds a draft against, an element that is none is published.
    """
    head = f"materials__{len((await catalogue.current(town, ITEM)).materials)}__"
    row = {"code": "proof_of_person", "from": "none"}
    row |= {
        f"{name}__{spoken}": "身份佐证"
        for name in ("name", "detail", "why", "basis")
        for spoken in ("zh", "en")
    }
    with pytest.raises(DraftUnreadable) as refused:
        await keep(
            town, **{f"{head}{name}": value for name, value in (row | {"material_code": "id"}).items()}
        )
    assert list(refused.value.fields) == [f"{head}material_code".replace("__", ".")]
    with pytest.raises(DraftUnreadable) as refused:
        await keep(town, **{f"{head}{name}": value for name, value in row.items()})
    assert list(refused.value.fields) == [f"{head}material_code".replace("__", ".")], "nothing to match it by"
    await keep(
        town, **{f"{head}{name}": value for name, value in (row | {"material_code": "id_card"}).items()}
    )
    sheet = await drafting.sheet(town, KEEPER, item=ITEM, area_code="021")
    assert "hukou_address" in next(one.message.zh for one in sheet.findings if one.rule == "GATE-2")
    unknown = {"material_code": "", "elements": "DE-NAME DE-NOPE", "from": "none"}
    await keep(town, **{f"{head}{name}": value for name, value in unknown.items()})
    with pytest.raises(catalogue.PublishingRefused) as stopped:
        await drafting.publish_draft(town, KEEPER, item=ITEM, revision=2, area_code="021", now=NOW)
    assert list(stopped.value.fields) == [f"{head}elements".replace("__", ".")], "what nobody describes"


async def test_who_asks_for_a_copy_of_the_identity_card_reads_why_not(
    web: httpx.AsyncClient, town: Database
) -> None:
    """The page refuses to publish, with the class, the source and its fields; the draft stays as it was saved.

    How it can fail (tried): a finding leads to its own field's name, which is no place on the page.
    """
    path = f"/desk/catalogue/{ITEM}"
    page = (await web.get(path)).text
    before = await catalogue.current(town, ITEM)
    place = next(place for place, one in enumerate(before.materials) if one.material_code == "id_card")
    posted = fields(page) | {f"materials.{place}.from": "none", f"materials.{place}.name.zh": "身份证复印件"}
    wrong = {f"materials.{place}.why.en": "", "clock.promise_days": "900"}
    saved = await web.post(path, data=posted | wrong | {"do": "keep"})
    assert saved.status_code == 303, unescape(saved.text)
    page = unescape((await web.get(path)).text)
    assert "不能发布的原因" in page and "身份证复印件" in page
    refused = await web.post(path, data=fields(page) | {"do": "publish"})
    assert refused.status_code == 422
    told = unescape(refused.text)
    places = re.findall(r'href="#([^"]+)"', told.partition('class="compare"')[0])
    assert "clock.promise_days" in places and f"materials.{place}.why.zh" in places
    assert all(f'id="{one}"' in told for one in places), places
    for words in (
        "GATE-2",
        "能通过数据共享或者网络核验取得的",
        "实有人口基本信息",
        "hukou_address",
        "GATE-3",
        "居民身份证",
    ):
        assert words in told, words
    assert (await catalogue.current(town, ITEM)).number == 1
    right = {name: posted[name] for name in wrong}
    assert (await web.post(path, data=fields(page) | right | {"do": "keep"})).status_code == 303
    await beyond_the_register(web, path, f"materials.{place}.")
    page = (await web.get(path)).text
    bad = await web.post(path, data=fields(page) | {"clock.promise_days": "soon", "do": "keep"})
    assert bad.status_code == 422 and 'value="soon"' in bad.text and "请填写 0 以上的整数" in bad.text
    assert '<option value="id_card">居民身份证</option>' in page, "codes are chosen by their names"
    assert page.count('list="codes-of-materials"') == len(before.materials) + 1
    ids = html.fromstring(page).xpath("//@id")
    assert len(ids) == len(set(ids)), "a label finds its field"
    assert 'id="data-elements"' in page and "DE-BIRTH-DATE" in page
    await told_what_is_wrong_in_the_text(web, path, page)


async def told_what_is_wrong_in_the_text(web: httpx.AsyncClient, path: str, page: str) -> None:
    """Where and what to do, in the reader's language; the parser's English is small print; the text stays as typed.

    How it can fail (tried): give the parser's sentence as the error; place faults in an empty text, without lines;
    look into the rows of materials before they are known to be rows; take the form for a form before it is one.
    """
    whole = html.fromstring(page).xpath('//textarea[@name="text"]')[0].text.lstrip("\n")
    visits = next(n for n, line in enumerate(whole.splitlines(), 1) if line.startswith("visits: "))
    last = len(whole.splitlines()) + 1
    for text, told, small in (
        ("code: [", "第 2 行第 1 个字符：这里缺少内容", "did not find expected node content"),
        ("a:\n\tb: 1", "第 2 行第 1 个字符：这个字符不能用在开头：缩进只用空格", "cannot start any token"),
        ("name: a\ufffe", "文中有看不见的字符", "#xfffe"),
        ("- 1", "应为一组“名称: 值”，现在是列表", "Expected `object`, got `array`"),
        (
            re.sub(r"(?m)^visits: .*", "visits: two", whole),
            f"第 {visits} 行“visits”：应为整数，现在是文字",
            "Expected `int`, got `str`",
        ),
        (
            f"{whole}vists: 1\n",
            f"第 {last} 行“vists”：没有“vists”这个名称，是不是“visits”？",
            "unknown field",
        ),
        (whole + "materials: [paper]\n", "“materials.0”：应为一组“名称: 值”，现在是文字", "got `str`"),
    ):
        posted = {"_csrf": fields(page)["_csrf"], "revision": "4", "text": text, "do": "keep"}
        answer = await web.post(path, data=posted)
        assert answer.status_code == 422, told
        shown = html.fromstring(answer.text)
        assert told in "".join(shown.xpath('//div[@class="errors"]//a[@href="#text"]/text()'))
        assert small in "".join(shown.xpath('//span[@lang="en"]/text()'))
        assert small not in shown.xpath('string(//div[@class="errors"])'), "nothing of it in English"
        assert shown.xpath('string(//textarea[@name="text"])').lstrip("\n") == text
    posted = {"_csrf": fields(page)["_csrf"], "revision": "4", "do": "keep"}
    kept = await web.post(path, data=posted | {"text": whole + "form: {a: 1}\n"})
    assert kept.status_code == 303, unescape(kept.text)
    assert "FORM-3" in (await web.get(path)).text, "what is no form can be kept, not published"


async def beyond_the_register(web: httpx.AsyncClient, path: str, head: str) -> None:
    """Who is beyond the register may be asked, in her situation and with the reason.

    How it can fail (tried): with ``beyond`` left out of what a row posts, the gate goes on refusing.
    """
    page = unescape((await web.get(path)).text)
    assert page.count("已修改") == 1, "what was not touched is no change"
    why = {f"{head}beyond.zh": "外省居民", f"{head}beyond.en": "People of other provinces"}
    bad = await web.post(path, data=fields(page) | why | {f"{head}elements": "DE-SEX sex", "do": "keep"})
    assert bad.status_code == 422 and 'value="DE-SEX sex"' in bad.text and "“SEX”不是数据元编码" in bad.text
    kept = fields(page) | why | {f"{head}elements": "de-sex，DE-NAME", "do": "keep"}
    assert (await web.post(path, data=kept)).status_code == 303
    page = unescape((await web.get(path)).text)
    assert "MATERIAL-6" in page and "GATE-2" not in page, "of everybody it may not be asked all the same"
    kept = fields(page) | {f"{head}only_if.kind-1": "first", f"{head}only_if.kind-3": "reissue", "do": "keep"}
    assert (await web.post(path, data=kept)).status_code == 303
    page = unescape((await web.get(path)).text)
    assert "不能发布的原因" not in page and 'value="DE-SEX DE-NAME"' in page
    posted = fields(page)
    assert (posted[f"{head}only_if.kind-1"], posted[f"{head}only_if.kind-3"]) == ("first", "reissue")
    assert f"{head}only_if.kind-2" not in posted


def fields(page: str) -> dict[str, str]:
    """What the page's form would post as it stands."""
    form = html.fromstring(page).forms
    mine = next(one for one in form if one.action and one.action.startswith("/desk/catalogue/"))
    return {name: str(value) for name, value in mine.form_values()}


async def test_the_register_is_put_up_and_down_by_its_keeper(web: httpx.AsyncClient, town: Database) -> None:
    """How it can fail (tried): show every item of an organ whatever was typed."""
    page = (await web.get("/desk/sources")).text
    assert "实有人口基本信息" in page and 'name="state"' not in page, "she may read it only"
    token = re.search(r'name="_csrf" value="([^"]+)"', (await web.get(f"/desk/catalogue/{ITEM}")).text)
    assert token is not None
    put: dict[str, Any] = {"_csrf": token[1], "source": "resource/education", "state": "down"}
    assert (await web.post("/desk/sources", data=put)).status_code == 403
    await log_in(web, town, SOURCES)
    page = (await web.get("/desk/sources")).text
    put["_csrf"] = re.search(r'name="_csrf" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert (await web.post("/desk/sources", data=put)).status_code == 303
    assert await town.value("SELECT state FROM catalogue.source WHERE code = 'education'") == "down"
    for wrong in ({"source": "resource/nobody"}, {"state": "sideways"}):
        assert (await web.post("/desk/sources", data=put | wrong)).status_code == SourceUnknown().status
    desk = unescape((await web.get("/desk/catalogue")).text)
    assert "示范市大数据中心的整改任务" in desk
    await log_in(web, town, KEEPER)
    every, one, by_name, nothing = [
        unescape((await web.get("/desk/catalogue", params={"q": words})).text).partition('id="items"')[2]
        for words in ("", ITEM.upper(), "护照", "100%_没有")
    ]
    mine = f'href="/desk/catalogue/{ITEM}"'
    assert mine in one and mine in by_name and "没有找到“100%_没有”" in nothing and mine not in nothing
    assert mine in every and one.count('href="/desk/catalogue/') < every.count('href="/desk/catalogue/')
