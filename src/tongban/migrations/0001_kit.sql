-- kit: what the tools themselves keep. Rooms add their own schemas in later files.
CREATE SCHEMA IF NOT EXISTS kit;

-- The working-day calendar (国务院办公厅节假日安排): only days that differ from Monday–Friday.
CREATE TABLE kit.calendar_day (
    day date PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('work', 'off')),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    notice text NOT NULL,
    mark text NOT NULL
);

-- News on its way up: written with the change that it tells of, drained in batches by the worker.
CREATE TABLE kit.outbox (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    topic text NOT NULL,
    subject uuid NOT NULL,
    reference text NOT NULL,
    payload jsonb NOT NULL,
    at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    given_up_at timestamptz,
    -- Handled by asking somebody outside (a gateway, a register): a lane of its own, so that their outage holds up
    -- nothing of the house's own.
    outward boolean NOT NULL DEFAULT false,
    PRIMARY KEY (bucket, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
CREATE INDEX outbox_due ON kit.outbox (outward, due_at, id) WHERE given_up_at IS NULL;

-- Which handler's effect of which event has happened: written in the effect's own statement.
CREATE TABLE kit.handled (
    bucket smallint NOT NULL,
    event uuid NOT NULL,
    handler text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, event, handler)
);
CREATE INDEX handled_at ON kit.handled USING brin (at);

-- Things that become due: acceptance clocks, waits, reminders. One per (kind, reference).
CREATE TABLE kit.timer (
    bucket smallint NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    due_at timestamptz NOT NULL,
    payload jsonb NOT NULL,
    outward boolean NOT NULL DEFAULT false,
    PRIMARY KEY (bucket, kind, reference)
);
CREATE INDEX timer_due ON kit.timer (due_at);

-- Answers of POSTs that create, keyed by (bucket, caller, key).
CREATE TABLE kit.idempotency (
    bucket smallint NOT NULL,
    caller text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, caller, key)
);
CREATE INDEX idempotency_at ON kit.idempotency USING brin (at);

-- Serials are leased in blocks per process; gaps are allowed.
CREATE TABLE kit.serial (
    name text PRIMARY KEY,
    next_value bigint NOT NULL
);

-- Sessions: the cookie's value is never stored, only its hash.
CREATE TABLE kit.session (
    bucket smallint NOT NULL,
    token_hash bytea NOT NULL,
    actor uuid NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    department text,
    level smallint NOT NULL,
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, token_hash)
);
CREATE INDEX session_actor ON kit.session (bucket, actor);
