-- cases: corrections that reopen named answers, and the instant from which a limit is near (the amber lamp).
-- `correction`: what the department asked to be put right, until when, and what has been put right so far; null before
-- the department asks. A case being corrected is a living one.
ALTER TABLE cases."case"
    ADD COLUMN correction jsonb,
    ADD COLUMN warn_at timestamptz;

DROP INDEX cases.case_living;
CREATE UNIQUE INDEX case_living ON cases."case" (bucket, applicant, item)
    WHERE state IN ('draft', 'submitted', 'correcting', 'accepted', 'issuing');
-- What waits for its applicants, latest asked first.
CREATE INDEX case_correcting ON cases."case" (department, id) WHERE state = 'correcting';
