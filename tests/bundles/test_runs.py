"""From the sending to the end: parts side by side, what waits, refusals, all or nothing, a kill in the middle."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests import filling, make
from tests.bundles.going import ANSWERS, begun, decided, drained, stands
from tests.bundles.test_model import made
from tests.cast import Resident
from tongban import bundles, cases
from tongban.bundles.model import BundleRefused
from tongban.cases.actions.applying import submitting
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

_FEW = {**ANSWERS, "registered": "yes", "insured": "no"}


@pytest.mark.usefixtures("no_press")
async def test_a_mother_files_once_and_the_parts_finish(city: Database, mother: Resident) -> None:
    """How it can fail (tried): what waits was filed at once; the ledger named her for what the house filed. So would
    it if the certificate's number were not handed on, or the run did not end with its last part."""
    run_id = await begun(city, mother, _FEW)
    for _ in range(2):
        await bundles.send(city, mother.actor, run_id=run_id, now=clock.now())
    run, state = await stands(city, mother, run_id)
    case: dict[str, UUID] = {part.item: part.case for part in run.parts if part.case is not None}
    assert [item for item, one in state.items() if one == "filed"] == ["birth_certificate"]
    assert await _filed_by(city, case["birth_certificate"]) == ("resident", mother.actor.id, None)
    assert await make.state(city, case["birth_registration"]) == "draft"
    await decided(city, case["birth_certificate"])
    _, state = await stands(city, mother, run_id)
    assert {item for item, one in state.items() if one == "filed"} == {
        "birth_registration",
        "vaccination_record",
    }
    # What was filed when its turn came, the house filed on her order.
    assert await _filed_by(city, case["vaccination_record"]) == ("system", None, str(run_id))
    number = (await make.row(city, case["vaccination_record"]))["answers"]["birth_certificate"]
    assert (
        number
        and number == (await make.row(city, case["birth_registration"]))["answers"]["birth_certificate"]
    )
    # One is refused: what waits for it is dropped, the other goes on.
    await decided(city, case["birth_registration"], grant=False)
    run, state = await stands(city, mother, run_id)
    assert (state["newborn_insurance"], state["newborn_social_card"]) == ("dropped", "dropped")
    assert await make.state(city, case["newborn_insurance"]) == "discarded"
    assert (state["vaccination_record"], str(run.state)) == ("filed", "sent")
    await decided(city, case["vaccination_record"])
    run, state = await stands(city, mother, run_id)
    assert str(run.state) == "done" and run.done_at is not None
    titles = await city.rows("SELECT title_zh FROM notices.inbox WHERE recipient = $1", mother.actor.id)
    assert "出生一件事：已办结，有的没有办成" in [row["title_zh"] for row in titles]
    (held,) = await bundles.holdings(city, run.applicant)
    assert held["answers"]["hukou"] == "yes" and len(held["items"]) == 5
    await another_child_is_refused(city, mother, number)


async def another_child_is_refused(city: Database, mother: Resident, number: str) -> None:
    """The certificate of one child is none of another's, and still that child's own.

    How it can fail (tried): without ``face`` in birth_certificate.yaml the certificate does not say whose it is.
    """
    now = clock.now()
    case = await cases.start(city, mother.actor, item="vaccination_record", now=now)
    sheet = await cases.sheet(city, mother.actor, case_id=case)
    said = {**sheet.answers, "birth_certificate": number}
    another = filling.filled(sheet.form, said | {"child_name": "示范小名"}, today=clock.city_day(now))
    await make.answered(city, case, sheet.form, another)
    with pytest.raises(cases.AnswersInvalid) as no:
        await cases.submit(city, mother.actor, case_id=case, key=None, now=now)
    assert "另一个孩子" in str(no.value.fields["birth_certificate"])
    await make.answered(city, case, sheet.form, filling.filled(sheet.form, said, today=clock.city_day(now)))
    await cases.submit(city, mother.actor, case_id=case, key=None, now=now)


async def _filed_by(db: Database, case_id: UUID) -> tuple[str, UUID | None, str | None]:
    """Who filed a case, as the ledger names her or the house, and by which order."""
    (row,) = await db.rows(
        """SELECT actor_role, actor, detail->>'order' AS by_order FROM audit.ledger
        WHERE reference = $1 AND action = 'cases.submit'""",
        str(case_id),
    )
    return row["actor_role"], row["actor"], row["by_order"]


#: Data alone: what no bundle of the city says.
TWENTY_SEVENTH = made(
    [
        {"item": "newborn_insurance"},
        {"item": "clean_record"},
        {"item": "medical_elsewhere", "after": ["clean_record"], "done": "ended"},
    ],
    code="moving_abroad",
    atomic=True,
    whole={"zh": "要么都办，要么都不办。", "en": "All of it or nothing."},
)


