"""SQL of sealed values in news still to be handed out (an SMS: number and words)."""

FIND = """-- across people: a new sealing key
    SELECT bucket, id, subject, payload FROM kit.outbox
    WHERE (bucket, id) > ($3::smallint, $4::uuid) AND topic = 'notices.sms'
        AND (substr(decode(payload ->> 'phone', 'base64'), 1, 1) <> $1
            OR substr(decode(payload ->> 'words', 'base64'), 1, 1) <> $1)
    ORDER BY bucket, id LIMIT $2"""
PUT = """-- across people: a new sealing key
    WITH put AS (
        UPDATE kit.outbox AS t SET payload = n.payload
        FROM unnest($1::smallint[], $2::uuid[], $3::jsonb[], $4::jsonb[])
            AS n (bucket, id, payload, payload_was)
        WHERE t.bucket = n.bucket AND t.id = n.id
            AND t.payload IS NOT DISTINCT FROM n.payload_was RETURNING 1
    ) SELECT count(*) FROM put"""
USES = """-- across people: what a sealing key is used for
    SELECT substr(decode(c.v, 'base64'), 1, 1) AS key, count(*) AS number
    FROM kit.outbox, LATERAL (VALUES (payload ->> 'phone'), (payload ->> 'words')) AS c (v)
    WHERE topic = 'notices.sms' AND c.v IS NOT NULL GROUP BY 1"""
