"""Which columns of the identity room are sealed, and to whom: for a new sealing key."""

from __future__ import annotations

from tongban.identity.model.sealed import agent_name_of, id_number_of, name_of, principal_name_of, totp_of
from tongban.kit.sealed import Sealed, cells
from tongban.notices import phone_place

SEALED = (
    Sealed(
        table="identity.account",
        columns=(
            "name_sealed",
            "phone_sealed",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, name_sealed, phone_sealed FROM identity.account
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(name_sealed, 1, 1) NOT IN ($1, '')
        OR substr(phone_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE identity.account AS t SET name_sealed = n.name_sealed, phone_sealed = n.phone_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
            AS n (bucket, id, name_sealed, phone_sealed, name_sealed_was, phone_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.name_sealed IS NOT DISTINCT FROM n.name_sealed_was
                AND t.phone_sealed IS NOT DISTINCT FROM n.phone_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM identity.account,
        LATERAL (VALUES (name_sealed), (phone_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(
            name_sealed=lambda row: name_of(row["id"]), phone_sealed=lambda row: phone_place(row["id"])
        ),
    ),
    Sealed(
        table="identity.application",
        columns=(
            "name_sealed",
            "id_number_sealed",
            "phone_sealed",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, name_sealed, id_number_sealed, phone_sealed FROM identity.application
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(name_sealed, 1, 1) NOT IN ($1, '')
        OR substr(id_number_sealed, 1, 1) NOT IN ($1, '') OR substr(phone_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE identity.application AS t SET name_sealed = n.name_sealed,
            id_number_sealed = n.id_number_sealed, phone_sealed = n.phone_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[],
            $7::bytea[], $8::bytea[])
            AS n (bucket, id, name_sealed, id_number_sealed, phone_sealed, name_sealed_was,
                id_number_sealed_was, phone_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.name_sealed IS NOT DISTINCT FROM n.name_sealed_was
                AND t.id_number_sealed IS NOT DISTINCT FROM n.id_number_sealed_was
                    AND t.phone_sealed IS NOT DISTINCT FROM n.phone_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM identity.application,
        LATERAL (VALUES (name_sealed), (id_number_sealed), (phone_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(
            name_sealed=lambda row: name_of(row["id"]),
            id_number_sealed=lambda row: id_number_of(row["id"]),
            phone_sealed=lambda row: phone_place(row["id"]),
        ),
    ),
    Sealed(
        table="identity.child_claim",
        columns=(
            "name_sealed",
            "id_number_sealed",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, name_sealed, id_number_sealed FROM identity.child_claim
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(name_sealed, 1, 1) NOT IN ($1, '')
        OR substr(id_number_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE identity.child_claim AS t SET name_sealed = n.name_sealed,
            id_number_sealed = n.id_number_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
            AS n (bucket, id, name_sealed, id_number_sealed, name_sealed_was, id_number_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.name_sealed IS NOT DISTINCT FROM n.name_sealed_was
                AND t.id_number_sealed IS NOT DISTINCT FROM n.id_number_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM identity.child_claim,
        LATERAL (VALUES (name_sealed), (id_number_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(
            name_sealed=lambda row: name_of(row["id"]),
            id_number_sealed=lambda row: id_number_of(row["id"]),
        ),
    ),
    Sealed(
        table="identity.name_history",
        columns=(
            "name_sealed",
            "id_number_sealed",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, account, name_sealed, id_number_sealed FROM identity.name_history
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(name_sealed, 1, 1) NOT IN ($1, '')
        OR substr(id_number_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE identity.name_history AS t SET name_sealed = n.name_sealed,
            id_number_sealed = n.id_number_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
            AS n (bucket, id, name_sealed, id_number_sealed, name_sealed_was, id_number_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.name_sealed IS NOT DISTINCT FROM n.name_sealed_was
                AND t.id_number_sealed IS NOT DISTINCT FROM n.id_number_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM identity.name_history,
        LATERAL (VALUES (name_sealed), (id_number_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(
            name_sealed=lambda row: name_of(row["account"]),
            id_number_sealed=lambda row: id_number_of(row["account"]),
        ),
    ),
    Sealed(
        table="identity.paper_dispute",
        columns=(
            "name_sealed",
            "id_number_sealed",
            "phone_sealed",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, name_sealed, id_number_sealed, phone_sealed FROM identity.paper_dispute
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(name_sealed, 1, 1) NOT IN ($1, '')
        OR substr(id_number_sealed, 1, 1) NOT IN ($1, '') OR substr(phone_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE identity.paper_dispute AS t SET name_sealed = n.name_sealed,
            id_number_sealed = n.id_number_sealed, phone_sealed = n.phone_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[],
            $7::bytea[], $8::bytea[])
            AS n (bucket, id, name_sealed, id_number_sealed, phone_sealed, name_sealed_was,
                id_number_sealed_was, phone_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.name_sealed IS NOT DISTINCT FROM n.name_sealed_was
                AND t.id_number_sealed IS NOT DISTINCT FROM n.id_number_sealed_was
                    AND t.phone_sealed IS NOT DISTINCT FROM n.phone_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM identity.paper_dispute,
        LATERAL (VALUES (name_sealed), (id_number_sealed), (phone_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(
            name_sealed=lambda row: name_of(row["id"]),
            id_number_sealed=lambda row: id_number_of(row["id"]),
            phone_sealed=lambda row: phone_place(row["id"]),
        ),
    ),
    Sealed(
        table="identity.person",
        columns=("id_number_sealed",),
        find="""-- across people: a new sealing key
    SELECT bucket, id, id_number_sealed FROM identity.person
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(id_number_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE identity.person AS t SET id_number_sealed = n.id_number_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[])
            AS n (bucket, id, id_number_sealed, id_number_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.id_number_sealed IS NOT DISTINCT FROM n.id_number_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM identity.person,
        LATERAL (VALUES (id_number_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(id_number_sealed=lambda row: id_number_of(row["id"])),
    ),
    Sealed(
        table="identity.power",
        columns=(
            "agent_name_sealed",
            "principal_name_sealed",
        ),
        find="""-- across people: a new sealing key
    SELECT bucket, id, agent_name_sealed, principal_name_sealed FROM identity.power
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(agent_name_sealed, 1, 1) NOT IN ($1, '')
        OR substr(principal_name_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE identity.power AS t SET agent_name_sealed = n.agent_name_sealed,
            principal_name_sealed = n.principal_name_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
            AS n (bucket, id, agent_name_sealed, principal_name_sealed, agent_name_sealed_was,
                principal_name_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.agent_name_sealed IS NOT DISTINCT FROM n.agent_name_sealed_was
                AND t.principal_name_sealed IS NOT DISTINCT FROM n.principal_name_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM identity.power,
        LATERAL (VALUES (agent_name_sealed), (principal_name_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(
            agent_name_sealed=lambda row: agent_name_of(row["id"]),
            principal_name_sealed=lambda row: principal_name_of(row["id"]),
        ),
    ),
    Sealed(
        table="identity.staff",
        columns=("totp_sealed",),
        find="""-- across people: a new sealing key
    SELECT bucket, id, totp_sealed FROM identity.staff
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND (substr(totp_sealed, 1, 1) NOT IN ($1, ''))
    ORDER BY bucket, id LIMIT $2""",
        put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE identity.staff AS t SET totp_sealed = n.totp_sealed
        FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[])
            AS n (bucket, id, totp_sealed, totp_sealed_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.totp_sealed IS NOT DISTINCT FROM n.totp_sealed_was RETURNING 1
    ) SELECT count(*) FROM put""",
        uses="""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number FROM identity.staff,
        LATERAL (VALUES (totp_sealed)) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(totp_sealed=lambda row: totp_of(row["id"])),
    ),
)