@pytest.mark.usefixtures("no_press")
async def test_a_twenty_seventh_as_data_alone_is_all_or_nothing(city: Database, mother: Resident) -> None:
    """How it can fail (tried): a refusal left the others alive."""
    every = [*await bundles.in_force(city), TWENTY_SEVENTH]
    for _ in range(2):
        await bundles.publish(city, every, now=clock.now())
    assert [(one.code, one.number) for one in await bundles.in_force(city)][-1] == ("moving_abroad", 1)
    assert len(await bundles.in_force(city)) == 27
    broken = msgspec.structs.replace(TWENTY_SEVENTH, rows=(*TWENTY_SEVENTH.rows, TWENTY_SEVENTH.rows[0]))
    with pytest.raises(BundleRefused, match="ITEM-2"):
        await bundles.publish(city, [broken], now=clock.now())
    run_id = await begun(city, mother, {}, "moving_abroad")
    await bundles.send(city, mother.actor, run_id=run_id, now=clock.now())
    run, state = await stands(city, mother, run_id)
    assert state == {"newborn_insurance": "filed", "clean_record": "filed", "medical_elsewhere": "waiting"}
    case = {part.item: part.case for part in run.parts}
    await decided(city, case["clean_record"], grant=False)  # type: ignore[arg-type]
    run, state = await stands(city, mother, run_id)
    assert str(run.state) == "done"
    assert state == {"newborn_insurance": "ended", "clean_record": "ended", "medical_elsewhere": "dropped"}
    assert await make.state(city, case["newborn_insurance"]) == "withdrawn"  # type: ignore[arg-type]
    assert await make.state(city, case["medical_elsewhere"]) == "discarded"  # type: ignore[arg-type]


@pytest.mark.usefixtures("no_press")
@pytest.mark.parametrize("before", [0, 1])
async def test_killed_in_the_middle_it_goes_on_and_files_nothing_twice(
    city: Database, mother: Resident, other: Resident, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    """How it can fail (tried): the worker did not follow bundles.sent."""
    run_id = await begun(city, mother, {**_FEW, "registered": "no"})
    file_case, filed = submitting.file_case, list[UUID]()

    async def once(db: Database, actor: Actor, case: cases.Case, *more: Any, **named: Any) -> None:
        if len(filed) == before:
            raise ConnectionError("killed")
        filed.append(case.id)
        await file_case(db, actor, case, *more, **named)

    monkeypatch.setattr(submitting, "file_case", once)
    with pytest.raises(ConnectionError):
        await bundles.send(city, mother.actor, run_id=run_id, now=clock.now())
    monkeypatch.undo()
    run, state = await stands(city, mother, run_id)
    assert str(run.state) == "sent" and set(state.values()) == {"waiting"}
    await drained(city)
    _, state = await stands(city, mother, run_id)
    assert [item for item, one in state.items() if one == "filed"] == [
        "birth_certificate",
        "birth_registration_service",
    ]
    for part in run.parts:
        steps = await make.steps(city, part.case)  # type: ignore[arg-type]
        assert sum(step["move"] == "submit" for step in steps) == (
            part.item in ("birth_certificate", "birth_registration_service")
        )
    with pytest.raises(bundles.NoSuchBundle):
        await bundles.withdraw(city, other.actor, run_id=run_id, now=clock.now())
    await bundles.withdraw(city, mother.actor, run_id=run_id, now=clock.now())
    run, state = await stands(city, mother, run_id)
    assert str(run.state) == "done" and set(state.values()) == {"ended", "dropped"}


async def test_a_draft_is_changed_and_given_up(city: Database, mother: Resident) -> None:
    """How it can fail (tried): a draft was written over the version of another tab. So would it if other answers opened
    a second run, or the drafts of one given up stayed."""
    first = await begun(city, mother, _FEW)
    again = await bundles.start(
        city, mother.actor, code="birth", answers={**_FEW, "hukou": "no", "resident": "no"}, now=clock.now()
    )
    assert again == first
    sheet = await bundles.sheet(city, mother.actor, run_id=first)
    assert set(sheet.sheets) == {"birth_certificate", "vaccination_record"}
    assert (
        sheet.answers["child_name"]
        and sheet.answers["child_name"] == sheet.sheets["vaccination_record"].answers["child_name"]
    )
    # Where her other tab was faster with one of the drafts, that one is not written over, and the other is written.
    faster = sheet.sheets["birth_certificate"]
    await cases.fill(city, faster, {**faster.answers, "phone": "13911111111"}, now=clock.now())
    typed = [(one, {**one.answers, "phone": "13922222222"}) for one in sheet.sheets.values()]
    (written,) = await cases.fill_all(city, typed, now=clock.now())
    then = await bundles.sheet(city, mother.actor, run_id=first)
    assert {item: one.answers["phone"] for item, one in then.sheets.items()} == {
        "birth_certificate": "13911111111",
        "vaccination_record": "13922222222",
    }
    assert written.case == then.sheets["vaccination_record"].case
    case = written.case.id
    await bundles.discard(city, mother.actor, run_id=first, now=clock.now())
    assert await make.state(city, case) == "discarded"
    with pytest.raises(bundles.NotInThisState):
        await bundles.sheet(city, mother.actor, run_id=first)
    gone = await bundles.erase(city, mother.actor.id, closing=False, look=True, now=clock.now())  # type: ignore[arg-type]
    assert gone.goes == {"bundles.draft": 1}
