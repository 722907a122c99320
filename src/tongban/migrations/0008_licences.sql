-- licences: e-licences (GB/T 36901–36906), the cards that carry them, and the index of their identifiers.
CREATE SCHEMA licences;

-- Reference table 证照类型: what may be issued at all. The code is the defining organ's USCC (18) and a serial (3).
CREATE TABLE licences.licence_type (
    code text PRIMARY KEY CHECK (code ~ '^[0-9A-HJ-NPQRTUWXY]{18}[0-9]{3}$'),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    holder_kind text NOT NULL CHECK (holder_kind IN ('person', 'organisation')),
    validity text NOT NULL CHECK (validity IN ('sign_yearly', 'unlimited')),
    issuer_kind text NOT NULL,
    mark text NOT NULL CHECK (mark IN ('real', 'realistic', 'synthetic'))
);

-- One row a licence, in its holder's bucket. `signature` covers every other column (sealed ones by their hash):
-- a cell altered here is found when the licence is next verified.
CREATE TABLE licences.licence (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    holder uuid NOT NULL,
    type_code text NOT NULL REFERENCES licences.licence_type (code),
    reference uuid NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    version smallint NOT NULL,
    identifier text,
    number text,
    holder_name_sealed bytea NOT NULL,
    holder_code_sealed bytea NOT NULL,
    face_sealed bytea NOT NULL,
    issuer_uscc text,
    issuer_code text NOT NULL,
    issued_at timestamptz,
    valid_from date,
    valid_until date,
    shown jsonb NOT NULL,
    state_changed_at timestamptz NOT NULL,
    state_reason text NOT NULL,
    signed_by text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (bucket, id),
    -- A case ends in one licence of a type; its next version is a new row with a reference of its own.
    UNIQUE (bucket, reference, type_code)
) WITH (fillfactor = 85, autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
CREATE INDEX licence_holder ON licences.licence (bucket, holder);

-- Global uniqueness of identifiers 电子证照标识, read in a step of its own to find the bucket.
CREATE TABLE licences.identifier_index (
    identifier text PRIMARY KEY,
    bucket smallint NOT NULL,
    licence uuid NOT NULL
);

-- What the card maker is asked to make. A card travels in a batch; an order without one waits for the next.
CREATE TABLE licences.card_order (
    bucket smallint NOT NULL,
    order_id uuid NOT NULL,
    licence uuid NOT NULL,
    type_code text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'batched', 'made', 'halted')),
    batch_id uuid,
    serial text,
    problem text,
    ordered_at timestamptz NOT NULL,
    made_at timestamptz,
    PRIMARY KEY (bucket, order_id),
    UNIQUE (bucket, licence)
);
CREATE INDEX card_order_waiting ON licences.card_order (type_code, ordered_at) WHERE state = 'waiting';
CREATE INDEX card_order_batch ON licences.card_order (batch_id) WHERE batch_id IS NOT NULL;

-- Global: batches on their way. `due_at` is the next try and, while a worker holds the batch, the end of its lease.
CREATE TABLE licences.card_batch (
    batch_id uuid PRIMARY KEY,
    type_code text NOT NULL,
    state text NOT NULL CHECK (state IN ('closed', 'sent', 'done')),
    size smallint NOT NULL,
    opened_at timestamptz NOT NULL,
    sent_at timestamptz,
    done_at timestamptz,
    due_at timestamptz NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    last_error text
);
CREATE INDEX card_batch_due ON licences.card_batch (state, due_at) WHERE state <> 'done';
