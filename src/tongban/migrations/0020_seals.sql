-- licences: the e-seals of organs 电子印章. Not a person's rows: keyed by department, few and small.
-- What is asked for keeps its key first: killed before the certificate came, the same key is asked for again.
CREATE TABLE licences.seal (
    id uuid PRIMARY KEY,
    department text NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'in_use', 'revoked', 'retired')),
    key_sealed bytea NOT NULL,
    certificate bytea,
    above bytea[] NOT NULL DEFAULT '{}',
    valid_from timestamptz,
    valid_until timestamptz,
    asked_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (state = 'asked' OR state = 'retired' OR certificate IS NOT NULL)
);
CREATE UNIQUE INDEX seal_of_department ON licences.seal (department) WHERE state <> 'retired';

-- cases: the sealed papers, one row a step that gave one; the file lies in kit.files, this row names it.
CREATE TABLE cases.sealed_paper (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    step smallint NOT NULL,
    applicant uuid NOT NULL,
    kind text NOT NULL,
    department text NOT NULL,
    seal uuid NOT NULL,
    file uuid NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    sha256 bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, case_id, step)
);

-- Cases that have papers to be sealed: a row waits, is leased while somebody is at it, and goes when nothing is left.
CREATE TABLE cases.seal_wanted (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    due_at timestamptz NOT NULL,
    asked integer NOT NULL DEFAULT 1,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    PRIMARY KEY (bucket, case_id)
);
CREATE INDEX seal_wanted_due ON cases.seal_wanted (due_at);
