"""record_visit: that the applicant came in person, why and where; counted, and no change of the case."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests import make
from tests.cast import Resident
from tongban import cases
from tongban.cases.model import NoSuchCase, NotPossibleNow, VisitIncomplete
from tongban.cases.model.visits import VISIT_REASONS, visit_of, visits
from tongban.cases.pages.timeline import steps_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import use_language
from tongban.kit.idempotency import KeyReused
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor


async def record(
    city: Database, actor: Actor, case_id: object, key: str | None = None, **posted: str
) -> dict:  # type: ignore[type-arg]
    return await cases.record_visit(
        city,
        actor,
        case_id=case_id,  # type: ignore[arg-type]
        posted={**make.VISIT, **posted},
        key=key or str(uuid4()),
        now=clock.now(),
    )


async def test_a_visit_is_a_step_without_change_counted_and_in_the_ledger(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    before = await make.everything(city, case_id)
    answer = await record(city, officer, case_id, note="身份证照片看不清")
    after = await make.everything(city, case_id)
    step, place = after["steps"][-1], (await make.item(city)).places[0].name
    assert (step["move"], step["from_state"], step["to_state"], step["actor_name"]) == (
        *("visit", "submitted", "submitted"),
        officer.name,
    )
    assert step["detail"] == {
        "why": "originals",
        "place": {"zh": place.zh, "en": place.en},
        "note": "身份证照片看不清",
    }
    assert answer == {"case": str(case_id), "step": step["version"]}
    changed = {name for name in before["row"] if before["row"][name] != after["row"][name]}
    assert changed == {"version"}
    assert after["news"] == before["news"] and after["timers"] == before["timers"]
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.visit"
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert visits(opened.events) == 1 and visit_of(opened.events[-1]).why == "originals"


async def test_two_round_trips(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = city.count
    await record(city, officer, case_id)
    assert city.count - before == 2


async def test_the_same_key_records_once_and_another_form_is_refused(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id, key = await make.submitted(city, owner), str(uuid4())
    first = await record(city, officer, case_id, key)
    assert await record(city, officer, case_id, key) == first
    with pytest.raises(KeyReused):
        await record(city, officer, case_id, key, why="question")
    await record(city, officer, case_id)
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert visits(opened.events) == 2


@pytest.mark.parametrize(
    ("posted", "fields"),
    [
        ({"why": "", "place": ""}, {"why", "place"}),
        ({"why": "nonsense"}, {"why"}),
        ({"place": "99"}, {"place"}),
        ({"place": "-1"}, {"place"}),
        ({"why": "other"}, {"note"}),
        ({"why": "other", "note": "   "}, {"note"}),
        ({"note": "字" * 201}, {"note"}),
    ],
)
async def test_what_is_missing_is_told_by_field_and_nothing_is_recorded(
    city: Database, owner: Resident, officer: Actor, posted: dict[str, str], fields: set[str]
) -> None:
    case_id = await make.submitted(city, owner)
    before = await make.everything(city, case_id)
    with pytest.raises(VisitIncomplete) as told:
        await record(city, officer, case_id, **posted)
    assert set(told.value.fields) == fields and told.value.status == 422
    assert await make.everything(city, case_id) == before


async def test_not_after_the_end_and_not_by_others(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    for actor, refusal in ((elsewhere, NoSuchCase), (owner.actor, NotAllowed)):
        with pytest.raises(refusal):
            await record(city, actor, case_id)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    with pytest.raises(NotPossibleNow):
        await record(city, officer, case_id)


async def test_both_sides_read_why_and_where_in_their_language(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    await record(city, officer, case_id)
    await record(city, officer, case_id, why="other", note="送来忘带的复印件", place="1")
    steps = steps_of(await cases.progress(city, owner.actor, case_id=case_id))
    places = (await make.item(city)).places
    assert [(str(step["title"]), str(step["detail"])) for step in steps[1:3]] == [
        ("到现场", f"核对原件，{places[0].name.zh}"),
        ("到现场", f"其他（送来忘带的复印件），{places[1].name.zh}"),
    ]
    with use_language("en"):
        assert places[0].name.en in str(steps[1]["detail"])


def test_every_reason_has_its_words() -> None:
    assert {*VISIT_REASONS} >= {"materials", "originals", "capture", "question", "other"}
    assert all(str(words) for words in VISIT_REASONS.values())
