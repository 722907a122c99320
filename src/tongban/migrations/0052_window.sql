-- identity: what is done for somebody at a window 身份事项窗口.

-- 窗口找回: who lost phone and password was seen with the original of her paper, and proves her new phone on the spot. One
-- that is under way to an account; begun again, it takes the place of the last. `phone_sealed` is the new number, sealed
-- to the account, and goes when it is bound. `officer` saw her, at `department`. A row that came to nothing is dropped.
CREATE TABLE identity.window_recovery (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    officer uuid NOT NULL,
    department text,
    paper_kind text NOT NULL,
    phone_sealed bytea,
    begun_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    done_at timestamptz,
    CHECK ((phone_sealed IS NULL) = (done_at IS NOT NULL)),
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX window_recovery_open ON identity.window_recovery (bucket, account) WHERE done_at IS NULL;
CREATE INDEX window_recovery_until ON identity.window_recovery (until) WHERE done_at IS NULL;

ALTER TABLE identity.code DROP CONSTRAINT code_act_check;
ALTER TABLE identity.code ADD CONSTRAINT code_act_check CHECK (act IN ('log_in', 'enrol', 'recover', 'window'));

-- Since when the account is its holder's again by a recovery at a window: for a while the gravest acts rest.
ALTER TABLE identity.account ADD COLUMN recovered_at timestamptz;
