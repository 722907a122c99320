"""The whole catalogue in force at one look: what it counts, what breaks a rule by now, what is still to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from tongban.catalogue.actions.standards import standards
from tongban.catalogue.model import Known, Task, lint
from tongban.catalogue.model.cancelling import cancelled_by
from tongban.catalogue.model.counting import Counts, counted, counts_as_item
from tongban.catalogue.model.coverage import Coverage, ListLine, coverage
from tongban.catalogue.store import cancelling, items, tasks
from tongban.catalogue.store import sources as sources_store
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.settings import settings


class Survey(msgspec.Struct, frozen=True):
    """A look at the catalogue on the day ``on``: its ``counts``, how many materials it asks for, findings of versions
    in force, tasks. An item that is cancelled by that day is in none of them.

    ``overdue`` are the tasks whose day is over; ``coverage`` is the legal list against what is in force.
    """

    on: date
    counts: Counts
    asked: int
    findings: list[dict[str, str]]
    tasks: list[Task]
    overdue: int
    coverage: Coverage

    @property
    def ends_well(self) -> bool:
        """Whether no version breaks a rule, no task is overdue, and every approval of the legal list is connected."""
        return not (self.findings or self.overdue or self.coverage.approvals.gaps)

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        body: dict[str, Any] = msgspec.to_builtins(self)
        return body | {"coverage": self.coverage.plain}


async def survey(
    db: Database, *, year: int, area_code: str, legal: Sequence[ListLine] = (), now: datetime
) -> Survey:
    """Look at every version in force; ``year`` is that of what is new, ``legal`` the legal list. Four statements."""
    today = clock.city_day(now)
    off = cancelled_by(await cancelling.cancellations(db), today)
    every = await items.every_in_force(db)
    versions = [one for one in every if one.code not in off]
    known = Known(await sources_store.every_source(db), standards(settings().city_dir))
    standing = await tasks.open_tasks(db)
    findings = [
        {"item": one.code, "rule": found.rule, "field": found.field, "message": found.message.en}
        for one in versions
        for found in lint(one, known, area_code=area_code)
    ]
    asked = sum(not material.exempt for one in versions for material in one.materials)
    overdue = sum(task.due_on < today for task in standing)
    cover = coverage(
        legal,
        (one.catalog_code for one in versions if counts_as_item(one)),
        (one.catalog_code for one in every if counts_as_item(one) and one.code in off),
    )
    return Survey(today, counted(versions, year=year), asked, findings, standing, overdue, cover)


async def asked_by_day(db: Database) -> list[tuple[date, int]]:
    """How many materials the catalogue asked for, by the days on which it was counted, the earliest first."""
    return [(day, materials) for day, _, materials in await tasks.asked_counts(db)]


async def open_on(db: Database, days: Sequence[date]) -> dict[date, int]:
    """How many tasks were open when each of these days of the city ended. One statement."""
    ends = [datetime.combine(day + timedelta(days=1), time(), clock.city_zone()) for day in days]
    return dict(zip(days, await tasks.open_at(db, ends), strict=True))
