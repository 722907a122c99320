-- reform: the double-halving ledger. What an item asks is measured once for each of its versions; how fast cases were
-- decided is added up by item and month when the news of the decision comes, and never counted over the history.
CREATE SCHEMA reform;

CREATE VIEW catalogue.pub_measure AS
SELECT v.code, v.number, (v.body->>'published_on')::date AS published_on, v.body->>'kind' AS kind,
    v.body->>'department_kind' AS department_kind, v.body->'name'->>'zh' AS name_zh, v.body->'name'->>'en' AS name_en,
    (v.body->'clock'->>'promise_days')::integer AS promise_days,
    (v.body->'clock'->>'statutory_days')::integer AS statutory_days,
    v.body->'clock'->>'statutory_unit' AS statutory_unit,
    (SELECT count(*)::integer FROM jsonb_array_elements(v.body->'materials') m
        WHERE (m->>'required')::boolean AND m->>'route' = 'none') AS materials,
    (SELECT count(*)::integer FROM jsonb_array_elements(v.body->'steps')) AS steps,
    (v.body->>'visits')::integer AS visits,
    CASE WHEN (v.body->>'visits')::integer = 0 THEN 0 ELSE 1 + jsonb_array_length(v.body->'joint') END AS windows,
    (SELECT count(*)::integer FROM jsonb_each(v.body->'form'->'properties')) AS questions,
    (SELECT count(*)::integer FROM jsonb_each(v.body->'form'->'properties') q
        WHERE jsonb_typeof(q.value->'x-ui'->'prefill') = 'object') AS prefilled
FROM catalogue.item_version v
WHERE coalesce(jsonb_typeof(v.body->'after'), 'null') = 'null';

CREATE TABLE reform.measure (
    item text NOT NULL,
    number integer NOT NULL,
    measured_on date NOT NULL,
    kind text NOT NULL,
    department_kind text NOT NULL,
    title_zh text NOT NULL,
    title_en text NOT NULL,
    promise_days integer NOT NULL,
    statutory_days integer,
    statutory_unit text NOT NULL,
    materials integer NOT NULL,
    steps integer NOT NULL,
    visits integer NOT NULL,
    windows integer NOT NULL,
    questions integer NOT NULL,
    prefilled integer NOT NULL,
    PRIMARY KEY (item, number)
);

CREATE TABLE reform.pace (
    item text NOT NULL,
    month date NOT NULL,
    decided integer NOT NULL,
    promised_days integer NOT NULL,
    used_days integer NOT NULL,
    PRIMARY KEY (item, month)
);
