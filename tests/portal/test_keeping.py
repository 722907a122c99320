"""Retention as data: what is over goes, what is not stays, the ledger has the counts, the doctor what is overdue."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests import make
from tests.cases.web import Client
from tests.cast import Resident
from tests.conftest import CITY
from tests.identity.pages import words
from tests.portal.filled import MARK, fill, left_of
from tongban import cases, identity, rooms
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.portal.actions import keeping
from tongban.portal.files import KeepingWrong


async def test_each_rule_drops_what_is_over_and_nothing_else(city: Database, owner: Resident) -> None:
    now = clock.now()
    assert owner.actor.id is not None
    await write(
        city,
        Part("SELECT 1 AS one"),
        identity.giving_consent(subject=owner.actor.id, purpose="enrolment", now=now),
    )
    await identity.withdraw_consent(city, owner.actor, purpose="enrolment", now=now)
    dropped = await make.draft(city, owner)
    await cases.discard(city, owner.actor, case_id=dropped, now=now)
    kept = await make.draft(city, owner)
    assert await keeping.keep(city, now=now) == {}
    later = now + timedelta(days=30, hours=3)
    due = {"discarded": 1, "drafts": 1}
    assert due.items() <= (await keeping.overdue(city, now=later)).items()
    gone = await keeping.keep(city, now=later)
    assert due.items() <= gone.items()
    assert await keeping.overdue(city, now=later) == {}
    assert await make.state(city, kept) == "discarded"
    assert "consents" not in gone
    assert (await keeping.keep(city, now=now + timedelta(days=1096)))["consents"] == 1
    rows = await city.sibling().rows(
        "SELECT detail FROM audit.ledger WHERE action = 'portal.keep' ORDER BY at"
    )
    assert due.items() <= rows[0]["detail"].items()


ENDING = [
    *("identity.power", "identity.power_held", "identity.power_waiting", "identity.child_claim"),
    *("identity.level_check", "identity.name_history", "identity.window_recovery", "identity.paper_dispute"),
]


async def test_what_ended_goes_by_its_own_rule_and_what_stands_stays(city: Database, owner: Resident) -> None:
    db, now, who = city.sibling(), clock.now(), owner.actor.id
    assert who is not None
    await db.run("DELETE FROM identity.level_check")  # her own, from her enrolment
    ids = await fill(db, who, ENDING)
    await db.run("UPDATE identity.paper_dispute SET state = 'two'")
    await db.run("UPDATE identity.power SET state = 'standing', kind = 'guardian'")
    assert await keeping.keep(city, now=now) == {"recoveries": 1}
    await db.run("UPDATE identity.power SET state = 'revoked', ended_at = $1", now)
    await db.run(
        "UPDATE identity.level_check SET ended_at = $1, ended_why = 'expired' WHERE until = $2", now, MARK
    )
    await db.run("UPDATE identity.paper_dispute SET state = 'same'")
    assert await keeping.keep(city, now=now + timedelta(days=1094)) == {"disputes": 1}
    over = now + timedelta(days=1096)
    assert await keeping.overdue(city, now=over) == {"powers": 1, "children": 1, "levels": 1}
    assert await keeping.keep(city, now=over) == {"powers": 1, "children": 1, "levels": 1}
    assert await left_of(db, who, ENDING, ids) == {"identity.name_history"}
    assert await keeping.keep(city, now=MARK + timedelta(days=7301)) == {"former_names": 1}


def test_a_city_with_a_period_that_nobody_carries_out_is_refused(tmp_path: Path) -> None:
    text = (CITY / "keeping.yaml").read_text()
    for wrong, named in (
        (text.replace("code: account\n", "code: account\n    junk: 1\n", 1), "junk"),
        (text.replace("days: null", "days: 9", 1), "account"),
        (text.replace("code: drafts", "code: draughts", 1), "draughts"),
        (text.replace("days: 1095", "days: -1", 1), "negative"),
    ):
        folder = tmp_path / named
        folder.mkdir()
        (folder / "keeping.yaml").write_text(wrong)
        with pytest.raises(KeepingWrong, match=named):
            keeping.check_keeping(folder, rooms.KEEPERS)
    keeping.check_keeping(CITY, rooms.KEEPERS)


async def test_the_table_is_told_to_everybody(web: Client) -> None:
    shown = await web.get("/keeping")
    assert shown.status_code == 200
    for told in ("没有提交的草稿", "民法典第一百八十八条", "由本市确定"):
        assert told in words(shown), told  # type: ignore[arg-type]
