-- cases: the record of a site inspection 现场核查记录, as a draft while officers fill it in on the spot, kept once it is
-- handed in (`submitted_at`; `step` is the case's step that holds it for papers and pages). One draft a case.
CREATE TABLE cases.inspection (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    version integer NOT NULL,
    record jsonb NOT NULL,
    officer text NOT NULL,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    submitted_at timestamptz,
    step integer,
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX inspection_draft ON cases.inspection (bucket, case_id) WHERE submitted_at IS NULL;
CREATE INDEX inspection_case ON cases.inspection (bucket, case_id);

-- Internal notes 内部备注 of a department's officers to a case; only ever added.
CREATE TABLE cases.note (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    department text NOT NULL,
    author text NOT NULL,
    at timestamptz NOT NULL,
    words text NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX note_case ON cases.note (bucket, case_id, id);

-- A department's own templates of reasons 理由模板; the city's stand in its files. `item` null is any item.
CREATE TABLE cases.reason_template (
    id uuid PRIMARY KEY,
    department text NOT NULL,
    move text NOT NULL,
    item text,
    title text NOT NULL,
    words text NOT NULL,
    basis text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE INDEX reason_template_department ON cases.reason_template (department, id) WHERE removed_at IS NULL;

-- Bulk actions 批量办理: what each case of one confirmed batch came to, so that the same batch again does nothing twice.
-- `result` null: begun and not known to have ended. Kept for a week.
CREATE TABLE cases.bulk (
    bucket smallint NOT NULL,
    caller text NOT NULL,
    key text NOT NULL,
    case_id uuid NOT NULL,
    move text NOT NULL,
    at timestamptz NOT NULL,
    result jsonb,
    PRIMARY KEY (bucket, caller, key, case_id)
);
CREATE INDEX bulk_at ON cases.bulk (at);
