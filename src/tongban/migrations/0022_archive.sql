-- archive: sealed packages of ended cases, how long they are kept, what was destroyed; decisions that are public.

-- The packages are put together by the house itself and lie in the store of files as any other content.
ALTER TABLE kit.file DROP CONSTRAINT file_media_type_check;
ALTER TABLE kit.file ADD CONSTRAINT file_media_type_check
    CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png', 'application/zip'));

-- What a proof asks of the ledger: the pass that sealed a row, and a bucket's last block as of a pass.
CREATE INDEX head_sealed_below ON audit.head (sealed_below);
CREATE INDEX seal_block_as_of ON audit.seal_block (bucket, pass);

-- Cases that have ended and wait for their package; the row goes in the write that keeps the package.
CREATE TABLE cases.to_archive (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    ended_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    PRIMARY KEY (bucket, case_id)
);
CREATE INDEX to_archive_due ON cases.to_archive (due_at);
-- What had ended before.
INSERT INTO cases.to_archive (bucket, case_id, ended_at, due_at)
SELECT bucket, id, coalesce(closed_at, decided_at, submitted_at, opened_at),
    coalesce(closed_at, decided_at, submitted_at, opened_at)
FROM cases."case" WHERE state IN ('not_accepted', 'refused', 'withdrawn', 'terminated', 'closed');

-- One package a case (档案). `state`: kept; proposed for destruction by one person; destroyed when another agreed,
-- and then of the package only its hashes are left. `dispose_on`: the day from which it is due for appraisal, null for
-- what is kept for ever.
CREATE TABLE cases.archive (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    department text NOT NULL,
    item text NOT NULL,
    number text NOT NULL,
    ended_at timestamptz NOT NULL,
    sealed_at timestamptz NOT NULL,
    file_id uuid NOT NULL,
    size bigint NOT NULL,
    sm3 text NOT NULL,
    sha256 text NOT NULL,
    manifest_sm3 text NOT NULL,
    retention text NOT NULL,
    dispose_on date,
    state text NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'proposed', 'destroyed')),
    version integer NOT NULL DEFAULT 1,
    exported_at timestamptz,
    proposed_by uuid,
    proposed_name text,
    proposed_at timestamptz,
    proposed_reason text,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, case_id)
);
-- The department's list, latest sealed first, and what is due for appraisal, longest due first.
CREATE INDEX archive_department ON cases.archive (department, sealed_at DESC, id DESC);
CREATE INDEX archive_due ON cases.archive (department, dispose_on, id) WHERE state <> 'destroyed';
-- What an export takes: by department or of all, in the order of the end.
CREATE INDEX archive_ended ON cases.archive (ended_at, id) WHERE state <> 'destroyed';

-- Each decision of an appraisal (鉴定), kept for good.
CREATE TABLE cases.appraisal (
    bucket smallint NOT NULL,
    archive_id uuid NOT NULL,
    version integer NOT NULL,
    decision text NOT NULL CHECK (decision IN ('keep', 'extend', 'propose', 'destroy', 'spare')),
    officer uuid NOT NULL,
    officer_name text NOT NULL,
    reason text NOT NULL,
    dispose_on date,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, archive_id, version)
);

-- The destruction list (销毁清册), kept for ever: hashes and who decided, nothing of the person.
CREATE TABLE cases.destruction (
    id uuid PRIMARY KEY,
    department text NOT NULL,
    item text NOT NULL,
    retention text NOT NULL,
    ended_on date NOT NULL,
    size bigint NOT NULL,
    sm3 text NOT NULL,
    sha256 text NOT NULL,
    proposed_name text NOT NULL,
    destroyed_name text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX destruction_department ON cases.destruction (department, at DESC, id DESC);

-- Decisions that grant a licence, made public (行政许可法 art. 40). `holder`: a firm's name, or a person's masked one.
CREATE TABLE cases.publication (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    item text NOT NULL,
    department text NOT NULL,
    number text NOT NULL,
    holder_kind text NOT NULL CHECK (holder_kind IN ('person', 'firm')),
    holder text NOT NULL,
    holder_code text NOT NULL,
    decided_at timestamptz NOT NULL,
    due_on date NOT NULL,
    published_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, case_id)
);
CREATE INDEX publication_list ON cases.publication (decided_at DESC, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX publication_item ON cases.publication (item, decided_at DESC, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX publication_department ON cases.publication (department, decided_at DESC, id DESC)
    WHERE withdrawn_at IS NULL;
