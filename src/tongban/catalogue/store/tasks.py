"""SQL of the tasks: what must go out of versions in force, and what adjusted approvals must become."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban.catalogue.model import Material, Task
from tongban.kit.db import Database, Part


class AskedOf(NamedTuple):
    """What one version in force asks people to bring; ``organ`` is the USCC of the organ that its code names."""

    item: str
    number: int
    organ: str
    materials: list[Material]


async def everything_asked(db: Database, *, day: date) -> list[AskedOf]:
    """Of every version in force the materials that people bring, those without any and what is cancelled by this day
    left out."""
    rows = await db.rows(
        """SELECT i.code, i.number, left(v.body->>'task_code', 18) AS organ, m.asked
        FROM catalogue.item i JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number
        CROSS JOIN LATERAL (
            SELECT jsonb_agg(one.value ORDER BY one.ordinality) AS asked
            FROM jsonb_array_elements(v.body->'materials') WITH ORDINALITY one
            WHERE coalesce(one.value->>'route', 'none') = 'none'
        ) m
        WHERE m.asked IS NOT NULL
            AND NOT EXISTS (SELECT FROM catalogue.cancellation c WHERE c.code = i.code AND c.cancelled_on <= $1)
        ORDER BY i.code""",
        day,
    )
    return [
        AskedOf(row["code"], row["number"], row["organ"], msgspec.convert(row["asked"], list[Material]))
        for row in rows
    ]


async def open_tasks(db: Database, *, organ: str | None = None, item: str | None = None) -> list[Task]:
    """What is open, of one organ or of one item, or all of it: the nearest deadline first."""
    rows = await db.rows(
        """SELECT t.id, t.item, t.number, t.material, t.organ, t.exemption, t.change, t.source_kind, t.source, t.fields,
            t.opened_at, t.due_on
        FROM catalogue.task t
        WHERE t.closed_at IS NULL AND ($1::text IS NULL OR t.organ = $1) AND ($2::text IS NULL OR t.item = $2)
        ORDER BY t.due_on, t.item, t.material""",
        organ,
        item,
    )
    return [msgspec.convert(dict(row), Task) for row in rows]


def opening(tasks: Sequence[Task]) -> Part:
    """Guard: new tasks; where one of an item's material or change is open already, it stays."""
    plain: list[dict[str, Any]] = [msgspec.to_builtins(one) for one in tasks]
    return Part(
        """INSERT INTO catalogue.task (id, item, number, material, organ, exemption, change, source_kind, source,
            fields, opened_at, due_on)
        SELECT t.id, t.item, t.number, t.material, t.organ, t.exemption, t.change, t.source_kind, t.source, t.fields,
            t.opened_at, t.due_on
        FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, item text, number integer, material text, organ text,
            exemption text, change text, source_kind text, source text, fields text[], opened_at timestamptz,
            due_on date)
        ON CONFLICT (item, material) WHERE closed_at IS NULL DO NOTHING RETURNING item, material""",
        (plain,),
    )


def withdrawing(tasks: Sequence[UUID], *, now: datetime) -> Part:
    """Guard: tasks whose ground is none any longer: the material may be asked for again, the decision is taken back."""
    return Part(
        """UPDATE catalogue.task SET closed_at = $2::timestamptz, closed_as = 'withdrawn'
        WHERE id = ANY($1::uuid[]) AND closed_at IS NULL RETURNING item, material""",
        (list(tasks), now),
    )


def closing(item: str, *, adjusted: bool, now: datetime) -> Part:
    """Part: the open tasks of the guard's item are done: the gate let its version pass. That of a change of its
    approval is done only where the version is ``adjusted`` as decided."""
    return Part(
        """UPDATE catalogue.task SET closed_at = $2::timestamptz, closed_as = 'published'
        FROM guard WHERE task.item = $1::text AND task.closed_at IS NULL AND (task.change IS NULL OR $3::boolean)""",
        (item, now, adjusted),
    )


def counting(*, day: date) -> Part:
    """Guard: how many materials the items that are offered on this day ask for; the last count of a day stands, and a
    day on which nothing has changed has none."""
    return Part(
        """WITH counted AS (
        SELECT count(*) AS items, coalesce(sum(m.asked), 0)::bigint AS materials
        FROM catalogue.item i JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number
        CROSS JOIN LATERAL (
            SELECT count(*) AS asked FROM jsonb_array_elements(v.body->'materials') one
            WHERE coalesce(one.value->>'route', 'none') = 'none'
        ) m
        WHERE NOT EXISTS (SELECT FROM catalogue.cancellation c WHERE c.code = i.code AND c.cancelled_on <= $1::date)
        ), latest AS (
            SELECT items, materials FROM catalogue.asked_count ORDER BY on_day DESC LIMIT 1
        )
        INSERT INTO catalogue.asked_count (on_day, items, materials)
        SELECT $1::date, counted.items, counted.materials FROM counted LEFT JOIN latest ON true
        WHERE (latest.items, latest.materials) IS DISTINCT FROM (counted.items, counted.materials)
        ON CONFLICT (on_day) DO UPDATE SET items = EXCLUDED.items, materials = EXCLUDED.materials
        RETURNING on_day""",
        (day,),
    )


async def asked_counts(db: Database) -> list[tuple[date, int, int]]:
    """Day, items and materials asked for, the earliest first."""
    rows = await db.rows("SELECT on_day, items, materials FROM catalogue.asked_count ORDER BY on_day")
    return [(row["on_day"], row["items"], row["materials"]) for row in rows]


async def open_at(db: Database, instants: Sequence[datetime]) -> list[int]:
    """How many tasks were open at each of these instants, in their order."""
    rows = await db.rows(
        """SELECT count(t.id)::integer AS number
        FROM unnest($1::timestamptz[]) WITH ORDINALITY AS at(instant, place)
        LEFT JOIN catalogue.task t ON t.opened_at < at.instant
            AND (t.closed_at IS NULL OR t.closed_at >= at.instant)
        GROUP BY at.place ORDER BY at.place""",
        list(instants),
    )
    return [row["number"] for row in rows]
