"""Adjusted approvals 调整审批: what is decided of each item, and the task of its organ until a version carries it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from tongban import audit
from tongban.catalogue.actions.checking import put_tasks
from tongban.catalogue.actions.loading import task_days
from tongban.catalogue.actions.publishing import HOUSE
from tongban.catalogue.actions.reading import current, forget_copies
from tongban.catalogue.model import ItemVersion, NoSuchItem, Task
from tongban.catalogue.model.adjusting import Adjustment
from tongban.catalogue.model.counting import ORGAN
from tongban.catalogue.store import adjusting as store
from tongban.catalogue.store import tasks
from tongban.catalogue.store.exchanged import once
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.ids import new_id
from tongban.kit.policy import SYSTEM
from tongban.settings import settings


async def put_adjustments(db: Database, wanted: Iterable[Adjustment], *, now: datetime) -> None:
    """Make these the city's decisions to adjust, and open a task for each whose day has come and whose item in force is
    not adjusted yet.

    The task is that of the organ that maintains the item, due as that of a new source is; a version that carries the
    adjustment ends it, and so does a decision that is taken back. Two reads when there is nothing to do, beside the
    items themselves.
    """
    decided = {one.code: one for one in wanted}
    before = await store.adjustments(db)
    if decided != before:
        await _put(db, decided, before, now=now)
    today = clock.city_day(now)
    lacking = [
        version
        for one in decided.values()
        if one.in_force(today) and (version := await _in_force(db, one.code)) and not one.carried(version)
    ]
    standing = {one.item: one for one in await tasks.open_tasks(db) if one.change}
    missing = [one for one in lacking if one.code not in standing]
    codes = {one.code for one in lacking}
    gone = [one.id for one in standing.values() if one.item not in codes]
    opened = []
    if missing:
        calendar = await clock.current_calendar(db)
        due = calendar.add_working_days(today, task_days(settings().city_dir))
        opened = [_task(one, decided[one.code], due=due, now=now) for one in missing]
    await put_tasks(db, SYSTEM, opened, gone, now=now)


async def _put(
    db: Database, decided: dict[str, Adjustment], before: dict[str, Adjustment], *, now: datetime
) -> None:
    await write(
        db,
        once(),
        store.putting([one for code, one in decided.items() if before.get(code) != one]),
        store.lifting([code for code in before if code not in decided]),
        audit.record(
            SYSTEM,
            "catalogue.adjust",
            subject=HOUSE,
            reference="adjustments",
            detail={code: str(one.on) for code, one in decided.items()},
            now=now,
        ),
    )
    forget_copies()


async def _in_force(db: Database, code: str) -> ItemVersion | None:
    """None for an item that the catalogue does not have yet."""
    try:
        return await current(db, code)
    except NoSuchItem:
        return None


def _task(version: ItemVersion, decided: Adjustment, *, due: date, now: datetime) -> Task:
    return Task(
        id=new_id(0),
        item=version.code,
        number=version.number,
        organ=version.task_code[:ORGAN],
        change=decided.change,
        opened_at=now,
        due_on=due,
    )


async def adjusted_by(db: Database) -> dict[str, date]:
    """Until when the version must be out of each item that is not adjusted as decided. One statement."""
    return {one.item: one.due_on for one in await tasks.open_tasks(db) if one.change}
