"""Tables: people's rows are keyed by bucket, rooms hold no keys into each other, no triggers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import msgspec

from scripts.source import HOUSE, tables
from tongban.kit.db import Database
from tongban.portal.model import HeldKind

SCHEMA = HOUSE / "migrations" / "schema.sql"


async def badly_keyed(db: Database) -> list[str]:
    """Primary and unique keys of personal tables that do not begin with bucket; ``*_index`` tables are global."""
    rows = await db.rows(
        """SELECT t.relname AS table, n.nspname AS schema, i.relname AS key FROM pg_index x
        JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_attribute b ON b.attrelid = t.oid AND b.attname = 'bucket'
        WHERE x.indisunique AND x.indkey[0] <> b.attnum AND t.relname NOT LIKE '%\\_index'
        ORDER BY t.relname DESC"""
    )
    return [f"{row['schema']}.{row['table']}: {row['key']}" for row in rows]


async def keyless(db: Database) -> list[str]:
    """Tables without a primary key."""
    rows = await db.rows(
        """SELECT n.nspname || '.' || t.relname AS name FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE t.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = t.oid AND x.indisprimary)"""
    )
    return [row["name"] for row in rows]


async def keys_between_rooms(db: Database) -> list[str]:
    """Foreign keys from one room into another."""
    rows = await db.rows(
        """SELECT c.conname FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid
        JOIN pg_class b ON b.oid = c.confrelid WHERE c.contype = 'f' AND a.relnamespace <> b.relnamespace"""
    )
    return [row["conname"] for row in rows]


async def triggers(db: Database) -> list[str]:
    """Triggers: what happens must stand in the statement that does it."""
    return [row["tgname"] for row in await db.rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")]


#: Columns that name a person; ``id`` alone does where the row is an account's own.
_OF_A_PERSON = {
    *(
        "person",
        "subject",
        "applicant",
        "account",
        "holder",
        "recipient",
        "actor",
        "officer",
        "owner",
        "caller",
    ),
    *("deputy", "assignee", "principal", "agent", "guardian", "given_by", "member"),
}


#: Words in the name of a column that holds who somebody is; the first ones are never of anything else.
_NUMBER = r"phone|mobile|tel|email|id_number|id_no|id_card|passport|bank_card|bank_account|card_number"
_WHO = rf"(?:{_NUMBER}|name|names|surname|number|address|birth_date)"
_PLAIN = r"(?:text|citext|varchar|character varying|character|bpchar)\b"


def saying_who(body: str, words: str = _WHO) -> list[str]:
    """The columns of plain text that say who somebody is, of a table's DDL."""
    return re.findall(rf"^ +((?:[a-z0-9_]+_)?{words}(?:_[a-z0-9_]+)?) {_PLAIN}", body, re.MULTILINE)


def personal_in(schema: str) -> dict[str, str]:
    """Tables that hold personal data, by the DDL itself, and the column that says so.

    A column that names a person, a sealed value, a phone or number of a paper in the clear (which
    tests/house/test_plain.py forbids), or the bucket that people's rows lie in; indexes that find a person by the hash
    of her number are personal too.
    """
    found = {}
    for name, body in re.findall(r'CREATE TABLE ([\w."]+) \((.*?)\n\)', schema, re.DOTALL):
        columns = [line.split()[0] for line in body.splitlines() if re.match(r" +[a-z_]+ ", line)]
        numbers = saying_who(body, f"(?:{_NUMBER})")
        because = [
            one
            for one in columns
            if one in _OF_A_PERSON or one.endswith("_sealed") or one == "bucket" or one in numbers
        ]
        if because:
            found[name.replace('"', "")] = because[0]
    return found


def untold(schema: str, told: Iterable[str]) -> list[str]:
    """Personal tables that stand under no kind of data of ``held.yaml``; a month's partition is its parent's."""
    return sorted(set(personal_in(schema)) - set(told))


def unanswered(schemas: Collection[str], answering: Collection[str]) -> list[str]:
    """Rooms with personal tables and no row in the table of export and erasure."""
    return sorted(set(schemas) - set(answering))


