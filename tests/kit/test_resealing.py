"""Each table that test_rekeying does not come by: a new key seals its rows again, once, to their places."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cases.test_rekeying import own_keys
from tongban import rooms
from tongban.cases.store.sealed import interested_place
from tongban.identity.model.sealed import agent_name_of, id_number_of, name_of, principal_name_of, totp_of
from tongban.kit import keys, sealed
from tongban.kit.db import Database
from tongban.kit.files.partial import upload_place
from tongban.kit.ids import new_id
from tongban.kit.keys import renewing
from tongban.portal.store.copies import place
from tongban.portal.store.requests import answer_of, said_of

__all__ = ["own_keys"]
AT = datetime(2026, 1, 5, tzinfo=UTC)
ROW, WHO = new_id(7), new_id(7)
#: Of each table: a row without its sealed columns, and to what each of these is sealed.
ROWS: dict[str, tuple[dict[str, Any], dict[str, bytes]]] = {
    "identity.name_history": (
        {
            "id": ROW,
            "account": WHO,
            "paper_kind": "111",
            "paper_country": "",
            "since": AT,
            "until": AT,
            "source": "population",
            "as_of": AT,
        },
        {"name_sealed": name_of(WHO), "id_number_sealed": id_number_of(WHO)},
    ),
    "identity.power": (
        {
            "id": ROW,
            "principal": WHO,
            "agent_hash": b"h",
            "kind": "attorney",
            "state": "offered",
            "starts_at": AT,
            "until": AT.replace(year=2027),
            "offered_at": AT,
            "offered_by": WHO,
        },
        {"agent_name_sealed": agent_name_of(ROW), "principal_name_sealed": principal_name_of(ROW)},
    ),
    "identity.staff": (
        {"id": ROW, "username": "reseal", "department": "police-310101"},
        {"totp_sealed": totp_of(ROW)},
    ),
    "portal.copy": (
        {"id": ROW, "subject": WHO, "asked_at": AT, "made_at": AT, "until": AT},
        {"json_sealed": place(ROW, "json"), "pdf_sealed": place(ROW, "pdf")},
    ),
    "portal.request": (
        {
            "id": ROW,
            "subject": WHO,
            "sort": "correction",
            "thing": "a.b",
            "about": "",
            "department": "d",
            "purpose": ROW,
            "asked_at": AT,
            "due_at": AT,
            "state": "granted",
            "ended_at": AT,
            "officer": WHO,
        },
        {"said_sealed": said_of(ROW), "answer_sealed": answer_of(ROW)},
    ),
    "cases.interested": (
        {
            "person": WHO,
            "case_id": ROW,
            "applicant": new_id(9),
            "seat": 1,
            "account": True,
            "purpose": ROW,
            "told_at": AT,
        },
        {"sealed": interested_place(ROW, WHO)},
    ),
    "kit.upload": (
        {
            "id": ROW,
            "subject": WHO,
            "reference": "r",
            "field": "f",
            "size": 9,
            "created_at": AT,
            "expires_at": AT,
        },
        {"name": upload_place(ROW)},
    ),
}


@pytest.mark.parametrize("table", ROWS)
async def test_a_new_key_seals_a_row_again(db: Database, own_keys: Path, table: str) -> None:
    (one,) = [found for found in rooms.SEALED if found.table == table]
    plain, to = ROWS[table]
    assert set(to) == set(one.columns)
    ring = keys.current()
    row = {"bucket": 7, **plain, **{column: ring.seal(column.encode(), at) for column, at in to.items()}}
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await db.run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())
    assert await sealed.uses(db, one) == {1: len(to)}

    assert renewing.new(own_keys) == 2
    assert (await sealed.turn(db, one)).rows == 1
    assert (await sealed.turn(db, one)).rows == 0, "what is done is not done twice"
    assert await sealed.uses(db, one) == {2: len(to)}
    found = await db.row(f"SELECT * FROM {table} WHERE bucket = 7")
    assert found is not None
    renewing.put_away(own_keys, 1)
    keys.current.cache_clear()
    for column, at in to.items():
        assert keys.current().open(found[column], at) == column.encode()
