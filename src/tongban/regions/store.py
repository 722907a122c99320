"""SQL of the regions room. Both tables are small reference tables, read whole."""

from __future__ import annotations

from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.regions.model import Department, District, Hall


async def districts(db: Database) -> list[District]:
    """All districts in the order of their codes."""
    rows = await db.rows("SELECT code, name_zh, name_en, mark FROM regions.district ORDER BY code")
    return [District(row["code"], Text(row["name_zh"], row["name_en"]), row["mark"]) for row in rows]


async def departments(db: Database) -> list[Department]:
    """All departments in the order of their codes."""
    rows = await db.rows(
        "SELECT code, uscc, name_zh, name_en, kind, district, mark FROM regions.department ORDER BY code"
    )
    return [
        Department(
            row["code"],
            row["uscc"],
            Text(row["name_zh"], row["name_en"]),
            row["kind"],
            row["district"],
            row["mark"],
        )
        for row in rows
    ]


async def halls(db: Database) -> list[Hall]:
    """All halls in the order of their codes."""
    rows = await db.rows("SELECT code, name_zh, name_en, district, mark FROM regions.hall ORDER BY code")
    return [
        Hall(row["code"], Text(row["name_zh"], row["name_en"]), row["district"], row["mark"]) for row in rows
    ]


async def put_halls(db: Database, found: list[Hall]) -> None:
    """Insert or correct halls; the same again changes nothing."""
    await db.run(
        """INSERT INTO regions.hall (code, name_zh, name_en, district, mark)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
        ON CONFLICT (code) DO UPDATE
        SET name_zh = EXCLUDED.name_zh, name_en = EXCLUDED.name_en, district = EXCLUDED.district,
            mark = EXCLUDED.mark""",
        [row.code for row in found],
        [row.name.zh for row in found],
        [row.name.en for row in found],
        [row.district for row in found],
        [row.mark for row in found],
    )


async def put_districts(db: Database, found: list[District]) -> None:
    """Insert or correct districts; the same again changes nothing."""
    await db.run(
        """INSERT INTO regions.district (code, name_zh, name_en, mark)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
        ON CONFLICT (code) DO UPDATE
        SET name_zh = EXCLUDED.name_zh, name_en = EXCLUDED.name_en, mark = EXCLUDED.mark""",
        [row.code for row in found],
        [row.name.zh for row in found],
        [row.name.en for row in found],
        [row.mark for row in found],
    )


async def put_departments(db: Database, found: list[Department]) -> None:
    """Insert or correct departments; the same again changes nothing."""
    await db.run(
        """INSERT INTO regions.department (code, uscc, name_zh, name_en, kind, district, mark)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
        ON CONFLICT (code) DO UPDATE
        SET uscc = EXCLUDED.uscc, name_zh = EXCLUDED.name_zh, name_en = EXCLUDED.name_en,
            kind = EXCLUDED.kind, district = EXCLUDED.district, mark = EXCLUDED.mark""",
        [row.code for row in found],
        [row.uscc for row in found],
        [row.name.zh for row in found],
        [row.name.en for row in found],
        [row.kind for row in found],
        [row.district for row in found],
        [row.mark for row in found],
    )
