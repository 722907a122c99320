-- Rights of the person 个人信息权益 (PIPL art. 44–50).
CREATE SCHEMA portal;

-- portal: a copy of all that is held about a person (art. 45), sealed, until its link ends. One at a time.
CREATE TABLE portal.copy (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    made_at timestamptz,
    until timestamptz,
    json_sealed bytea,
    pdf_sealed bytea,
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX copy_under_way ON portal.copy (bucket, subject) WHERE made_at IS NULL;
CREATE INDEX copy_ends ON portal.copy (until) WHERE made_at IS NOT NULL;

-- identity: an account that its owner closed 注销. The row stays where cases or licences name it; nothing finds it and
-- nothing logs in. While the waiting time runs there is a row in `closing`, and she can take it back.
ALTER TABLE identity.account ADD COLUMN closed_at timestamptz;
CREATE TABLE identity.closing (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, account)
);

-- identity: consents 同意 (PIPL art. 14, 15, 29, 31), each with the version of the words that were agreed to. `given_by` is
-- the guardian's account where a child under 14 is the subject. One stands for each purpose and item; withdrawn ones stay
-- as evidence for their time.
CREATE TABLE identity.consent (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    purpose text NOT NULL,
    item text NOT NULL DEFAULT '',
    fields text[] NOT NULL,
    basis text NOT NULL,
    version text NOT NULL,
    separate boolean NOT NULL,
    way text NOT NULL CHECK (way IN ('portal', 'desk', 'paper')),
    given_by uuid,
    given_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (bucket, id),
    CHECK (withdrawn_at IS NULL OR withdrawn_at >= given_at)
);
CREATE UNIQUE INDEX consent_standing ON identity.consent (bucket, subject, purpose, item) WHERE withdrawn_at IS NULL;
CREATE INDEX consent_withdrawn ON identity.consent (withdrawn_at) WHERE withdrawn_at IS NOT NULL;

-- What the hourly sweeps of city/keeping.yaml look for; inboxes grow in the order of their time.
CREATE INDEX inbox_at ON notices.inbox USING brin (at);
CREATE INDEX case_discarded ON cases."case" (closed_at) WHERE state = 'discarded';
