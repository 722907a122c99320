-- cases: what became of a promise 告知承诺 on which a case was granted: the check that is due, time to put things right,
-- and until when who broke it gives no other. One row a case; ``found`` is what its applicant reads.
CREATE TABLE cases.commitment (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    item text NOT NULL,
    department text NOT NULL,
    short_code text NOT NULL,
    state text NOT NULL CHECK (state IN ('promised', 'check_due', 'check_ok', 'curing', 'cured', 'broken', 'revoked')),
    version integer NOT NULL,
    drawn boolean NOT NULL,
    promised_at timestamptz NOT NULL,
    check_due timestamptz NOT NULL,
    cure_due timestamptz,
    found text,
    checked_by text,
    changed_at timestamptz NOT NULL,
    until timestamptz,
    PRIMARY KEY (bucket, case_id)
);
CREATE INDEX commitment_desk ON cases.commitment (department, case_id) WHERE state IN ('check_due', 'curing', 'broken');
CREATE INDEX commitment_applicant ON cases.commitment (bucket, applicant) WHERE until IS NOT NULL;
