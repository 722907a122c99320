-- catalogue: rule tables and guided questionnaires. Reference tables, like the items.

-- A rule table 规则表 as some decision or questionnaire followed it: named by the SHA-256 of its content, never changed.
CREATE TABLE catalogue.rule_table (
    hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    key text NOT NULL,
    body jsonb NOT NULL,
    kept_at timestamptz NOT NULL
);

-- Versions of a guided questionnaire 主题引导, inserted once; the one with the greatest number is in force.
CREATE TABLE catalogue.questionnaire (
    key text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    body jsonb NOT NULL,
    table_hash text NOT NULL REFERENCES catalogue.rule_table (hash),
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    PRIMARY KEY (key, number)
);