async def test_tables_keep_the_rules(db: Database) -> None:
    assert await badly_keyed(db) == []
    assert await keyless(db) == []
    assert await keys_between_rooms(db) == []
    assert await triggers(db) == []


async def test_the_rules_can_fail(db: Database) -> None:
    await db.run(
        """CREATE SCHEMA bad; CREATE SCHEMA worse;
        CREATE TABLE bad.person (bucket smallint, id uuid PRIMARY KEY);
        CREATE TABLE bad.mail (bucket smallint, id uuid, address text UNIQUE, PRIMARY KEY (bucket, id));
        CREATE TABLE bad.mail_index (address text PRIMARY KEY, bucket smallint);
        CREATE TABLE worse.loose (person uuid REFERENCES bad.person (id));
        CREATE FUNCTION bad.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER sly BEFORE INSERT ON bad.person FOR EACH ROW EXECUTE FUNCTION bad.f();"""
    )
    assert await badly_keyed(db) == ["bad.person: person_pkey", "bad.mail: mail_address_key"]
    assert await keyless(db) == ["worse.loose"]
    assert await keys_between_rooms(db) == ["loose_person_fkey"]
    assert await triggers(db) == ["sly"]
    assert unanswered({"cases", "bad"}, {"cases"}) == ["bad"]


def test_every_room_with_personal_tables_answers_for_them() -> None:
    from tongban import rooms

    schemas = {name.split(".")[0] for name in personal_in(SCHEMA.read_text())} - {"kit"}
    assert len(schemas) >= 6
    assert unanswered(schemas, rooms.PERSONAL) == []
    for room, held in rooms.PERSONAL.items():
        assert callable(held.export), room
        assert callable(held.erase), room


def test_every_personal_table_is_told_of_and_nothing_else() -> None:
    """Whoever adds a table with a person in it says in ``portal/held.yaml`` what it is, why and how long."""
    from tongban import rooms
    from tongban.portal import files

    table, rules = files.held(), files.keeping()
    told = [name for kind in table.kinds for name in kind.tables] + list(table.nobody)
    assert untold(SCHEMA.read_text(), told) == []
    assert len(told) == len(set(told))
    assert set(told) - {one.full for one in tables()} == {"audit.ledger_rest", "exchange.call_rest"}
    assert {kind.keeping for kind in table.kinds} <= set(rules)
    assert set(table.rooms) == set(rooms.PERSONAL) == {kind.room for kind in table.kinds}


def uncopied(kinds: Iterable[HeldKind]) -> list[str]:
    """Tables of which ``held.yaml`` says neither where they stand in a person's copy nor why they do not."""
    return sorted(table for kind in kinds for table in set(kind.tables) ^ set(kind.copy))


def test_every_personal_table_is_in_the_copy_or_says_why_not() -> None:
    """That its rows do stand there is tests/portal/test_held.py's to find, with a row in each."""
    from tongban.portal import files

    kinds = files.held().kinds
    assert uncopied(kinds) == []
    assert uncopied(
        msgspec.structs.replace(one, copy={}) for one in kinds if one.code == "identity.passkey"
    ) == ["identity.passkey"]
    assert [
        kind.code for kind in kinds if set(kind.left) - set(kind.tables) or (kind.left and not kind.stays)
    ] == []


def test_a_personal_table_without_a_word_is_found() -> None:
    ddl = "CREATE TABLE cases.diary (\n    id uuid NOT NULL,\n    applicant uuid NOT NULL\n);\n"
    assert untold(SCHEMA.read_text() + ddl, personal_in(SCHEMA.read_text())) == ["cases.diary"]
    assert personal_in("CREATE TABLE a.b (\n    note_sealed bytea\n);") == {"a.b": "note_sealed"}
    assert personal_in("CREATE TABLE a.b (\n    code text\n);") == {}


def test_every_room_grows_with_the_city_or_says_why_not() -> None:
    """A room whose rows nobody adds in bulk would be measured empty by every bench of growth."""
    from tongban import rooms

    assert set(rooms.GROWN) == set(rooms.ROOMS)
    for room, grower in rooms.GROWN.items():
        assert callable(grower) or len(grower) > 20, room
