"""The outcomes of a reconsideration as a closed table, and which templates are offered for it."""

from __future__ import annotations

from datetime import UTC, datetime

from tests import make
from tongban import catalogue
from tongban.cases.actions import templates_for
from tongban.cases.actions.afterwards.differing import barred_by
from tongban.cases.model import CaseEvent, Move, State
from tongban.cases.model.rulings import RULINGS, Ruling, open_for
from tongban.kit.db import Database
from tongban.kit.policy import Duty, Role


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


def test_a_reason_that_was_revoked_once_stays_barred_after_another_was() -> None:
    def revoked(version: int, reason: str, ruling: Ruling) -> CaseEvent:
        return CaseEvent(
            version=version,
            move=Move.RECTIFY,
            from_state="refused",
            to_state="accepted",
            actor_role=Role.SYSTEM,
            actor_name="",
            at=datetime(2026, 11, 23, tzinfo=UTC),
            detail={
                "overturned": f"{version}",
                "ruling": ruling,
                "was": {"state": "refused", "reason": reason},
            },
        )

    steps = [
        revoked(5, "不满六个月。", Ruling.REVOKE_ANEW),
        revoked(9, "地址不实。", Ruling.REVOKE_ANEW),
        revoked(12, "材料不全。", Ruling.REVOKE_PROCEDURE),
    ]
    assert barred_by(steps, State.REFUSED, "不满六个月") == "5"
    assert barred_by(steps, State.REFUSED, "地址不实") == "9"
    assert barred_by(steps, State.REFUSED, "材料不全") is None, "revoked for the procedure alone"
    assert barred_by(steps, State.TERMINATED, "地址不实") is None, "another decision"
