"""Which columns of the identity room hold people's hashes: for a new look-up key (docs/adr/0015)."""

from __future__ import annotations

from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.hashed import OLD, OLD_HASH, hashed_columns

#: Firms' codes and officers' log-in names in the index are no person's numbers, and their hashes have no key but one.
_OF_PEOPLE = "t.kind IN ('id_number', 'paper', 'phone')"
#: An entry that stands in its new spelling already, claimed while both keys were known, takes the old one's place.
_TURN = """-- across people: a new look-up key
    WITH n AS (SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS n (was, hash, was_too)),
    gone AS (
        DELETE FROM {table} AS t USING n, {table} AS twin
        WHERE t.hash = n.was AND twin.hash = n.hash AND twin.account = t.account RETURNING 1
    ), put AS (
        UPDATE {table} AS t SET hash = n.hash FROM n
        WHERE t.hash = n.was AND NOT EXISTS (SELECT FROM {table} AS twin WHERE twin.hash = n.hash) RETURNING 1
    ) SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put)"""
_BY_HASH = {"hash": "bytea"}

HASHED = (
    hashed_columns(
        "identity.id_index",
        {"hash": "bytea"},
        key=_BY_HASH,
        first=(b"",),
        only=f"NOT t.older AND {_OF_PEOPLE}",
        put=_TURN.format(table="identity.id_index"),
    ),
    hashed_columns(
        "identity.staff_phone_index",
        {"hash": "bytea"},
        key=_BY_HASH,
        first=(b"",),
        only="NOT t.older",
        put=_TURN.format(table="identity.staff_phone_index"),
    ),
    hashed_columns("identity.alias", {"hashes": "bytea[]"}),
    hashed_columns(
        "identity.application", {"id_hash": "bytea", "phone_hash": "bytea", "other_hashes": "bytea[]"}
    ),
    hashed_columns("identity.child_claim", {"child_hash": "bytea"}),
    hashed_columns(
        "identity.other_paper",
        {"hash": "bytea"},
        key={"bucket": "smallint", "hash": "bytea"},
        first=(-1, b""),
    ),
    hashed_columns("identity.paper_dispute", {"id_hash": "bytea", "found": "bytea[]"}),
    # a certificate's serial and an officer's id stand there too, and are no person's numbers
    hashed_columns(
        "identity.power", {"agent_hash": "bytea"}, only="t.kind NOT IN ('certificate', 'assisted')"
    ),
    hashed_columns(
        "identity.power_waiting",
        {"hash": "bytea"},
        key={"hash": "bytea", "power": "uuid"},
        first=(b"", UUID(int=0)),
    ),
)

#: Second spellings: written while two keys are known, and dropped with the old one.
OLDER = (
    "identity.id_index.older",
    "identity.staff_phone_index.older",
    "identity.application.id_older",
    "identity.application.phone_older",
    "identity.application.other_older",
)


OLD_ID, OLD_PHONE = OLD.format("id_older"), OLD.format("phone_older")
_DROPS = (
    f"""-- across people: an old look-up key
    DELETE FROM identity.id_index WHERE older AND {OLD_HASH}""",
    f"""-- across people: an old look-up key
    DELETE FROM identity.staff_phone_index WHERE older AND {OLD_HASH}""",
    f"""-- across people: an old look-up key
    UPDATE identity.application SET id_older = NULL, phone_older = NULL, other_older = '{{}}'
    WHERE {OLD_ID} OR {OLD_PHONE}""",
)


async def drop_older(db: Database, newest: int) -> None:
    """Drop what stands in a second spelling, under another key than the newest: nobody looks for it any more."""
    key = bytes((newest,))
    for statement in _DROPS:
        await db.run(statement, key)
