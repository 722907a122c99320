-- bundles: one thing done once 一件事: the bundles in versions, and those that people have begun.
CREATE SCHEMA bundles;

-- A bundle and the version that is in force. Reference tables.
CREATE TABLE bundles.bundle (
    code text PRIMARY KEY,
    number integer NOT NULL,
    place integer NOT NULL,
    published_at timestamptz NOT NULL
);

-- Published versions: inserted once, never changed (a run pins the one it was begun by).
CREATE TABLE bundles.version (
    code text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    body jsonb NOT NULL,
    hash text NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (code, number)
);

-- A bundle that somebody has begun 联办申请. What the one form asks lies in the drafts of its parts.
CREATE TABLE bundles.run (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    applicant uuid NOT NULL,
    bundle text NOT NULL,
    number integer NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'sent', 'done', 'discarded')),
    version integer NOT NULL,
    answers_sealed bytea NOT NULL,
    parts jsonb NOT NULL,
    language text NOT NULL,
    opened_at timestamptz NOT NULL,
    sent_at timestamptz,
    done_at timestamptz,
    PRIMARY KEY (bucket, id)
);
-- One draft of a bundle a person.
CREATE UNIQUE INDEX run_draft ON bundles.run (bucket, applicant, bundle) WHERE state = 'draft';
CREATE INDEX run_of ON bundles.run (bucket, applicant, id);
-- Which run a case is part of.
CREATE INDEX run_cases ON bundles.run USING gin (parts jsonb_path_ops) WHERE state = 'sent';
-- What the sweep lets go: drafts and runs given up by the day of their birth.
CREATE INDEX run_idle ON bundles.run (opened_at) WHERE state IN ('draft', 'discarded');
