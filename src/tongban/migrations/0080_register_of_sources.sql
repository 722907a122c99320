-- catalogue: what a source gives in the codes by which the gate of publishing matches: data elements and standard
-- materials; for which items a commitment may not be used; who put a source up or down by hand (empty: the city's file).
ALTER TABLE catalogue.source
    ADD COLUMN tells jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN replaces text[] NOT NULL DEFAULT '{}',
    ADD COLUMN not_for text[] NOT NULL DEFAULT '{}',
    ADD COLUMN put_by text NOT NULL DEFAULT '';

-- Since when a source has been up, down or planned: a row for each change.
CREATE TABLE catalogue.source_state (
    kind text NOT NULL,
    code text NOT NULL,
    since timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('up', 'down', 'planned')),
    PRIMARY KEY (kind, code, since)
);

-- The state is the register's; the exchange asks there.
ALTER TABLE exchange.resource DROP COLUMN state;

-- What must go out of an item's version in force: a material that one of the four exemptions covers since. The organ is
-- the organ that the item's code names, by its USCC. Closed when a version without it is published, or when the source
-- is withdrawn.
CREATE TABLE catalogue.task (
    id uuid PRIMARY KEY,
    item text NOT NULL,
    number integer NOT NULL,
    material text NOT NULL,
    organ text NOT NULL,
    exemption text NOT NULL CHECK (exemption IN ('no_basis', 'shared', 'licence', 'commitment')),
    source_kind text NOT NULL DEFAULT '',
    source text NOT NULL DEFAULT '',
    fields text[] NOT NULL DEFAULT '{}',
    opened_at timestamptz NOT NULL,
    due_on date NOT NULL,
    closed_at timestamptz,
    closed_as text CHECK (closed_as IN ('published', 'withdrawn')),
    CHECK ((closed_at IS NULL) = (closed_as IS NULL))
);
CREATE UNIQUE INDEX task_open ON catalogue.task (item, material) WHERE closed_at IS NULL;
CREATE INDEX task_of_organ ON catalogue.task (organ, due_on) WHERE closed_at IS NULL;

-- An item's next version while it is written: one an item. `base` is the number of the version it began from.
CREATE TABLE catalogue.draft (
    item text PRIMARY KEY,
    base integer NOT NULL,
    revision integer NOT NULL,
    body jsonb NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL
);

-- How many materials the catalogue asks people to bring, day by day as versions are published.
CREATE TABLE catalogue.asked_count (
    on_day date PRIMARY KEY,
    items integer NOT NULL,
    materials integer NOT NULL
);
