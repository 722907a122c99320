-- cases: the course of a case's clock (special procedures, extension), what waits in a special procedure, and the limit
-- to issue and deliver. `course` is {} until something stops or moves the clock.
ALTER TABLE cases."case"
    ADD COLUMN course jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN issue_due timestamptz;

DROP INDEX cases.case_living;
CREATE UNIQUE INDEX case_living ON cases."case" (bucket, applicant, item)
    WHERE state IN ('draft', 'submitted', 'correcting', 'accepted', 'suspended', 'issuing');
-- What stands still in a special procedure, the soonest date first.
CREATE INDEX case_suspended ON cases."case" (department, promise_due, id) WHERE state = 'suspended';
-- What has a date that an amended calendar may move; walked in batches.
CREATE INDEX case_running ON cases."case" (bucket, id)
    WHERE state IN ('submitted', 'correcting', 'accepted', 'suspended', 'issuing');

-- identity: what an officer may do beside examining, and the same in her session.
ALTER TABLE identity.staff ADD COLUMN duties text[] NOT NULL DEFAULT '{examine}';
ALTER TABLE kit.session ADD COLUMN duties text[] NOT NULL DEFAULT '{}';

-- kit: every change of the calendar, so that dates which it moves are reckoned anew.
CREATE TABLE kit.calendar_amendment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    notice text NOT NULL
);
-- Whether a day came with the city's files or was loaded by the staff: the files never undo what the staff loaded.
ALTER TABLE kit.calendar_day ADD COLUMN by_staff boolean NOT NULL DEFAULT false;

-- cases: how far open cases have been reckoned anew for an amendment.
CREATE TABLE cases.recount (
    amendment bigint PRIMARY KEY,
    place_bucket smallint NOT NULL,
    place uuid NOT NULL,
    moved bigint NOT NULL,
    done_at timestamptz
);
