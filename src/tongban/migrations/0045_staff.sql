-- identity: accounts of staff 工作人员 from joining to leaving, who asked for each power and who granted it, and three
-- administrators kept apart 三员分立 (GB/T 22239-2019, 8.1.5). regions: the halls 政务服务大厅 in which officers sit.
CREATE TABLE regions.hall (
    code text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    district text,
    mark text NOT NULL
);

-- `hall`: where she sits at a window. `until` with `home`: a posting that ends after that day, and what she goes back to
-- {department, hall, duties}. `granted_at`, `reviewed_at`: when her powers were granted and last confirmed.
-- `failed_at`: when a row of wrong passwords or codes locked her log-in last.
ALTER TABLE identity.staff
    ADD COLUMN state text NOT NULL DEFAULT 'active'
        CONSTRAINT staff_state CHECK (state IN ('proposed', 'granted', 'active', 'locked', 'left')),
    ADD COLUMN hall text,
    ADD COLUMN until date,
    ADD COLUMN home jsonb,
    ADD COLUMN granted_at timestamptz,
    ADD COLUMN reviewed_at timestamptz,
    ADD COLUMN failed_at timestamptz,
    ADD CONSTRAINT staff_until CHECK ((until IS NULL) = (home IS NULL)),
    ADD CONSTRAINT staff_left_has_nothing CHECK (state <> 'left' OR cardinality(duties) = 0),
    -- An administrator's duty is all that she has: no second one of the three, and nothing that is done to cases.
    ADD CONSTRAINT staff_administrators_apart CHECK (
        NOT duties && ARRAY['system_admin', 'security_admin', 'audit_admin'] OR cardinality(duties) = 1);
UPDATE identity.staff AS s SET granted_at = a.opened_at
    FROM identity.account AS a WHERE a.bucket = s.bucket AND a.id = s.id;

DROP INDEX identity.staff_department;
CREATE INDEX staff_department ON identity.staff (department, username);
CREATE INDEX staff_security ON identity.staff (username)
    WHERE duties && ARRAY['system_admin', 'security_admin', 'audit_admin'];

-- One person, one account at staff: else somebody could be two of the three administrators under two names.
CREATE TABLE identity.staff_phone_index (
    hash bytea PRIMARY KEY,
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    at timestamptz NOT NULL
);

-- What was asked for an officer, by whom, and who decided: joining, a move, leaving, a yearly confirmation. `detail` is
-- what there was before. Who asks does not decide, and nobody does either for herself.
CREATE TABLE identity.staff_change (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    officer uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('join', 'move', 'post', 'return', 'leave', 'confirm', 'lock', 'unlock')),
    state text NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'done')),
    department text NOT NULL,
    hall text,
    duties text[] NOT NULL,
    until date,
    before jsonb NOT NULL DEFAULT '{}',
    reason text NOT NULL,
    asked_by uuid,
    asked_by_name text NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by uuid,
    decided_by_name text,
    decided_at timestamptz,
    answer text NOT NULL DEFAULT '',
    PRIMARY KEY (bucket, id),
    CONSTRAINT staff_change_by_two CHECK (decided_by <> asked_by),
    CONSTRAINT staff_change_not_for_oneself CHECK (asked_by <> officer AND decided_by <> officer),
    CONSTRAINT staff_change_decided CHECK ((state IN ('granted', 'refused')) = (decided_by IS NOT NULL)),
    CONSTRAINT staff_change_administrators_apart CHECK (
        NOT duties && ARRAY['system_admin', 'security_admin', 'audit_admin'] OR cardinality(duties) = 1)
);
CREATE UNIQUE INDEX staff_change_open ON identity.staff_change (bucket, officer) WHERE state = 'asked';
CREATE INDEX staff_change_waiting ON identity.staff_change (asked_at, id) WHERE state = 'asked';
CREATE INDEX staff_change_history ON identity.staff_change (bucket, officer, asked_at);

-- The one-time code with which who has joined sets her own password; kept as HMAC.
CREATE TABLE identity.invitation (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    hash bytea NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (bucket, account)
);

-- What the audit administrator reads: acts of administrators, and acts upon accounts of staff.
CREATE INDEX ledger_of_staff ON audit.ledger (id)
    WHERE actor_role = 'administrator' OR action LIKE 'identity.staff\_%'
        OR action IN ('identity.post_to', 'identity.reset_totp');
