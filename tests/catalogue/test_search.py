"""Search: by characters, pinyin, initials, English and what people call it; honest when there is nothing."""

from __future__ import annotations

import pytest

from tests.catalogue.conftest import published_as_told_only
from tongban import catalogue
from tongban.catalogue.model import terms_of_query
from tongban.kit.db import Database


async def codes(db: Database, words: str, language: str = "zh") -> list[str]:
    return [hit.code for hit in await catalogue.search(db, words, language)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words",
    [
        "居住证申领",
        "申领居住证",
        "暂住证",
        "居留证",
        "jzzsl",
        "zanzhuzheng",
        "residence card",
        "residence permit application",
        "居住证",
        "residence permit",
        "\uff32\uff45\uff53idence permit",
    ],
)
async def test_the_permit_is_found_first(library: Database, words: str) -> None:
    assert (await codes(library, words))[:1] == ["residence_permit"]


@pytest.mark.parametrize(
    "words",
    [
        "我想办居住证",
        "居住证怎么办理？",
        "怎么申请居住证",
        "juzhuzheng",
        "ju zhu zheng",
        "JuZhuZheng",
        "jzz",
        "Residence Permits",
        "how do I apply for a residence permit?",
    ],
)
async def test_what_several_items_are_called_brings_them_all_to_the_top(
    library: Database, words: str
) -> None:
    found = await codes(library, words)
    assert set(found[:3]) == {"residence_permit", "residence_permit_endorsement", "residence_permit_points"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("签注", "residence_permit_endorsement"),
        ("居住证续签", "residence_permit_endorsement"),
        ("qianzhu", "residence_permit_endorsement"),
        ("renew residence permit", "residence_permit_endorsement"),
        ("积分", "residence_permit_points"),
        ("jf", "residence_permit_points"),
        ("居住登记", "residence_registration"),
        ("jzdj", "residence_registration"),
        ("register address", "residence_registration"),
    ],
)
async def test_neighbours_are_found_by_their_own_words(library: Database, words: str, code: str) -> None:
    assert (await codes(library, words))[0] == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("给孩子报名上学", "school_enrolment"),
        ("孩子上学", "school_enrolment"),
        ("孩子上小学怎么报名", "school_enrolment"),
        ("开个小饭店", "food_business"),
        ("我想开个小饭店", "food_business"),
        ("想开早餐店要办什么", "food_business"),
        ("工资卡", "social_card"),
        ("给孩子上户口", "birth_registration"),
        ("把户口迁过来", "household_move"),
        ("身份证过期了怎么办", "id_card"),
        ("驾照丢了", "driving_licence_reissue"),
        ("驾照到期了", "driving_licence_renewal"),
        ("没工作了", "unemployment_benefit"),
        ("老板不发工资", "legal_aid"),
        ("拖欠工资怎么办", "legal_aid"),
        ("看病的钱报销", "medical_reimbursement"),
        ("我想开个公司", "enterprise_setup"),
        ("租房取公积金", "housing_fund_withdrawal"),
        ("爸妈退休怎么领养老金", "pension"),
        ("买二手房过户", "property_transfer"),
        ("离婚怎么办", "divorce"),
        ("生孩子的钱怎么领", "maternity_benefit"),
        ("老人补助", "elderly_allowance"),
    ],
)
async def test_an_everyday_sentence_finds_what_is_meant(library: Database, words: str, code: str) -> None:
    """As people say it, who do not know what the office calls it."""
    assert (await codes(library, words))[:1] == [code]


@pytest.mark.parametrize("words", ["社会保险", "shehuibaoxian", "连续就读"])
async def test_words_of_the_guide_find_it_too(library: Database, words: str) -> None:
    assert "residence_permit" in await codes(library, words)


@pytest.mark.parametrize("words", ["qqq", "飞行执照", "🙂", "'; DROP TABLE", "%"])
async def test_what_is_not_there_is_not_found(library: Database, words: str) -> None:
    assert await codes(library, words) == []


@pytest.mark.parametrize("words", ["", "   ", "。，！", "🙂"])
async def test_nothing_to_look_for_costs_no_statement(library: Database, words: str) -> None:
    before = library.count
    assert await catalogue.search(library, words, "zh") == []
    assert library.count == before


async def test_a_search_is_one_statement_and_best_first(library: Database) -> None:
    await catalogue.listing(library)
    before = library.count
    hits = await catalogue.search(library, "居住证", "zh")
    assert library.count - before == 1
    assert len(hits) >= 3
    assert hits == sorted(hits, key=lambda hit: -hit.score)
    assert 0 < hits[0].score <= 4
    assert {hit.code: hit.card.zero_material for hit in hits}["residence_permit"]


async def test_what_can_be_done_online_comes_first_among_equals(city: Database) -> None:
    before = await codes(city, "居住登记")
    await published_as_told_only(city)
    hits = await catalogue.search(city, "居住登记", "zh")
    assert before[0] == "residence_registration" and not hits[0].online
    equals = [hit for hit in await catalogue.search(city, "登记", "zh") if hit.score == 4.0]
    assert len(equals) > 10 and equals[-1].code == "residence_registration"


async def test_the_terms_index_is_used(city: Database) -> None:
    await city.run(
        """INSERT INTO catalogue.search_entry (code, named, called, terms, pinyin, online, card)
        SELECT 'x' || n, '{}', '{}', ARRAY['词' || n, '语' || n % 7], 'x', false, '{}'
        FROM generate_series(1, 20000) n"""
    )
    await city.run("ANALYZE catalogue.search_entry")
    plan = await city.rows(
        "EXPLAIN SELECT code FROM catalogue.search_entry e WHERE e.terms && ($1::text[] || $2::text)",
        ["居住"],
        "",
    )
    assert any("search_entry_terms" in row[0] for row in plan)


def test_a_query_is_cut_without_a_dictionary() -> None:
    assert terms_of_query("居住证").terms == ("居住", "住证")
    assert terms_of_query("证").terms == ("证",)
    assert terms_of_query("怎么办").terms == ("怎么", "么办"), (
        "words without an affair are looked for all the same"
    )
    assert terms_of_query("ju zhu zheng").joined == "juzhuzheng"
    assert terms_of_query("居住 permit").joined == ""
    assert len(terms_of_query("居住" * 1000).terms) == 2


@pytest.mark.parametrize(
    ("words", "language"),
    [("咖啡店", "zh"), ("开咖啡馆", "zh"), ("咖啡", "zh"), ("café", "en"), ("coffee shop", "en")],
)
async def test_a_cafe_finds_the_food_licence_first(city: Database, words: str, language: str) -> None:
    assert (await catalogue.search(city, words, language))[0].code == "food_business"  # type: ignore[arg-type]
