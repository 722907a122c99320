"""Which columns of the cases room hold people's hashes: for a new look-up key (docs/adr/0015)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.hashed import KEY_H, OLD_H, hashed_columns, respelled
from tongban.kit.sealed import Sealed

_SIGNERS = "jsonb_array_elements(joint -> 'signers') AS s, decode(s ->> 'hash', 'hex') AS h"


async def _joint(_db: Database, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Each signer's seat with the hash in its newest spelling."""
    joint = row["joint"]
    signers = [
        {**one, "hash": respelled(bytes.fromhex(one["hash"])).hex()} if one.get("hash") else one
        for one in joint["signers"]
    ]
    return ({**joint, "signers": signers},)


HASHED = (
    hashed_columns(
        "cases.number_index",
        {"holder_proof": "bytea"},
        key={"short_code": "text"},
        first=("",),
    ),
    hashed_columns(
        "cases.party_index",
        {"hash": "bytea"},
        key={"hash": "bytea", "case_id": "uuid"},
        first=(b"", UUID(int=0)),
        put="""-- across people: a new look-up key
    WITH n AS (
        SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::bytea[], $4::bytea[]) AS n (was, case_id, hash, was_too)
    ), gone AS (
        DELETE FROM cases.party_index AS t USING n, cases.party_index AS twin
        WHERE t.hash = n.was AND t.case_id = n.case_id AND twin.hash = n.hash AND twin.case_id = n.case_id RETURNING 1
    ), put AS (
        UPDATE cases.party_index AS t SET hash = n.hash FROM n
        WHERE t.hash = n.was AND t.case_id = n.case_id AND NOT EXISTS (
            SELECT FROM cases.party_index AS twin WHERE twin.hash = n.hash AND twin.case_id = n.case_id) RETURNING 1
    ) SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put)""",
    ),
    Sealed(
        table="cases.case",
        columns=("joint",),
        find=f"""-- across people: a new look-up key
    SELECT bucket, id, joint FROM cases."case"
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND joint IS NOT NULL
        AND EXISTS (SELECT FROM {_SIGNERS} WHERE h <> '' AND {OLD_H})
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new look-up key
    WITH put AS (
        UPDATE cases."case" AS t SET joint = n.joint
        FROM unnest($1::smallint[], $2::uuid[], $3::jsonb[], $4::jsonb[]) AS n (bucket, id, joint, joint_was)
        WHERE t.bucket = n.bucket AND t.id = n.id AND t.joint IS NOT DISTINCT FROM n.joint_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses=f"""-- across people: what a look-up key is used for
    SELECT {KEY_H} AS key, count(*) AS number FROM cases."case", {_SIGNERS}
    WHERE joint IS NOT NULL AND h <> '' GROUP BY 1""",
        change=_joint,
    ),
)
