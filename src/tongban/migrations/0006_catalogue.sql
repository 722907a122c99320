-- catalogue: what the city offers, in versions; where data come from; what a search finds. Reference tables.
CREATE SCHEMA catalogue;

-- A service item 政务服务事项 and the version that is in force.
CREATE TABLE catalogue.item (
    code text PRIMARY KEY,
    number integer NOT NULL,
    published_at timestamptz NOT NULL
);

-- Published versions: inserted once, never changed (a case pins the one it was filed under).
CREATE TABLE catalogue.item_version (
    code text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    body jsonb NOT NULL,
    body_hash bytea NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    PRIMARY KEY (code, number)
);

-- What a search looks at: words computed at publishing. `named` are those of the name, `called` of what people
-- call it, `terms` all of them with those of the guide's text. `pinyin` is the sort key (no ICU in the server).
CREATE TABLE catalogue.search_entry (
    code text PRIMARY KEY,
    named text[] NOT NULL,
    called text[] NOT NULL,
    terms text[] NOT NULL,
    pinyin text NOT NULL,
    online boolean NOT NULL,
    card jsonb NOT NULL
);
CREATE INDEX search_entry_terms ON catalogue.search_entry USING gin (terms);

-- The register of sources 数据来源: which resource, licence type or commitment tells which data elements.
CREATE TABLE catalogue.source (
    kind text NOT NULL CHECK (kind IN ('resource', 'licence_type', 'commitment')),
    code text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    provider_zh text NOT NULL,
    provider_en text NOT NULL,
    elements text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('up', 'down', 'planned')),
    mark text NOT NULL CHECK (mark IN ('real', 'realistic', 'synthetic')),
    PRIMARY KEY (kind, code)
);
