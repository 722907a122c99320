"""The outcomes of a reconsideration as a closed table, and which templates are offered for it."""

from __future__ import annotations

from tests import make
from tongban import catalogue
from tongban.cases.actions import templates_for
from tongban.cases.model.rulings import RULINGS, Ruling, open_for
from tongban.kit.db import Database
from tongban.kit.policy import Duty


def test_each_outcome_has_its_article_and_a_duty_is_judged_only_where_one_is_claimed() -> None:
    assert set(RULINGS) == set(Ruling)
    assert {one.article.msgid[1:4] for one in RULINGS.values()} == {
        *("六十三", "六十四", "六十五", "六十六", "六十七", "六十八", "六十九")
    }
    usual = set(open_for("revoke"))
    assert set(open_for("perform")) - usual == {Ruling.PERFORM, Ruling.REJECT}
    assert set(open_for("invalid")) - usual == {Ruling.INVALID}
    assert {one for one in usual if RULINGS[one].takes_back} == {
        *(Ruling.REVOKE, Ruling.REVOKE_ANEW, Ruling.REVOKE_PROCEDURE, Ruling.REVOKE_PART, Ruling.CHANGE)
    }


async def test_of_a_reconsideration_only_its_own_templates_are_offered(city: Database) -> None:
    item = await catalogue.current(city, "reconsideration")
    head = make.officer_with("justice-310000", Duty.APPROVE)
    for use in ("refuse", "decline", "extend", "suspend"):
        offered = await templates_for(city, head, use=use, item=item)  # type: ignore[arg-type]
        assert all(one.key.startswith("reconsider") for one in offered), use
