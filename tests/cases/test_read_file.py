"""Reading the files of a case: her own to her, the department's to its officer, each look in the ledger."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases import papers
from tests.cast import Resident
from tongban import audit, cases
from tongban.audit.store.ledger import unlawful_readings
from tongban.cases import store
from tongban.cases.model import GroundMissing, ShownForNothing
from tongban.cases.model.assignment import Absence
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.files import NoSuchFile
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty

HOUR = timedelta(hours=1)


async def filed(city: Database, owner: Resident) -> tuple[UUID, UUID]:
    """Her submitted case with a paper: the case, the file."""
    await papers.ask_for_files(city)
    case_id = await make.filled(city, owner)
    (file_id,) = await papers.attached(city, owner, case_id, 2)
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    return case_id, file_id


async def look(
    city: Database,
    officer: Actor,
    owner: Resident,
    case_id: UUID,
    file_id: UUID,
    under: UUID | None = None,
    why: str | None = None,
) -> object:
    assert owner.actor.id is not None
    return await cases.open_file(
        *(city, officer),
        case_id=case_id,
        subject=owner.actor.id,
        file_id=file_id,
        view="content",
        under=under,
        why=why,
        now=clock.now(),
    )


async def readings(city: Database, case_id: UUID) -> list[dict[str, object]]:
    return await make.ledger(city, case_id, "cases.read_file")


async def test_her_own_in_one_statement(city: Database, owner: Resident, other: Resident) -> None:
    case_id, file_id = await filed(city, owner)
    before = city.count
    file = await cases.my_file(city, owner.actor, case_id=case_id, file_id=file_id)
    assert city.count - before == 1 and (file.id, file.name) == (file_id, "2.pdf")
    for actor, case, asked in (
        (other.actor, case_id, file_id),
        (owner.actor, new_id(owner.actor.bucket), file_id),
        (owner.actor, case_id, new_id(owner.actor.bucket)),
    ):
        with pytest.raises(NoSuchFile):
            await cases.my_file(city, actor, case_id=case, file_id=asked)
    assert await readings(city, case_id) == [], "what is one's own is nobody's reading"


async def test_the_officer_in_one_statement_with_its_ledger_row(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id, file_id = await filed(city, owner)
    before = city.count
    file = await look(city, officer, owner, case_id, file_id)
    assert city.count - before == 1 and file.id == file_id  # type: ignore[attr-defined]
    (row,) = await readings(city, case_id)
    assert row["detail"] == {"file": str(file_id), "view": "content"}
    assert (row["kind"], row["purpose"], row["subject"]) == ("read", case_id, owner.actor.id)
    assert await unlawful_readings(city, since=clock.now() - HOUR, until=clock.now() + HOUR) == 0


async def test_she_sees_who_looked_at_it(city: Database, owner: Resident, officer: Actor) -> None:
    case_id, file_id = await filed(city, owner)
    await look(city, officer, owner, case_id, file_id)
    assert owner.actor.id is not None
    found = await audit.readings_of(city, subject=owner.actor.id, limit=1, reference=str(case_id))
    (shown,) = await audit.shown_readings(city, owner.actor, found)
    assert str(shown["what"]) == "查看上传的材料" and officer.name in str(shown["who"])


async def test_what_is_alike_within_a_minute_is_one_row_and_a_preview_is_called_one(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id, file_id = await filed(city, owner)
    assert owner.actor.id is not None
    start = clock.now().replace(second=5)
    for seconds, view in (
        (0, "thumbnail"),
        (1, "content"),
        (2, "thumbnail"),
        (3, "thumbnail"),
        (70, "thumbnail"),
    ):
        await cases.open_file(
            city,
            officer,
            case_id=case_id,
            subject=owner.actor.id,
            file_id=file_id,
            view=view,  # type: ignore[arg-type]
            now=start + timedelta(seconds=seconds),
        )
    found = await audit.readings_of(city, subject=owner.actor.id, limit=5, reference=str(case_id))
    shown = await audit.shown_readings(city, owner.actor, found)
    assert [(str(one["what"]), one["count"]) for one in shown] == [
        ("查看材料的预览图", 1),
        ("查看材料的预览图", 3),
        ("查看上传的材料", 1),
    ]


async def test_an_officer_of_another_department_finds_nothing_and_leaves_no_row(
    city: Database, owner: Resident, other: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id, file_id = await filed(city, owner)
    for actor, whose, case, asked in (
        (elsewhere, owner, case_id, file_id),
        (officer, other, case_id, file_id),
        (officer, owner, new_id(owner.actor.bucket), file_id),
        (officer, owner, case_id, new_id(owner.actor.bucket)),
    ):
        with pytest.raises(NoSuchFile):
            await look(city, actor, whose, case, asked)
    with pytest.raises(NotAllowed):
        await look(city, owner.actor, owner, case_id, file_id)
    assert await readings(city, case_id) == []


async def test_what_a_colleague_has_in_hand_is_opened_for_a_reason_only(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """How it can fail: without ``hand`` in the guard the colleague read it at once; without asking who stands
    in, the deputy could not do the work."""
    case_id, file_id = await filed(city, owner)
    colleague = make.officer_with(officer.department or "", Duty.EXAMINE)
    await look(city, colleague, owner, case_id, file_id)  # nobody has it in hand yet
    await cases.accept(city, officer, case_id=case_id, now=clock.now())
    before = city.count
    await look(city, officer, owner, case_id, file_id)
    assert city.count - before == 1, "her own work, in one statement"
    for why in (None, "", "curious", "licence"):
        with pytest.raises(ShownForNothing):
            await look(city, colleague, owner, case_id, file_id, why=why)
    with pytest.raises(NoSuchFile):
        await look(city, officer, owner, case_id, new_id(owner.actor.bucket))
    assert len(await readings(city, case_id)) == 2
    before = city.count
    await look(city, colleague, owner, case_id, file_id, why="decide")
    assert city.count - before == 1
    row = (await readings(city, case_id))[-1]
    assert (row["purpose"], row["detail"]) == (
        case_id,
        {"file": str(file_id), "view": "content", "why": "decide"},
    )
    found = await audit.readings_of(city, subject=row["subject"], limit=1, reference=str(case_id))  # type: ignore[arg-type]
    (told,) = await audit.shown_readings(city, owner.actor, found)
    assert str(told["what"]) == "查看上传的材料：审查、复核或者作出决定"
    assert officer.id is not None and colleague.id is not None
    today, names = clock.city_day(clock.now()), (officer.name, colleague.name)
    away = Absence(
        id=new_id(7),
        officer=officer.id,
        officer_name=names[0],
        deputy=colleague.id,
        deputy_name=names[1],
        first_day=today,
        last_day=today,
    )
    await write(city.sibling(), store.adding_absence(away, officer, now=clock.now()))
    await look(city, colleague, owner, case_id, file_id)
    assert "why" not in (await readings(city, case_id))[-1]["detail"], "who stands in has it in hand"  # type: ignore[operator]


async def test_a_draft_is_nobody_elses(city: Database, owner: Resident, officer: Actor) -> None:
    await papers.ask_for_files(city)
    case_id = await make.filled(city, owner)
    (file_id,) = await papers.attached(city, owner, case_id, 1)
    with pytest.raises(NoSuchFile):
        await look(city, officer, owner, case_id, file_id)


async def test_the_files_of_an_ended_case_are_read_under_the_second_look(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id, file_id = await filed(city, owner)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    assert owner.actor.id is not None
    for under in (None, case_id, new_id(owner.actor.bucket)):
        with pytest.raises(GroundMissing):
            await look(city, officer, owner, case_id, file_id, under)
    with pytest.raises(NoSuchFile):
        await look(city, elsewhere, owner, case_id, file_id)
    assert await readings(city, case_id) == []
    opened = await cases.open_case(
        city, officer, case_id=case_id, subject=owner.actor.id, ground="complaint", now=clock.now()
    )
    assert opened.purpose is not None and opened.purpose != case_id
    await look(city, officer, owner, case_id, file_id, opened.purpose)
    (row,) = await readings(city, case_id)
    assert row["purpose"] == opened.purpose
    with pytest.raises(NoSuchFile):
        await look(city, elsewhere, owner, case_id, file_id, opened.purpose)
    assert await unlawful_readings(city, since=clock.now() - HOUR, until=clock.now() + HOUR) == 0


async def test_a_purpose_of_another_case_opens_nothing(
    city: Database, owner: Resident, officer: Actor
) -> None:
    first, _ = await filed(city, owner)
    await cases.decline(city, officer, case_id=first, reason=make.REASON, now=clock.now())
    assert owner.actor.id is not None
    opened = await cases.open_case(
        city, officer, case_id=first, subject=owner.actor.id, ground="asked", now=clock.now()
    )
    second, file_id = await filed(city, owner)
    await cases.decline(city, officer, case_id=second, reason=make.REASON, now=clock.now())
    with pytest.raises(GroundMissing):
        await look(city, officer, owner, second, file_id, opened.purpose)
