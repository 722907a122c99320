"""Which columns of the licence library are sealed, and to which row: for a new sealing key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.keys import SealBroken
from tongban.kit.sealed import Sealed, sealed_columns
from tongban.licences.model import row_holds, seal_place, sealing_context, signed
from tongban.licences.store.licences import COLUMNS, licence_from


async def _signed_anew(_db: Database, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The three cells and the row's signature over them; a row whose signature does not hold is left as evidence."""
    ring, before = keys.current(), licence_from(row)
    if not row_holds(before, ring):
        raise SealBroken

    def again(column: str, cell: bytes) -> bytes:
        return ring.resealed(cell, sealing_context(before.id, column))

    after = signed(
        msgspec.structs.replace(
            before,
            holder_name_sealed=again("holder_name", before.holder_name_sealed),
            holder_code_sealed=again("holder_code", before.holder_code_sealed),
            face_sealed=again("face", before.face_sealed),
        ),
        ring,
    )
    cells = (after.holder_name_sealed, after.holder_code_sealed, after.face_sealed)
    return (*cells, after.signed_by, after.signature)


SEALED = (
    Sealed(
        table="licences.licence",
        columns=(
            "holder_name_sealed",
            "holder_code_sealed",
            "face_sealed",
            "signed_by",
            "signature",
        ),
        find=f"""-- across people: a new sealing key
    SELECT {COLUMNS} FROM licences.licence
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(holder_name_sealed, 1, 1) NOT IN ($1, '')
        OR substr(holder_code_sealed, 1, 1) NOT IN ($1, '') OR substr(face_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE licences.licence AS t SET holder_name_sealed = n.holder_name_sealed,
            holder_code_sealed = n.holder_code_sealed, face_sealed = n.face_sealed,
                signed_by = n.signed_by, signature = n.signature
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[],
            $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::text[], $12::bytea[])
            AS n (bucket, id, holder_name_sealed, holder_code_sealed, face_sealed, signed_by, signature,
                holder_name_sealed_was, holder_code_sealed_was, face_sealed_was, signed_by_was,
                    signature_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.holder_name_sealed IS NOT DISTINCT FROM n.holder_name_sealed_was
                AND t.holder_code_sealed IS NOT DISTINCT FROM n.holder_code_sealed_was
                    AND t.face_sealed IS NOT DISTINCT FROM n.face_sealed_was
                        AND t.signed_by IS NOT DISTINCT FROM n.signed_by_was
                            AND t.signature IS NOT DISTINCT FROM n.signature_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM licences.licence,
        LATERAL (VALUES (holder_name_sealed), (holder_code_sealed), (face_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=_signed_anew,
    ),
    sealed_columns(
        "licences.seal",
        key={"id": "uuid"},
        first=(UUID(int=0),),
        key_sealed=lambda row: seal_place(row["id"]),
    ),
)
