"""A form whose register is silent is filled from what the applicant's account keeps; what a register said stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.identity.pages import words
from tests.sandbox.conftest import Sandbox
from tongban import cases, identity
from tongban.cases.model.facts import Heard
from tongban.cases.model.kept_residence import KEPT, from_account
from tongban.identity.store import accounts
from tongban.identity.store import residence as store
from tongban.kit import clock, forms
from tongban.kit.acting import Acting
from tongban.kit.db import Database, write
from tongban.kit.i18n import Text

THEN = datetime(2026, 5, 1, 2, tzinfo=UTC)
HOME = "示范路 88 号 1201 室"


async def keep(db: Database, who: Resident, address: str) -> None:
    assert who.actor.id is not None
    told = identity.Residence(
        who.district, "某区", "户籍路 1 号 101 室", who.district, "某区", address, date(2019, 3, 1), "valid"
    )
    await write(db.sibling(), accounts.standing(who.actor.id), store.adding(who.actor.id, told, now=THEN))


async def test_the_principals_account_fills_what_a_silent_register_should_have_told(
    city: Database, web: Client, owner: Resident, other: Resident, outside: Sandbox
) -> None:
    """How it can fail (tried): the account of who acts is asked."""
    await keep(city, owner, HOME)
    await keep(city, other, "代办人路 9 号 901 室")
    outside.http.post("/faults", json={"service": "residence", "mode": "down"}).raise_for_status()
    until = clock.now() + timedelta(days=9)
    how = Acting(UUID(int=9), "attorney", other.actor.id, other.name, until)
    agent = msgspec.structs.replace(owner.actor, acting=how)
    case_id = await cases.start(city, agent, item=make.ITEM, now=clock.now())
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    filled = sheet.prefilled["residence_address"]
    assert (filled.value, filled.state, filled.as_of) == (HOME, "filled", THEN)
    assert sheet.prefilled["district"].value == sheet.answers["district"] == owner.district
    assert sheet.prefilled["residence_since"].value == "2019-03-01"
    assert sheet.prefilled["subdistrict"].state == "asked"
    assert sheet.prefilled["hukou_address"].resource == "population"
    [row] = [one for one in await make.ledger(city, case_id, "identity.") if one["kind"] == "read"]
    assert (row["action"], row["subject"], row["purpose"]) == (
        "identity.read_residence",
        owner.actor.id,
        sheet.case.purpose,
    )
    assert row["detail"]["agent"] == str(other.actor.id)
    await log_in(web, city, owner.actor)
    shown = await web.get(f"/apply/{make.ITEM}/{case_id}")
    assert HOME in shown.text and "本人账户（人口库登记）" in words(shown) and "2026-05-01" in words(shown)


async def test_a_register_that_has_no_record_is_not_overruled(city: Database) -> None:
    """How it can fail (tried): a register is taken for silent unless it has found a record."""
    form = forms.compile_form((await make.item(city)).form)
    kept = Heard("found", Text("本人账户", "Account"), THEN, THEN, {"residence.residence_address": HOME})
    told = {
        outcome: Heard(outcome, Text("居住", "Residence"), None, THEN)
        for outcome in ("none", "down", "found")
    }
    got = {outcome: from_account(form, {"residence": one, KEPT: kept}) for outcome, one in told.items()}
    assert got["none"] == got["found"] == {}
    assert got["down"]["residence_address"].value == HOME
