-- audit: the tamper-evident ledger and the purposes under which personal data may be read.
CREATE SCHEMA audit;

-- One row an act or a reading, appended with its own hash; never changed. Partitions by month are made ahead by
-- audit.ensure_partitions(); what falls into none lies in the default partition and is moved when its month is made.
-- `xid` orders the sealing: rows below the oldest running transaction are complete.
CREATE TABLE audit.ledger (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL CHECK (kind IN ('act', 'read')),
    actor_role text NOT NULL,
    actor uuid,
    actor_name text NOT NULL,
    department text,
    action text NOT NULL,
    subject uuid NOT NULL,
    reference text NOT NULL,
    purpose uuid,
    detail jsonb,
    hash bytea NOT NULL,
    PRIMARY KEY (bucket, id, at)
) PARTITION BY RANGE (at);
CREATE INDEX ledger_xid ON audit.ledger (xid);
-- Who read my data, newest first.
CREATE INDEX ledger_reading ON audit.ledger (bucket, subject, id DESC) WHERE kind = 'read';
-- Which revision of what an act made. A signed row that somebody puts back whole is older than its own ledger.
CREATE INDEX ledger_revision ON audit.ledger (bucket, reference) WHERE detail ? 'revision';
CREATE TABLE audit.ledger_rest PARTITION OF audit.ledger DEFAULT;
CREATE VIEW audit.pub_revision AS
    SELECT bucket, reference, at, (detail ->> 'revision')::integer AS revision
    FROM audit.ledger WHERE detail ? 'revision';

-- Each bucket's chain of blocks. `root` is the Merkle root (RFC 6962 hashing) of `row_hashes`.
CREATE TABLE audit.seal_block (
    bucket smallint NOT NULL,
    seq bigint NOT NULL,
    pass bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    prev bytea NOT NULL,
    root bytea NOT NULL,
    hash bytea NOT NULL,
    row_ids uuid[] NOT NULL,
    row_hashes bytea[] NOT NULL,
    PRIMARY KEY (bucket, seq)
);
CREATE INDEX seal_block_pass ON audit.seal_block (pass, bucket);

-- The last block of each bucket, so that a pass need not look for it.
CREATE TABLE audit.seal_tip (
    bucket smallint PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

-- One row: every ledger row with an xid below the mark lies in a block. Who moves it has sealed; two workers never both.
CREATE TABLE audit.seal_mark (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    sealed_below xid8 NOT NULL,
    pass bigint NOT NULL
);
INSERT INTO audit.seal_mark (sealed_below, pass) VALUES ('0', 0);

-- One row a pass: the Merkle root over the tips of all buckets, chained and signed by the node's key.
CREATE TABLE audit.head (
    pass bigint PRIMARY KEY,
    signed_at timestamptz NOT NULL,
    sealed_below xid8 NOT NULL,
    prev bytea NOT NULL,
    root bytea NOT NULL,
    hash bytea NOT NULL,
    kid text NOT NULL,
    signature bytea NOT NULL
);

-- Why a personal reading is lawful 用途: opened with what it serves, closed with it (PIPL art. 6, 13).
CREATE TABLE audit.purpose (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('draft', 'case', 'own_act', 'proactive', 'supervision')),
    reference text NOT NULL,
    item text NOT NULL,
    fields text[] NOT NULL,
    basis text NOT NULL,
    opened_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (bucket, id)
) WITH (fillfactor = 90, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX purpose_open ON audit.purpose (bucket, subject, reference) WHERE closed_at IS NULL;
