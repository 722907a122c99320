"""Guide and search over HTTP: computed from the data, complete in both languages, no dead buttons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from litestar.testing import AsyncTestClient

from tests.catalogue.conftest import CODES
from tests.conftest import CITY, HOME
from tongban import catalogue
from tongban.catalogue import pages
from tongban.kit import clock
from tongban.kit.db import Database, connect
from tongban.kit.policy import Policy
from tongban.kit.web import floor, plug_templates, public
from tongban.regions import city_of

# Litestar 2 warns of the injection that its third version drops; the pin is below 3.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
async def client(city: Database, city_dsn: str) -> AsyncIterator[AsyncTestClient]:
    """The room's own routes on the web floor."""
    await clock.load_city(city, CITY)
    plug_templates([HOME / "src/tongban/catalogue/templates"], city=city_of(CITY))

    async def nothing(_: Database) -> None:
        return None

    app = floor.build(
        pages.routes,
        policy=Policy([*public.POLICY.rules, *catalogue.POLICY.rules]),
        opening=lambda: connect(city_dsn, size=3),
        ready=nothing,
    )
    async with AsyncTestClient(app) as running:
        yield running


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


async def test_a_guide_only_item_says_so_and_has_no_button(client: AsyncTestClient) -> None:
    text = await text_of(client, "/items/residence_registration")
    assert "暂未接入网上办理" in text
    assert "/apply/" not in text
    assert "到哪里办" in text
    assert "零材料" not in text


async def test_an_unknown_item_is_not_found_and_says_what_to_do(client: AsyncTestClient) -> None:
    answer = await client.get("/items/flying_licence")
    assert answer.status_code == 404
    assert "请搜索事项名称" in answer.text


async def test_guides_and_search_cost_no_growing_statements(client: AsyncTestClient) -> None:
    db: Database = client.app.state.db
    counts = {}
    for path in ("/items/residence_permit", "/search?q=居住证", "/search"):
        await client.get(path)
        before = db.count
        await client.get(path)
        counts[path] = db.count - before
    assert counts == {"/items/residence_permit": 0, "/search?q=居住证": 1, "/search": 0}


async def test_search_shows_hits_as_links_with_chips(client: AsyncTestClient) -> None:
    text = await text_of(client, "/search?q=居住证")
    assert text.index("/items/residence_permit") < text.index("/items/residence_permit_endorsement")
    assert "找到 4 个事项" in text or "找到 3 个事项" in text
    assert "线下办理，暂未接入" in text
    assert 'value="居住证"' in text


async def test_nothing_found_says_what_to_try_and_shows_everything(client: AsyncTestClient) -> None:
    text = await text_of(client, "/search?q=护照")
    assert "没有找到“护照”" in text
    for code in CODES:
        assert f"/items/{code}" in text


async def test_without_words_everything_is_listed(client: AsyncTestClient) -> None:
    text = await text_of(client, "/search")
    assert "没有找到" not in text
    for code in CODES:
        assert f"/items/{code}" in text


async def test_what_is_typed_is_shown_as_text(client: AsyncTestClient) -> None:
    text = await text_of(client, '/search?q="><script>alert(1)</script>')
    assert "<script>alert" not in text


@pytest.mark.parametrize("code", CODES)
async def test_the_data_are_complete_in_english(city: Database, code: str) -> None:
    item = await catalogue.current(city, code)
    for texts in (item.materials, item.steps, item.conditions, item.faq, item.basis, item.places):
        for part in texts:
            for name in part.__struct_fields__:
                words = getattr(part, name)
                if hasattr(words, "en"):
                    assert words.en
                    assert not CHINESE.search(words.en), words.en
