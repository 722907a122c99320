"""A case of an item whose premises are inspected, and a record of the inspection filled in page by page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tests import filling, make
from tests.cast import PASSWORD, Resident
from tongban import cases, identity
from tongban.cases.model.inspection import ABOUT, END
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty

ITEM = "food_business"


async def officer_at(db: Database, department: str, name: str = "周核查", *duties: Duty) -> Actor:
    """An officer of this very department."""
    username = f"{name}-{department}"
    officer = identity.DemoOfficer(username, name, department, "13800009999")
    await identity.load_demo(db, [], [officer], password=PASSWORD, now=clock.now())
    return await identity.actor_of(db, kind="username", value=username)


async def filed(db: Database, who: Resident, *, now: datetime | None = None) -> tuple[UUID, Actor]:
    """A submitted case of the item, and the officer on whose desk it lies."""
    at = now or clock.now()
    case_id = await cases.start(db, who.actor, item=ITEM, now=at)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(at))
    await make.answered(db, case_id, sheet.form, answers)
    await cases.submit(db, who.actor, case_id=case_id, key=None, now=at)
    return case_id, await officer_at(db, (await make.row(db, case_id))["department"])


async def accepted(db: Database, who: Resident, *, now: datetime | None = None) -> tuple[UUID, Actor]:
    """An accepted case of the item, and its officer."""
    case_id, officer = await filed(db, who, now=now)
    await cases.accept(db, officer, case_id=case_id, now=now or clock.now())
    return case_id, officer


def typed_time(instant: datetime) -> str:
    """An instant as the page's field for a time has it."""
    return f"{clock.city_time(instant):%Y-%m-%dT%H:%M}"


#: Two officers by the ids of their accounts, for what needs no database.
PEOPLE = {"1": "周核查", "2": "吴核查"}


async def about(db: Database, officer: Actor, now: datetime) -> dict[str, str]:
    """The officer with a colleague of her department, whom they met, since when."""
    second = await officer_at(db, officer.department or "", "吴核查")
    return about_of(now, str(officer.id), str(second.id)) | {"started": typed_time(now)}


def about_of(now: datetime, first: str = "1", second: str = "2") -> dict[str, str]:
    """Two officers, whom they met, since when."""
    return {
        "officer_1": first,
        "officer_2": second,
        "met": "郑店长",
        "met_as": "店长",
        "started": typed_time(now - timedelta(hours=1)),
    }


def end(now: datetime, conclusion: str = "passed", **more: str) -> dict[str, str]:
    """When it ended and what it came to, confirmed by the person met."""
    return {"ended": typed_time(now), "conclusion": conclusion, "signed": "yes", **more}


async def keep(
    db: Database, actor: Actor, case_id: UUID, who: Resident, step: str, posted: Mapping[str, str]
) -> cases.InspectionSheet:
    """One page kept, over whatever stands there."""
    assert who.actor.id is not None
    sheet = await cases.inspection_sheet(db, actor, case_id=case_id, applicant=who.actor.id)
    return await cases.keep_inspection(
        db,
        actor,
        case_id=case_id,
        applicant=who.actor.id,
        step=step,
        posted=posted,
        version=sheet.version,
        now=clock.now(),
    )


async def filled_in(
    db: Database,
    actor: Actor,
    case_id: UUID,
    who: Resident,
    *,
    unmet: Mapping[str, str] | None = None,
    conclusion: str = "passed",
    words: str = "",
) -> cases.InspectionSheet:
    """A whole record: every point met but those of ``unmet``, each with its words."""
    now, wrong = clock.now(), unmet or {}
    sheet = await keep(db, actor, case_id, who, ABOUT, await about(db, actor, now))
    for point in sheet.item.inspection:
        found = {"finding": "unmet", "words": wrong[point.key]} if point.key in wrong else {"finding": "met"}
        await keep(db, actor, case_id, who, point.key, found)
    return await keep(db, actor, case_id, who, END, end(now, conclusion, words=words))


async def handed_in(db: Database, actor: Actor, case_id: UUID, key: str | None = None) -> dict:  # type: ignore[type-arg]
    """The record handed in."""
    return await cases.inspect(db, actor, case_id=case_id, key=key or str(uuid4()), now=clock.now())
