"""answer: a program's answers take the place of the draft's, over the version that it has read."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases.actions import Sheet
from tongban.cases.model import DraftChanged, NoSuchCase, NotPossibleNow
from tongban.kit import clock, forms
from tongban.kit.acting import Eyes
from tongban.kit.db import Database

TYPED: dict[str, Any] = {"ground": "work", "collection": "pick_up", "declaration": True}


async def answer(
    city: Database,
    who: Resident,
    case_id: UUID,
    answers: dict[str, Any],
    versions: Collection[int] | None = None,
) -> Sheet:
    return await cases.answer(
        city, who.actor, case_id=case_id, answers=answers, versions=versions, now=clock.now()
    )


async def test_few_answers_and_what_the_registers_know_are_whole(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    before = (await cases.sheet(city, owner.actor, case_id=case_id)).case.version
    sheet = await answer(city, owner, case_id, TYPED, {before})
    assert sheet.faults(now=clock.now()) == {} and sheet.case.version == before + 1
    assert sheet.answers["name"] and sheet.answers["ground"] == "work"
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    assert await make.state(city, case_id) == "submitted"


async def test_a_registers_value_stays_the_registers(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    known = (await cases.sheet(city, owner.actor, case_id=case_id)).answers
    sent = {**TYPED, "name": "王五", "id_number": "110105194912310021", "residence_since": "1999-01-01"}
    sheet = await answer(city, owner, case_id, sent)
    for name in ("name", "id_number", "residence_since"):
        assert sheet.answers[name] == known[name]


async def test_what_is_shown_can_be_sent_back(city: Database, owner: Resident) -> None:
    case_id = await make.filled(city, owner)
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    shown = forms.mask(sheet.form, sheet.answers, eyes=Eyes.OWNER)
    assert "*" in shown["id_number"]
    again = await answer(city, owner, case_id, shown, {sheet.case.version})
    assert again.answers == sheet.answers


async def test_null_empties_and_what_is_wrong_is_kept_with_its_sentence(
    city: Database, owner: Resident
) -> None:
    case_id = await make.draft(city, owner)
    sheet = await answer(city, owner, case_id, {**TYPED, "ground": "holiday", "phone": None})
    assert {"ground", "phone"} <= set(sheet.faults(now=clock.now())) and "phone" not in sheet.answers
    assert (await cases.sheet(city, owner.actor, case_id=case_id)).answers["ground"] == "holiday"


async def test_another_version_overwrites_nothing(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    first = await answer(city, owner, case_id, TYPED)
    row = await make.everything(city, case_id)
    for versions in ({first.case.version - 1}, {first.case.version + 1}, set()):
        with pytest.raises(DraftChanged) as refused:
            await answer(city, owner, case_id, {**TYPED, "ground": "home"}, versions)
        assert refused.value.status == 412
    assert await make.everything(city, case_id) == row
    found = await answer(city, owner, case_id, {**TYPED, "ground": "home"}, {1, first.case.version})
    assert found.answers["ground"] == "home"


async def test_the_very_same_again_is_answered_and_writes_nothing(city: Database, owner: Resident) -> None:
    """The answer to the first may have been lost on its way: its version is an old one by now."""
    case_id = await make.draft(city, owner)
    version = (await cases.sheet(city, owner.actor, case_id=case_id)).case.version
    first = await answer(city, owner, case_id, TYPED, {version})
    before = city.count
    again = await answer(city, owner, case_id, TYPED, {version})
    assert (again.case.version, again.answers) == (first.case.version, first.answers)
    assert city.count - before == 2, "the draft and its account are read, nothing is written"


async def test_of_two_at_once_one_is_told(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    version = (await cases.sheet(city, owner.actor, case_id=case_id)).case.version
    ends = await asyncio.gather(
        *(answer(city, owner, case_id, {**TYPED, "phone": f"1390000000{n}"}, {version}) for n in range(4)),
        return_exceptions=True,
    )
    assert [type(one) for one in ends].count(DraftChanged) == 3
    (kept,) = [one for one in ends if isinstance(one, Sheet)]
    assert (await cases.sheet(city, owner.actor, case_id=case_id)).answers == kept.answers


async def test_malformed_answers_keep_nothing(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    row = await make.everything(city, case_id)
    with pytest.raises(forms.AnswersMalformed):
        await answer(city, owner, case_id, {**TYPED, "else": 1})
    assert await make.everything(city, case_id) == row


async def test_anothers_draft_and_a_submitted_case(city: Database, owner: Resident, other: Resident) -> None:
    case_id = await make.draft(city, owner)
    with pytest.raises(NoSuchCase):
        await answer(city, other, case_id, TYPED)
    await answer(city, owner, case_id, TYPED)
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    with pytest.raises(NotPossibleNow):
        await answer(city, owner, case_id, TYPED)


async def test_a_register_that_is_down_lets_her_state_it(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    outside.http.post("/faults", json={"service": "employment", "mode": "down"}).raise_for_status()
    case_id = await make.draft(city, owner)
    sheet = await answer(
        city, owner, case_id, {**TYPED, "employer": "示范商店", "employed_since": "2026-01-05"}
    )
    assert sheet.answers["employer"] == "示范商店" and "employer" not in sheet.faults(now=clock.now())
