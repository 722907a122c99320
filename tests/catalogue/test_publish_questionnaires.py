"""Questionnaires are published in versions on rule tables that are kept, so that old decisions are answered again."""

from __future__ import annotations

import msgspec
import pytest

from tests.catalogue.conftest import NOW
from tests.conftest import CITY
from tongban import catalogue
from tongban.catalogue.actions.guiding import questionnaires_of
from tongban.kit.clock import city_day
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import SYSTEM
from tongban.kit.rules import BadRules, Fact, TableOutcome, replayed

TODAY = city_day(NOW)
REGISTER = Text("人口库", "Population register")


async def test_an_old_decision_is_answered_again_after_its_table_has_changed(city: Database) -> None:
    """How it can fail: leave ``as_of`` out of ``TableOutcome.facts``, or keep a table under its key alone."""
    drafts = questionnaires_of(CITY)
    assert [one.key for one in await catalogue.questionnaires(city)] == [one.key for one in drafts]
    guided = await catalogue.questionnaire_named(city, "moving_in")
    told = {
        "population.is_local_hukou": Fact(False, REGISTER, NOW),
        "licence.residence_permit": Fact(True, REGISTER),
    }
    facts = catalogue.with_answers(guided, {"points": "yes", "insurance": "no", "permit": "no"}, told)
    assert facts["answer.hukou"] == Fact("elsewhere", REGISTER, NOW)
    assert facts["answer.permit"] == Fact("yes", REGISTER), "a licence that stands is not talked away"
    assert catalogue.next_question(guided, facts, today=TODAY) is None
    guidance = catalogue.result(guided, facts, today=TODAY)
    assert [one.item for one in guidance.items] == ["residence_permit_endorsement", "residence_permit_points"]
    kept = msgspec.json.encode(guidance.outcome)

    rows = tuple(row for row in guided.rows if row.key != "points")
    changed = msgspec.structs.replace(
        guided, number=0, rows=rows, questions=guided.questions[:4] + guided.questions[5:]
    )
    await catalogue.publish_questionnaires(city, SYSTEM, drafts=[changed], now=NOW)
    await catalogue.publish_questionnaires(city, SYSTEM, drafts=[changed], now=NOW)
    after = await catalogue.questionnaire_named(city, "moving_in")
    assert (guided.number, after.number) == (1, 2), "the same content again is no new version"
    assert after.table.hash != guided.table.hash

    old = msgspec.json.decode(kept, type=TableOutcome)
    table = await catalogue.rules_kept(city, old.table)
    assert table == guided.table
    assert replayed(table, old) == old == guidance.outcome
    with pytest.raises(BadRules, match=old.table):
        replayed(after.table, old)
    assert await catalogue.rules_kept(city, "0" * 64) is None
    with pytest.raises(catalogue.NoSuchQuestionnaire):
        await catalogue.questionnaire_named(city, "nothing")


async def test_a_questionnaire_with_a_dead_end_is_refused_with_the_way_to_it(city: Database) -> None:
    """How it can fail: publish without looking at the findings."""
    home = await catalogue.questionnaire_named(city, "home")
    rows = tuple(row for row in home.rows if row.key != "developer")
    with pytest.raises(catalogue.PublishingRefused) as refused:
        await catalogue.publish_questionnaires(
            city, SYSTEM, drafts=[msgspec.structs.replace(home, number=0, rows=rows)], now=NOW
        )
    [finding] = refused.value.findings
    assert finding.rule == "GUIDE-4"
    assert "买什么房？新建商品房" in finding.message.zh
    assert "How do you pay? In full" in finding.message.en
    assert (await catalogue.questionnaire_named(city, "home")).number == 1
