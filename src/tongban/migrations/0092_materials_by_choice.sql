-- reform: what is brought in the ordinary way, where the same is granted on a commitment, is brought by choice and does
-- not count among what an item asks, as in the catalogue's own counts. Versions measured before keep their rows.
CREATE OR REPLACE VIEW catalogue.pub_measure AS
SELECT v.code, v.number, (v.body->>'published_on')::date AS published_on, v.body->>'kind' AS kind,
    v.body->>'department_kind' AS department_kind, v.body->'name'->>'zh' AS name_zh, v.body->'name'->>'en' AS name_en,
    (v.body->'clock'->>'promise_days')::integer AS promise_days,
    (v.body->'clock'->>'statutory_days')::integer AS statutory_days,
    v.body->'clock'->>'statutory_unit' AS statutory_unit,
    (SELECT count(*)::integer FROM jsonb_array_elements(v.body->'materials') m
        WHERE (m->>'required')::boolean AND m->>'route' = 'none'
            AND m->'only_if'->'way' IS DISTINCT FROM '["ordinary"]'::jsonb) AS materials,
    (SELECT count(*)::integer FROM jsonb_array_elements(v.body->'steps')) AS steps,
    (v.body->>'visits')::integer AS visits,
    CASE WHEN (v.body->>'visits')::integer = 0 THEN 0 ELSE 1 + jsonb_array_length(v.body->'joint') END AS windows,
    (SELECT count(*)::integer FROM jsonb_each(v.body->'form'->'properties')) AS questions,
    (SELECT count(*)::integer FROM jsonb_each(v.body->'form'->'properties') q
        WHERE jsonb_typeof(q.value->'x-ui'->'prefill') = 'object') AS prefilled
FROM catalogue.item_version v
WHERE coalesce(jsonb_typeof(v.body->'after'), 'null') = 'null';
