"""Which columns of the portal room are sealed, and to which copy or request: for a new sealing key."""

from __future__ import annotations

from tongban.kit.sealed import Sealed, cells
from tongban.portal.store.copies import place
from tongban.portal.store.requests import answer_of, said_of

SEALED = (
    Sealed(
        table="portal.copy",
        columns=(
            "json_sealed",
            "pdf_sealed",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, json_sealed, pdf_sealed FROM portal.copy
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(json_sealed, 1, 1) NOT IN ($1, '')
        OR substr(pdf_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE portal.copy AS t SET json_sealed = n.json_sealed, pdf_sealed = n.pdf_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
            AS n (bucket, id, json_sealed, pdf_sealed, json_sealed_was, pdf_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.json_sealed IS NOT DISTINCT FROM n.json_sealed_was
                AND t.pdf_sealed IS NOT DISTINCT FROM n.pdf_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM portal.copy, LATERAL (VALUES (json_sealed),
        (pdf_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(
            json_sealed=lambda row: place(row["id"], "json"), pdf_sealed=lambda row: place(row["id"], "pdf")
        ),
    ),
    Sealed(
        table="portal.request",
        columns=(
            "said_sealed",
            "answer_sealed",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, said_sealed, answer_sealed FROM portal.request
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(said_sealed, 1, 1) NOT IN ($1, '')
        OR substr(answer_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE portal.request AS t SET said_sealed = n.said_sealed, answer_sealed = n.answer_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
            AS n (bucket, id, said_sealed, answer_sealed, said_sealed_was, answer_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.said_sealed IS NOT DISTINCT FROM n.said_sealed_was
                AND t.answer_sealed IS NOT DISTINCT FROM n.answer_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM portal.request,
        LATERAL (VALUES (said_sealed), (answer_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(
            said_sealed=lambda row: said_of(row["id"]), answer_sealed=lambda row: answer_of(row["id"])
        ),
    ),
)
