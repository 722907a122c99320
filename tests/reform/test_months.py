"""The reform month by month: each month as it stood when it ended, from versions, decisions, counts and tasks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

from tests.cases.web import Client
from tongban import reform
from tongban.kit.db import Database
from tongban.reform.actions.coursing import last_months

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))


async def test_each_month_is_as_it_ended(city: Database, web: Client) -> None:
    """How it can fail (tried): take the newest version for every month, add up the decisions of all months, count a
    task that was closed in October as open at its end, count in what had a good reason."""
    await city.run("UPDATE reform.measure SET measured_on = $1", date(2026, 10, 20))
    await city.run(
        """INSERT INTO reform.measure SELECT item, 2, $1, kind, department_kind, title_zh, title_en, promise_days,
            statutory_days, statutory_unit, 0, steps, visits, windows, questions, prefilled
        FROM reform.measure WHERE number = 1""",
        date(2026, 11, 3),
    )
    await city.run("INSERT INTO reform.pace VALUES ('food_business', $1, 1, 10, 5)", OCTOBER)
    await city.run("INSERT INTO reform.pace VALUES ('food_business', $1, 3, 30, 6)", NOVEMBER)
    await city.run("DELETE FROM catalogue.asked_count")
    await city.run("INSERT INTO catalogue.asked_count VALUES ($1, 9, 40)", date(2026, 10, 21))
    opened = datetime(2026, 10, 2, tzinfo=UTC)
    for material, closed in (("a", datetime(2026, 10, 31, 15, 59, tzinfo=UTC)), ("b", None)):
        await city.run(
            """INSERT INTO catalogue.task (id, item, number, material, organ, exemption, source_kind, source, fields,
                opened_at, due_on, closed_at, closed_as)
            VALUES ($1, 'food_business', 1, $2, 'o', 'licence', 'licence', 's', '{}', $3, $4, $5,
                CASE WHEN $5::timestamptz IS NULL THEN NULL ELSE 'published' END)""",
            uuid4(),
            material,
            opened,
            NOVEMBER,
            closed,
        )
    for standing, times in (("obtainable", 2), ("no_basis", 1), ("needed", 50)):
        await city.run(
            "INSERT INTO cases.asked_count VALUES ($1, 'd', $2, '', '', '', $3)", NOVEMBER, standing, times
        )
    city.count = 0
    found = {one.month: one for one in await reform.course(city, now=NOW)}
    assert city.count == 5, "the statements do not grow with the months or the items"
    assert list(found) == last_months(date(2026, 11, 27)) and len(found) == 12
    before, then, now = (found[month] for month in (SEPTEMBER, OCTOBER, NOVEMBER))
    assert (before.materials_cut, before.asked, before.tasks) == (None, None, 0)
    ledger = (await reform.overview(city, on=date(2026, 10, 31))).whole
    assert (then.time_cut, then.materials_cut) == (ledger.time_cut, ledger.materials_cut) != (None, None)
    assert now.materials_cut == 100 and now.time_cut == then.time_cut
    assert [(one.decided, str(one.used_share)) for one in (then, now)] == [(1, "50.0"), (3, "20.0")]
    assert (then.asked, now.asked, then.tasks, now.tasks) == (40, 40, 1, 1)
    assert (then.unjustified, now.unjustified) == (0, 3)
    assert last_months(date(2027, 1, 5))[-2:] == [date(2026, 12, 1), date(2027, 1, 1)]
    shown = (await web.get("/reform/months")).text
    assert shown.count('<svg class="columns__drawing"') == shown.count("<figure") == 6
