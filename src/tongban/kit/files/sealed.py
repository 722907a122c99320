"""Which columns of files are sealed, and to which row: for a new sealing key."""

from __future__ import annotations

from tongban.kit.files.partial import upload_place
from tongban.kit.files.store import name_place, sm3_place
from tongban.kit.sealed import Sealed, cells

SEALED = (
    Sealed(
        table="kit.file",
        columns=(
            "name",
            "sm3",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, name, sm3 FROM kit.file
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(name, 1, 1) NOT IN ($1, '') OR substr(sm3, 1,
        1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE kit.file AS t SET name = n.name, sm3 = n.sm3
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
            AS n (bucket, id, name, sm3, name_was, sm3_was)
        WHERE t.bucket = n.bucket AND t.id = n.id AND t.name IS NOT DISTINCT FROM n.name_was
            AND t.sm3 IS NOT DISTINCT FROM n.sm3_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM kit.file, LATERAL (VALUES (name),
        (sm3)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(name=lambda row: name_place(row["id"]), sm3=lambda row: sm3_place(row["id"])),
    ),
    Sealed(
        table="kit.upload",
        columns=("name",),
        find="""-- across people: a new sealing key
    SELECT bucket, id, name FROM kit.upload
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(name, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE kit.upload AS t SET name = n.name
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[])
            AS n (bucket, id, name, name_was)
        WHERE t.bucket = n.bucket AND t.id = n.id AND t.name IS NOT DISTINCT FROM n.name_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM kit.upload, LATERAL (VALUES (name)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(name=lambda row: upload_place(row["id"])),
    ),
)
