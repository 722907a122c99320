-- identity: the officers of a department as other rooms may read them beside a case of theirs; names stay sealed.
CREATE VIEW identity.pub_colleague AS
    SELECT s.department, s.username, a.id, a.name_sealed
    FROM identity.staff s JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id;
-- cases: interested persons 利害关系人 who were told of a right to a hearing of their own. A row lies in her bucket where she
-- has an account (`person` is it), else in the case's; who she is, and her address, lie sealed. Her word stands with the case.
CREATE TABLE cases.interested (
    bucket smallint NOT NULL,
    person uuid NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    seat smallint NOT NULL,
    account boolean NOT NULL,
    sealed bytea NOT NULL,
    -- Under which she reads what concerns her of the case; under which the department reads who she is.
    purpose uuid NOT NULL,
    own_purpose uuid,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, person, case_id)
);
-- All of a case, for its letters and its desk.
CREATE INDEX interested_case ON cases.interested (case_id, seat);
