"""Guide and search over HTTP: computed from the data, complete in both languages, no dead buttons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import msgspec
import pytest
from jinja2.meta import find_undeclared_variables
from litestar.testing import AsyncTestClient

from tests.applications import Room
from tests.catalogue.conftest import CODES, NOW, draft, published_as_told_only
from tests.conftest import CITY
from tongban import catalogue, regions
from tongban.catalogue import api, pages
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import SYSTEM, Policy
from tongban.kit.rules import TableOutcome, replayed
from tongban.kit.web import public
from tongban.kit.web.templating import PageEnvironment

# Litestar 2 warns of the injection that its third version drops; the pin is below 3.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


APPLICATION = Room(
    [*pages.routes, *api.routes], Policy([*public.POLICY.rules, *catalogue.POLICY.rules]), "catalogue"
)


@pytest.fixture
async def client(city: Database, city_dsn: str) -> AsyncIterator[AsyncTestClient]:
    """The room's own routes on the web floor."""
    await clock.load_city(city, CITY, now=clock.now())
    async with APPLICATION.on(city_dsn) as running:
        yield running


GUIDED = "/api/v1/guided/moving_in?answers=hukou:elsewhere"


async def text_of(client: AsyncTestClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_guide_tells_what_the_data_say(client: AsyncTestClient) -> None:
    text = await text_of(client, "/items/residence_permit")
    for words in (
        "居住证申领",
        "全程网办",
        "零材料",
        "最多跑 0 次",
        "法定 15 个工作日",
        "承诺 15 个工作日",
        "免费",
        "全市通办",
    ):
        assert words in text
    assert 'href="/apply/residence_permit"' in text
    assert text.count("免提交</span>") >= 6
    assert "国务院令第 663 号" in text
    assert "演示城市参照，不作为法律依据" in text
    for anchor in re.findall(r'href="#([a-z]+)"', text):
        assert f'id="{anchor}"' in text, f"the tab #{anchor} leads nowhere"


async def test_the_expected_end_counts_working_days(client: AsyncTestClient) -> None:
    text = await text_of(client, "/items/residence_permit")
    calendar = await clock.current_calendar(client.app.state.db)
    end = calendar.add_working_days(calendar.received_day(clock.now()), 15)
    assert f"最晚 {end} 办结" in text


async def test_special_procedures_are_counted_in_and_said_apart(client: AsyncTestClient) -> None:
    text = await text_of(client, "/items/divorce")
    calendar = await clock.current_calendar(client.app.state.db)
    # 民法典 art. 203: thirty days that would end on a holiday end on the next working day.
    over = calendar.add_working_days(calendar.received_day(clock.now()) + timedelta(days=30), 0)
    assert f"连同特别程序，预计 {calendar.add_working_days(over, 1)} 办结" in text
    assert "离婚冷静期（30 日）不计入" in text
    assert "今天申请并受理，最晚" not in text
    assert "现场核查（5 个工作日）不计入" in await text_of(client, "/items/tobacco_retail")


async def test_fees_follow_the_situation(client: AsyncTestClient) -> None:
    text = await text_of(client, "/items/id_card")
    assert "¥20.00" in text and "¥40.00" in text and "按情形收取" in text
    text = await text_of(client, "/items/id_card?reissue_reason=lost")
    assert "¥20.00" not in text and "¥40.00" in text and "按情形收取" not in text
    text = await text_of(client, "/items/social_card?card_kind=first")
    assert "您选的情形不收费。" in text
    text = await text_of(client, "/items/hk_macao_pass?pass_kind=first&endorsement_times=twice")
    assert "合计" in text and "¥90.00" in text
    assert "合计" not in await text_of(client, "/items/hk_macao_pass?pass_kind=first")


async def test_a_guide_only_item_says_so_and_has_no_button(client: AsyncTestClient, city: Database) -> None:
    await published_as_told_only(city)
    text = await text_of(client, "/items/residence_registration")
    assert "暂未接入网上办理" in text
    assert "/apply/" not in text
    assert "到哪里办" in text
    assert "零材料" not in text


async def test_an_unknown_item_is_not_found_and_says_what_to_do(client: AsyncTestClient) -> None:
    answer = await client.get("/items/flying_licence")
    assert answer.status_code == 404
    assert "请搜索事项名称" in answer.text


async def test_what_a_guide_keeps_is_kept_by_language_and_answers(client: AsyncTestClient) -> None:
    """How it can fail (tried): the answers, or the language, left out of what a kept part is found by."""
    path = "/items/driving_licence_renewal"
    assert "身体条件证明" not in await text_of(client, f"{path}?over_seventy=no")
    assert "身体条件证明" in await text_of(client, f"{path}?over_seventy=yes")
    client.cookies.set("tongban_language", "en")
    text = await text_of(client, f"{path}?over_seventy=yes")
    assert "Medical report" in text
    assert "材料清单" not in text


def test_what_is_kept_of_a_guide_reads_nothing_of_the_visit() -> None:
    """How it can fail (tried): the reader's name, or the day, asked for in the part that is kept for everybody."""
    room = Path(catalogue.__file__).parent / "templates"
    source = (room / "catalogue/guide_told.html").read_text()
    parsed = PageEnvironment(loader=None).parse(source)
    own = {"_", "ngettext", "fees", "bring"}  # the last two are set within a block
    assert find_undeclared_variables(parsed) - own == {"item", "answers", "due", "materials", "themes"}


async def test_guides_and_search_cost_no_growing_statements(client: AsyncTestClient) -> None:
    db: Database = client.app.state.db
    counts = {}
    whole = ("/search", "/search?district=city&mode=app", "/catalogue/figures", "/catalogue/coverage", GUIDED)
    for path in ("/items/residence_permit", "/search?q=居住证", *whole):
        await client.get(path)
        before = db.count
        await client.get(path)
        counts[path] = db.count - before
    assert counts == {"/items/residence_permit": 0, "/search?q=居住证": 1, **dict.fromkeys(whole, 0)}


async def test_guided_questions_are_answered_as_json(client: AsyncTestClient, city: Database) -> None:
    """One question after another, then a result that is answered again from its own trace by the table of its hash.

    How it can fail (tried): with the rows of the trace left out, nothing can be answered again.
    """
    said: dict[str, str] = {}
    answers = {"hukou": "elsewhere", "permit": "no", "registered": "no", "home": "leased", "insurance": "no"}
    while (stands := (await client.get(GUIDED.partition("?")[0], params={"answers": _said(said)})).json())[
        "next"
    ]:
        question = stands["next"]
        assert question["why"]["zh"] and len(question["options"]) > 1 and stands["result"] is None
        said[question["key"]] = answers[question["key"]]
    assert stands["answers"] == said == answers
    found = stands["result"]
    assert [one["code"] for one in found["items"]] == ["residence_registration", "lease_filing"]
    assert found["items"][0]["situation"] == {"home_kind": "leased"} and found["items"][0]["bring"]
    table = await catalogue.rules_kept(city, stands["table"])
    assert table is not None
    kept = msgspec.convert(
        {"table": stands["table"], "today": clock.city_day(clock.now()), "rows": found["trace"]}, TableOutcome
    )
    assert len(kept.rows) == len(table.rows) and replayed(table, kept) == kept
    for wrong in ("home:castle", "moat:deep", "home"):
        refused = await client.get(GUIDED.partition("?")[0], params={"answers": wrong})
        assert refused.status_code == 422 and wrong in refused.text
    assert (await client.get("/api/v1/guided/nowhere")).status_code == 404


def _said(answers: dict[str, str]) -> str:
    return ",".join(f"{key}:{value}" for key, value in answers.items())


async def test_search_shows_hits_as_links_with_chips(client: AsyncTestClient) -> None:
    text = await text_of(client, "/search?q=居住证")
    assert text.index('href="/items/residence_permit"') < text.index('href="/items/residence_registration"')
    assert re.search(r"找到 \d+ 个事项", text)
    assert "全程网办" in text
    assert 'value="居住证"' in text


async def test_nothing_found_says_what_to_try(client: AsyncTestClient) -> None:
    assert "没有找到“飞行执照”" in await text_of(client, "/search?q=飞行执照")


async def test_without_words_everything_is_listed_page_by_page(client: AsyncTestClient) -> None:
    seen: list[str] = []
    path: str | None = "/search"
    while path:
        text = await text_of(client, path)
        assert "没有找到" not in text
        seen += re.findall(r'href="/items/([a-z_]+)"', text)
        more = re.search(r'href="(/search\?[^"]*after=[^"]+)"', text)
        path = unescape(more[1]) if more else None
    assert sorted(seen) == list(CODES)


async def test_what_is_typed_is_shown_as_text(client: AsyncTestClient) -> None:
    text = await text_of(client, '/search?q="><script>alert(1)</script>')
    assert "<script>alert" not in text


def _hrefs(text: str, start: str) -> list[str]:
    return [unescape(href) for href in re.findall(rf'href="({re.escape(start)}[^"]*)"', text)]


def _found(text: str) -> int:
    told = re.search(r"找到 (\d+) 个事项", text)
    if told is None:
        assert "没有符合这些条件的事项" in text
        return 0
    return int(told[1])


async def test_each_count_leads_to_as_many_items(client: AsyncTestClient, city: Database) -> None:
    """How it can fail (tried): the number counts what the filter does not know; the filter of a district takes the
    organ of the city; a link takes the other filters away; a list of the law is not looked at."""
    await regions.load(city, CITY)
    office = next(one for one in await regions.departments(city) if one.district == "310104")
    item = draft("complaint")
    task = f"{office.uscc}4{item.catalog_code}"
    moved = msgspec.structs.replace(item, level="4", task_code=task, handle_code=f"{task}01")
    await catalogue.publish(city, SYSTEM, draft=moved, area_code="021", now=NOW)
    text = await text_of(client, "/catalogue/figures")
    rows = re.findall(r'class="strong" href="(/search[^"]*)">(\d+)<', text)
    assert len(rows) == 16 and sum(int(number) > 0 for _, number in rows) > 8
    for href, number in rows:
        assert _found(await text_of(client, unescape(href))) == int(number), href
    assert "2035" in text and "不一致" in text, (
        "the figures of the release stand beside those of this small city"
    )

    one = await text_of(client, "/search?district=310104&kind=nonsense")
    assert _found(one) == 1 and 'href="/items/complaint"' in one
    path = "/search?mode=whole_online&district=city&kind=01"
    both = await text_of(client, path)
    assert 0 < _found(both) < _found(await text_of(client, "/search?mode=whole_online"))
    removing = re.search(r'aria-label="已选的筛选">(.*?)</nav>', both)
    assert removing is not None
    assert _hrefs(removing[1], "/search") == [
        "/search?district=city&kind=01",
        "/search?mode=whole_online&kind=01",
        "/search?mode=whole_online&district=city",
        "/search",
    ]

    parts = ["/search?mode=police.exit_entry", "/search?mode=police.population"]
    assert not {*parts} & {*_hrefs(await text_of(client, "/search"), "/search")}
    assert {*parts} & {*_hrefs(await text_of(client, "/search?mode=police"), "/search")}, (
        "parts beside the whole"
    )

    cover = await text_of(client, "/catalogue/coverage")
    assert "条行政许可没有接入" in cover and "示范市公安局" in cover
    assert set(_hrefs(cover, "#gaps-")) == {f"#{name}" for name in re.findall(r'id="(gaps-[^"]+)"', cover)}
    assert "往来台湾通行证登记" in cover and "普通护照签发" not in cover
