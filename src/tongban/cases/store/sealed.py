"""SQL of the sealed values of the cases room: answers, facts, what was corrected, interested persons 利害关系人."""

from __future__ import annotations

from uuid import UUID

from tongban.kit.sealed import FIRST, Change, Sealed, sealed_columns


def sealed(answers: Change, steps: Change) -> tuple[Sealed, ...]:
    """The tables; ``answers`` and ``steps`` seal a case's and a step's JSON anew."""
    return (
        Sealed(
            table="cases.case",
            columns=(
                "answers",
                "facts",
                "correction",
            ),
            find="""-- across people: a new sealing key
    SELECT bucket, id, item, item_version, answers, facts, correction FROM cases."case"
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND EXISTS (
        SELECT FROM jsonb_path_query(jsonb_build_array(answers, facts, correction),
            'strict $.**.sealed ? (@.type() == "string")') AS s (v)
        WHERE substr(decode(s.v #>> '{}', 'base64'), 1, 1) <> $1
    )
    ORDER BY bucket, id LIMIT $2""",
            put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE cases."case" AS t SET answers = n.answers, facts = n.facts, correction = n.correction
        FROM unnest($1::smallint[], $2::uuid[], $3::jsonb[], $4::jsonb[], $5::jsonb[], $6::jsonb[],
            $7::jsonb[], $8::jsonb[])
            AS n (bucket, id, answers, facts, correction, answers_was, facts_was, correction_was)
        WHERE t.bucket = n.bucket AND t.id = n.id AND t.answers IS NOT DISTINCT FROM n.answers_was
            AND t.facts IS NOT DISTINCT FROM n.facts_was
                AND t.correction IS NOT DISTINCT FROM n.correction_was RETURNING 1
    ) SELECT count(*) FROM put""",
            uses="""-- across people: what a sealing key is used for
    SELECT substr(decode(s.v #>> '{}', 'base64'), 1, 1) AS key, count(*) AS number
    FROM cases."case", jsonb_path_query(jsonb_build_array(answers, facts, correction),
        'strict $.**.sealed ? (@.type() == "string")') AS s (v) GROUP BY 1""",
            change=answers,
        ),
        Sealed(
            table="cases.event",
            columns=("detail",),
            find="""-- across people: a new sealing key
    SELECT bucket, case_id, version, detail FROM cases.event
    WHERE (bucket, case_id, version) > ($3::smallint, $4::uuid, $5::integer) AND EXISTS (
        SELECT FROM jsonb_path_query(detail, 'strict $.**.sealed ? (@.type() == "string")') AS s (v)
        WHERE substr(decode(s.v #>> '{}', 'base64'), 1, 1) <> $1
    )
    ORDER BY bucket, case_id, version LIMIT $2""",
            put="""-- across people: a new sealing key
    WITH put AS (
        UPDATE cases.event AS t SET detail = n.detail
        FROM unnest($1::smallint[], $2::uuid[], $3::integer[], $4::jsonb[], $5::jsonb[])
            AS n (bucket, case_id, version, detail, detail_was)
        WHERE t.bucket = n.bucket AND t.case_id = n.case_id AND t.version = n.version
            AND t.detail IS NOT DISTINCT FROM n.detail_was RETURNING 1
    ) SELECT count(*) FROM put""",
            uses="""-- across people: what a sealing key is used for
    SELECT substr(decode(s.v #>> '{}', 'base64'), 1, 1) AS key, count(*) AS number
    FROM cases.event, jsonb_path_query(detail,
        'strict $.**.sealed ? (@.type() == "string")') AS s (v) GROUP BY 1""",
            change=steps,
            first=(*FIRST, 0),
        ),
        sealed_columns(
            "cases.interested",
            key={"bucket": "smallint", "person": "uuid", "case_id": "uuid"},
            first=(*FIRST, UUID(int=0)),
            sealed=lambda row: interested_place(row["case_id"], row["person"]),
        ),
    )


def interested_place(case: UUID, person: UUID) -> bytes:
    """What the particulars of an interested person are sealed to."""
    return b"cases.interested" + case.bytes + person.bytes
