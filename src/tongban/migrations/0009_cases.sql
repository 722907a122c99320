-- cases: the life cycle of an application (办件).
CREATE SCHEMA cases;

CREATE TABLE cases."case" (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    applicant uuid NOT NULL,
    item text NOT NULL,
    item_version integer NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    department text,
    district text,
    applicant_masked text NOT NULL,
    number text,
    short_code text,
    answers jsonb NOT NULL,
    facts jsonb NOT NULL,
    finding jsonb,
    purpose uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    submitted_at timestamptz,
    accepted_at timestamptz,
    decided_at timestamptz,
    closed_at timestamptz,
    accept_due timestamptz,
    promise_due timestamptz,
    statutory_due timestamptz,
    reason jsonb,
    language text NOT NULL DEFAULT 'zh' CHECK (language IN ('zh', 'en')),
    PRIMARY KEY (bucket, id)
) WITH (fillfactor = 80, autovacuum_analyze_scale_factor = 0.02);

-- My cases, newest first.
CREATE INDEX case_applicant ON cases."case" (bucket, applicant, id DESC);
-- One living case per person and item: two tabs, two devices and a double click meet here.
CREATE UNIQUE INDEX case_living ON cases."case" (bucket, applicant, item)
    WHERE state IN ('draft', 'submitted', 'accepted', 'issuing');
-- The department's desk crosses people: an index of its own, soonest date first.
CREATE INDEX case_desk ON cases."case" (department, (coalesce(promise_due, accept_due)), id)
    WHERE state IN ('submitted', 'accepted');
CREATE INDEX case_done ON cases."case" (department, decided_at DESC, id DESC) WHERE decided_at IS NOT NULL;

-- Drafts that outlived their purpose.
CREATE INDEX case_draft ON cases."case" (opened_at) WHERE state = 'draft';

CREATE TABLE cases.event (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    version integer NOT NULL,
    move text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor_role text NOT NULL,
    actor_name text NOT NULL,
    at timestamptz NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (bucket, case_id, version),
    FOREIGN KEY (bucket, case_id) REFERENCES cases."case" (bucket, id)
);

-- Global uniqueness of the numbers that people read out at a window.
CREATE TABLE cases.number_index (
    short_code text PRIMARY KEY,
    number text NOT NULL UNIQUE,
    applicant uuid NOT NULL,
    case_id uuid NOT NULL
);
