"""SQL of the measures of items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from asyncpg import Record

from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.reform.model import Baseline, Measure

_COLUMNS = """m.item, m.number, m.measured_on, m.kind, m.department_kind, m.title_zh, m.title_en, m.promise_days,
    m.statutory_days, m.statutory_unit, m.materials, m.steps, m.visits, m.windows, m.questions, m.prefilled"""


async def measure_new(db: Database) -> int:
    """Measure the versions of the catalogue that have no row yet, and say how many they were."""
    done = await db.value(
        """WITH added AS (
            INSERT INTO reform.measure (item, number, measured_on, kind, department_kind, title_zh, title_en,
                promise_days, statutory_days, statutory_unit, materials, steps, visits, windows, questions, prefilled)
            SELECT v.code, v.number, v.published_on, v.kind, v.department_kind, v.name_zh, v.name_en, v.promise_days,
                v.statutory_days, v.statutory_unit, v.materials, v.steps, v.visits, v.windows, v.questions, v.prefilled
            FROM catalogue.pub_measure v
            WHERE NOT EXISTS (SELECT FROM reform.measure m WHERE m.item = v.code AND m.number = v.number)
            ON CONFLICT DO NOTHING RETURNING 1
        ) SELECT count(*)::integer FROM added"""
    )
    return int(done)


def _measure(row: Record) -> Measure:
    return Measure(
        item=row["item"],
        number=row["number"],
        measured_on=row["measured_on"],
        kind=row["kind"],
        department_kind=row["department_kind"],
        name=Text(row["title_zh"], row["title_en"]),
        promise_days=row["promise_days"],
        statutory_days=row["statutory_days"],
        statutory_unit=row["statutory_unit"],
        materials=row["materials"],
        steps=row["steps"],
        visits=row["visits"],
        windows=row["windows"],
        questions=row["questions"],
        prefilled=row["prefilled"],
    )


async def every_version(db: Database) -> dict[str, list[Measure]]:
    """Every version of every item, the first one first, by the item's code."""
    return _by_item(await db.rows(f"SELECT {_COLUMNS} FROM reform.measure m ORDER BY m.item, m.number"))


def _by_item(rows: Sequence[Record]) -> dict[str, list[Measure]]:
    found: dict[str, list[Measure]] = {}
    for row in rows:
        found.setdefault(row["item"], []).append(_measure(row))
    return found


async def history(db: Database, *, items: Sequence[str]) -> dict[str, list[Measure]]:
    """Every version of these items, the first one first, by the item's code."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM reform.measure m WHERE m.item = ANY($1::text[]) ORDER BY m.item, m.number",
        list(items),
    )
    return _by_item(rows)


async def measures(db: Database, *, on: date) -> list[tuple[Measure, Baseline]]:
    """Of each item what the version in force on a day asked, and what its first one did, by code.

    What was published for the first time later is not there.
    """
    rows = await db.rows(
        f"""SELECT DISTINCT ON (m.item) {_COLUMNS}, f.measured_on AS first_on,
            f.promise_days AS first_promise, f.materials AS first_materials, f.steps AS first_steps,
            f.visits AS first_visits, f.windows AS first_windows
        FROM reform.measure m
        JOIN (SELECT DISTINCT ON (item) * FROM reform.measure ORDER BY item, number) f ON f.item = m.item
        WHERE m.measured_on <= $1 ORDER BY m.item, m.number DESC""",
        on,
    )
    return [
        (
            _measure(row),
            Baseline(
                item=row["item"],
                on=row["first_on"],
                materials=row["first_materials"],
                promise_days=row["first_promise"],
                steps=row["first_steps"],
                visits=row["first_visits"],
                windows=row["first_windows"],
                mark="realistic",
            ),
        )
        for row in rows
    ]
