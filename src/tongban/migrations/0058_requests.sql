-- portal: what a person asks for about her data: a correction (更正, PIPL art. 46), or that a person looks at what the
-- platform decided by itself (人工复核, art. 24). `thing` is the field that is wrong or the kind of decision, `about` the
-- register, case or licence that is meant. What she says, and the answer, lie sealed to the request. `purpose` is why
-- an officer of the department may read it, as long as it waits. The same thing is asked once at a time.
CREATE TABLE portal.request (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    sort text NOT NULL CHECK (sort IN ('correction', 'review')),
    thing text NOT NULL,
    about text NOT NULL,
    department text NOT NULL,
    said_sealed bytea NOT NULL,
    purpose uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn')),
    ended_at timestamptz,
    officer uuid,
    answer_sealed bytea,
    CHECK ((state = 'asked') = (ended_at IS NULL)),
    CHECK ((state IN ('granted', 'refused')) = (answer_sealed IS NOT NULL AND officer IS NOT NULL)),
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX request_standing ON portal.request (bucket, subject, sort, thing, about) WHERE state = 'asked';
CREATE INDEX request_subject ON portal.request (bucket, subject, id);
CREATE INDEX request_desk ON portal.request (department, due_at, id) WHERE state = 'asked';
CREATE INDEX request_ended ON portal.request (ended_at) WHERE state <> 'asked';

-- identity: a power for every errand was given before this errand was known: it goes on reaching as far as it did. Who
-- stands by the law or by an office in the principal's place has them all.
UPDATE identity.power SET errands = ARRAY['apply', 'follow', 'correct', 'withdraw', 'hearing', 'licences']
WHERE errands IS NULL AND kind IN ('attorney', 'family', 'agent');
