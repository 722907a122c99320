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
