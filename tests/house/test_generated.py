"""What is generated is current: schema.sql from the migrations, the floor plan and the life of a case from the code."""

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


def test_the_life_of_a_case_is_what_the_code_says() -> None:
    from scripts import life

    assert life.FILE.read_text() == life.text(), "run python -m scripts.life"


def test_every_state_has_a_way_in_and_every_living_one_a_way_out() -> None:
    """The gaps of a sketch: a state that is named and never reached, a state that nothing leaves."""
    from tongban.cases.model.life import MOVES
    from tongban.cases.model.states import ENDED, State

    reached = {edge.target for edge in MOVES if edge.source is not edge.target} | {State.DRAFT}
    left = {edge.source for edge in MOVES if edge.source is not edge.target}
    assert reached == set(State)
    assert left >= set(State) - ENDED - {State.DISCARDED}
