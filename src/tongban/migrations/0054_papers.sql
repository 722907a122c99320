-- identity: one person, one account over all her papers 一人多证. What the register tells of an enrolling person's other
-- papers, present and former, is kept as hashes and kinds alone; the account's entries of the global index cover them.
ALTER TABLE identity.application
    ADD COLUMN other_hashes bytea[] NOT NULL DEFAULT '{}',
    ADD COLUMN other_kinds text[] NOT NULL DEFAULT '{}';

-- A paper by which an account is found beside its own: told by the register at enrolment, or added by its holder.
CREATE TABLE identity.other_paper (
    bucket smallint NOT NULL,
    hash bytea NOT NULL,
    account uuid NOT NULL,
    paper_kind text NOT NULL,
    as_of timestamptz NOT NULL,
    PRIMARY KEY (bucket, hash)
);
CREATE INDEX other_paper_of ON identity.other_paper (bucket, account);

-- "This account is not mine" 证件关联异议: the register says that an enrolling person's papers found another's account.
-- An officer looks at it; what is sealed goes with the decision. "two": these numbers are two people's from then on.
CREATE TABLE identity.paper_dispute (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    account_bucket smallint NOT NULL,
    name_sealed bytea,
    id_number_sealed bytea,
    phone_sealed bytea,
    paper_kind text NOT NULL,
    paper_country text NOT NULL,
    id_hash bytea NOT NULL,
    found bytea[] NOT NULL,
    at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'same', 'two')),
    decided_at timestamptz,
    decided_by uuid,
    department text,
    why text,
    PRIMARY KEY (bucket, id),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'open') = (phone_sealed IS NOT NULL))
);
CREATE INDEX paper_dispute_open ON identity.paper_dispute (at, id) WHERE state = 'open';
CREATE INDEX paper_dispute_two ON identity.paper_dispute (id_hash) WHERE state = 'two';
