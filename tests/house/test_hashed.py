"""Every column that holds a person's hash is in ``rooms.HASHED``, or is told why not: an old key would lose its people.

Every other bytea column is sealed, or stands here with what it is.
"""

from __future__ import annotations

import re

from tests.house.test_sealed import OTHERWISE, SCHEMA, told
from tongban import identity, rooms
from tongban.kit.db import Database

#: In a column that is no bytea.
IN_JSON = {"cases.case.joint"}
#: Hashes of a person's number that are dropped within a day, and begin anew under a new key: tries, texts.
SHORT_LIVED = {"identity.attempt.key", "identity.text_count.key"}
#: What is of no person's number or phone: of contents, secrets of chance, ids, firms, places, networks.
OF_NO_PERSON = {
    *("audit.head.hash", "audit.head.prev", "audit.head.root", "audit.head.signature", "audit.ledger.hash"),
    *("audit.ledger_rest.hash", "audit.seal_block.hash", "audit.seal_block.prev", "audit.seal_block.root"),
    *("audit.seal_block.row_hashes", "audit.seal_tip.hash", "cases.case.matter", "cases.sealed_paper.digest"),
    *("cases.sealed_paper.sha256", "catalogue.item_version.body_hash", "identity.challenge_used.hash"),
    *("identity.code.hash", "identity.face_check.session", "identity.invitation.hash"),
    *("identity.network_hour.network", "identity.oidc_assertion.hash", "identity.oidc_code.hash"),
    *("identity.oidc_token.code", "identity.passkey.credential", "identity.passkey.public_key"),
    *("identity.qr_login.browser", "identity.qr_login.hash", "identity.recovery_code.hash"),
    *("identity.totp_used.hash", "kit.file.digest", "kit.idempotency.body_hash", "kit.session.token_hash"),
    *(
        "kit.upload.pieces",
        "licences.premises_index.premises",
        "licences.seal.above",
        "licences.seal.certificate",
    ),
}


def bytes_in(schema: str) -> set[str]:
    """The bytea and bytea[] columns, by the DDL itself."""
    return {
        f"{name}.{column}".replace('"', "")
        for name, body in re.findall(r'CREATE TABLE ([\w."]+) \((.*?)\n\)', schema, re.DOTALL)
        for column in re.findall(r"^ +(\w+) bytea", body, re.MULTILINE)
    }


def test_every_hash_of_a_person_turns_with_a_new_look_up_key() -> None:
    turning = told(rooms.HASHED)
    explained = OTHERWISE | SHORT_LIVED | OF_NO_PERSON | set(identity.OLDER)
    assert not turning & explained - IN_JSON
    found = bytes_in(SCHEMA.read_text())
    plain = {column for column in found if not column.endswith("_sealed")}
    assert plain - turning - explained == set(), (
        "a person's hash goes to store/hashed.py, another is told of here"
    )
    assert (SHORT_LIVED | OF_NO_PERSON | turning) - IN_JSON <= found, "told of, and no column any more"
    assert len({one.table for one in rooms.HASHED}) == len(rooms.HASHED)
    assert bytes_in("CREATE TABLE a.b (\n    x_hash bytea NOT NULL,\n    y bytea[]\n);") == {
        "a.b.x_hash",
        "a.b.y",
    }


async def test_their_statements_fit_the_schema(db: Database) -> None:
    for one in rooms.HASHED:
        assert await db.rows(one.find, b"\x01", 1, *one.first) == [], one.table
        assert await db.value(one.put, *([[]] * (len(one.first) + 2 * len(one.columns)))) == 0, one.table
        assert await db.rows(one.uses) == [], one.table
