"""kit.db.write: parts joined to one statement that is done whole or not at all."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from tongban.kit.db import Database, DatabaseAway, Part, as_text_array, write


@pytest.fixture
async def shelf(db: Database) -> Database:
    """Two tables of our own."""
    await db.run("CREATE SCHEMA shelf")
    await db.run("CREATE TABLE shelf.book (id integer PRIMARY KEY, title text, version integer, facts jsonb)")
    await db.run("CREATE TABLE shelf.note (book integer, place integer UNIQUE, words text)")
    await db.run("""INSERT INTO shelf.book VALUES (1, 'one', 1, '{}'), (2, 'two', 1, '{}')""")
    return db


def renaming(book: int, version: int, title: str) -> Part:
    return Part(
        """UPDATE shelf.book SET title = $3, version = version + 1 WHERE id = $1 AND version = $2
        RETURNING id, title, version""",
        (book, version, title),
    )


def noting(book: int, place: int, words: str) -> Part:
    return Part(
        "INSERT INTO shelf.note (place, words, book) SELECT $2::integer, $3::text, $1::integer FROM guard",
        (book, place, words),
    )


async def notes(db: Database) -> list[tuple[int, int, str]]:
    return [tuple(row) for row in await db.rows("SELECT book, place, words FROM shelf.note ORDER BY place")]


async def test_each_part_keeps_its_own_numbers(shelf: Database) -> None:
    before = shelf.count
    row = await write(shelf, renaming(1, 1, "uno"), noting(1, 7, "first"), noting(2, 8, "second"))
    assert shelf.count - before == 1, "one round trip"
    assert row is not None and (row["id"], row["title"], row["version"]) == (1, "uno", 2)
    assert await notes(shelf) == [(1, 7, "first"), (2, 8, "second")]


async def test_more_than_nine_parameters_are_renumbered_whole(shelf: Database) -> None:
    """$1 must not be found inside $10."""
    wide = Part(
        """INSERT INTO shelf.note SELECT $1::integer, $10::integer + $11::integer, $2::text
        FROM (SELECT $3::integer, $4::integer, $5::integer, $6::integer, $7::integer, $8::integer, $9::integer
            FROM guard) all_used""",
        (5, "ten", *range(7), 100, 11),
    )
    await write(shelf, renaming(1, 1, "uno"), noting(1, 1, "a"), wide)
    assert (5, 111, "ten") in await notes(shelf)


async def test_a_lost_guard_writes_nothing(shelf: Database) -> None:
    assert await write(shelf, renaming(1, 99, "uno"), noting(1, 7, "first"), noting(1, 8, "second")) is None
    assert await notes(shelf) == []
    assert await shelf.value("SELECT title FROM shelf.book WHERE id = 1") == "one"


async def test_one_failing_part_undoes_all(shelf: Database) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await write(shelf, renaming(1, 1, "uno"), noting(1, 7, "first"), noting(1, 7, "again"))
    assert await notes(shelf) == []
    assert await shelf.value("SELECT version FROM shelf.book WHERE id = 1") == 1


async def test_a_guard_may_be_a_reading(shelf: Database) -> None:
    reading = Part("SELECT id, title FROM shelf.book WHERE id = $1", (2,))
    row = await write(shelf, reading, noting(2, 1, "was read"))
    assert row is not None and row["title"] == "two"
    assert await notes(shelf) == [(2, 1, "was read")]
    nobody = Part("SELECT id, title FROM shelf.book WHERE id = $1", (3,))
    assert await write(shelf, nobody, noting(3, 2, "was not")) is None
    assert len(await notes(shelf)) == 1


async def test_of_two_writers_with_one_version_one_loses(shelf: Database) -> None:
    assert await write(shelf, renaming(1, 1, "uno"), noting(1, 1, "a")) is not None
    assert await write(shelf, renaming(1, 1, "eins"), noting(1, 2, "b")) is None
    assert await notes(shelf) == [(1, 1, "a")]


async def test_json_goes_in_and_out_as_objects(shelf: Database) -> None:
    facts = {"名": ["值", 1, None, {"x": True}]}
    part = Part("UPDATE shelf.book SET facts = $2 WHERE id = $1 RETURNING facts", (1, facts))
    row = await write(shelf, part)
    assert row is not None and row["facts"] == facts


async def test_a_mistake_of_ours_is_no_lost_connection(shelf: Database) -> None:
    """Wrong arguments are a bug, told and logged as one, and the connection serves on."""
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
        await shelf.value("SELECT $1::int")
    with pytest.raises(asyncpg.DataError):
        await shelf.value("SELECT $1::int", "one")
    assert await shelf.value("SELECT 1") == 1


async def test_a_connection_that_ends_under_a_statement_is_the_database_away(shelf: Database) -> None:
    with pytest.raises(DatabaseAway):
        await shelf.value("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await shelf.value("SELECT 1") == 1


async def test_a_connection_that_asyncpg_calls_closed_is_the_database_away(shelf: Database) -> None:
    def closed(connection: Any) -> Any:
        connection.terminate()
        return connection.fetchval("SELECT 1")

    with pytest.raises(DatabaseAway):
        await shelf._do(closed)
    assert await shelf.value("SELECT 1") == 1


@pytest.mark.parametrize("values", [(), ("a.b", "c.d"), ('"', "\\", "a,b", "{}", "NULL", "", " x ", "名")])
async def test_texts_go_in_as_an_array(shelf: Database, values: tuple[str, ...]) -> None:
    assert await shelf.value("SELECT $1::text::text[]", as_text_array(values)) == list(values)
