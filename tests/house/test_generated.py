"""What is generated is current: schema.sql from the migrations, docs/map.md from the code."""

from __future__ import annotations

from scripts import schema
from tongban.kit.db import Database


def test_the_schema_file_is_what_the_migrations_make(dsn: str) -> None:
    assert schema.FILE.read_text() == schema.schema_of(dsn), "run python -m scripts.schema"


async def test_a_change_of_the_schema_shows(db: Database, dsn: str) -> None:
    before = schema.schema_of(dsn)
    await db.run("ALTER TABLE audit.seal_tip ADD COLUMN extra text")
    assert schema.schema_of(dsn) != before


def test_the_map_is_what_the_code_says() -> None:
    from scripts import map as floor_plan

    assert floor_plan.FILE.read_text() == floor_plan.text(), "run python -m scripts.map"


def test_the_map_names_rooms_verbs_tables_and_events() -> None:
    from scripts import map as floor_plan

    text = floor_plan.text()
    for word in ("## audit", "`record`", "`audit.ledger`", "`cases.submitted`", "/my/readings"):
        assert word in text
