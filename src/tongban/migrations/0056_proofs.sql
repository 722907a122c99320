-- identity: one's own phone number changed while logged in. For a day from `phone_changed_at` on, what asks L3 asks a
-- fresh proof too.
ALTER TABLE identity.account ADD COLUMN phone_changed_at timestamptz;
ALTER TABLE identity.code DROP CONSTRAINT code_act_check;
ALTER TABLE identity.code ADD CONSTRAINT code_act_check
    CHECK (act IN ('log_in', 'enrol', 'recover', 'window', 'phone_old', 'phone_new'));

-- identity: two more ways up: the social security card (L2) and a face compared with the picture of the ID card (L3).
ALTER TABLE identity.level_check DROP CONSTRAINT level_check_way_check;
ALTER TABLE identity.level_check ADD CONSTRAINT level_check_way_check
    CHECK (way IN ('card', 'social', 'window', 'face'));

-- identity: questions to the face provider, each begun in one session of one person and answered once. No picture and
-- no score is kept: `code` is the provider's verdict, `serial` its own number. `token` opens the provider's page.
CREATE TABLE identity.face_check (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    session bytea NOT NULL,
    key text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'passed', 'failed')),
    token text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    code text NOT NULL DEFAULT '',
    serial text NOT NULL DEFAULT '',
    begun_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    told_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (bucket, id),
    CONSTRAINT face_check_key UNIQUE (bucket, account, key),
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX face_check_serial ON identity.face_check (bucket, serial) WHERE serial <> '';
CREATE INDEX face_check_begun ON identity.face_check (begun_at);
