-- identity: parents who act for their children.

-- 监护关系核验: a parent named a child; it waits until the register of families has answered. A claim that was not
-- confirmed is dropped. `child` is the id of the child's account, which is opened with the answer where there was none.
-- `consent` is the version of the consent that the guardian of a child under fourteen gave (PIPL art. 31), `consented_at`
-- when. Name and number are sealed to the claim; `child_hash` is the HMAC of the number.
CREATE TABLE identity.child_claim (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    guardian uuid NOT NULL,
    child uuid NOT NULL,
    child_hash bytea NOT NULL,
    name_sealed bytea NOT NULL,
    id_number_sealed bytea NOT NULL,
    consent text,
    consented_at timestamptz,
    state text NOT NULL CHECK (state IN ('waiting', 'confirmed')),
    purpose uuid NOT NULL,
    claimed_at timestamptz NOT NULL,
    ask_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    answered_at timestamptz,
    CHECK ((consent IS NULL) = (consented_at IS NULL)),
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, guardian, child_hash)
);
CREATE INDEX child_claim_ask ON identity.child_claim (ask_at) WHERE state = 'waiting';
