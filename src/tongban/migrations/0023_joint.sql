-- cases: joint applicants. `joint` is the round of confirming, with the signatures, in the case's own row; NULL for a
-- case that nobody else has to confirm.
ALTER TABLE cases."case" ADD COLUMN joint jsonb;

DROP INDEX cases.case_living;
CREATE UNIQUE INDEX case_living ON cases."case" (bucket, applicant, item)
    WHERE state IN ('draft', 'confirming', 'submitted', 'correcting', 'accepted', 'suspended', 'issuing');

-- What a joint applicant has been asked to confirm, or has confirmed: in her own bucket, written by the worker.
-- `name_fits`: the name that was typed beside her number is that of her account.
CREATE TABLE cases.party (
    bucket smallint NOT NULL,
    person uuid NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    round integer NOT NULL,
    seat smallint NOT NULL,
    purpose uuid NOT NULL,
    name_fits boolean NOT NULL,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, person, case_id)
);

-- Whom a case waits for, by the keyed hash of the ID number: an invitation waits here for whoever has no account yet.
CREATE TABLE cases.party_index (
    hash bytea NOT NULL,
    case_id uuid NOT NULL,
    PRIMARY KEY (hash, case_id)
);
CREATE INDEX party_index_case ON cases.party_index (case_id);
