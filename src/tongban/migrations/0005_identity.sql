-- identity: people, officers, their accounts, and how they prove who they are.
-- Names, ID numbers and phone numbers are sealed columns; they are found by keyed HMAC in identity.id_index only.
CREATE SCHEMA identity;

-- What an account is found by, unique in the whole city: one person = one account. Keyed by the HMAC itself
-- (a global table, not distributed by bucket); a phone may pass on to another person, an ID number never.
CREATE TABLE identity.id_index (
    hash bytea PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('id_number', 'phone', 'username')),
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    at timestamptz NOT NULL
);

-- What a log-in needs to know. `password` is an Argon2id hash (RFC 9106) with its parameters.
CREATE TABLE identity.account (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('resident', 'officer')),
    name_sealed bytea NOT NULL,
    phone_sealed bytea NOT NULL,
    level smallint NOT NULL,
    password text NOT NULL,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);

-- What the population register confirmed about a resident, and when.
CREATE TABLE identity.person (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    id_number_sealed bytea NOT NULL,
    as_of timestamptz NOT NULL,
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);

-- Officers: where they serve.
CREATE TABLE identity.staff (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    username text NOT NULL,
    department text NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX staff_department ON identity.staff (department);

-- Passwords and enrolments tried in a row. `key` is the account's id, or the HMAC of what nobody owns: an unknown
-- number is counted and locked like a known one, so that the lock tells nothing.
CREATE TABLE identity.attempt (
    bucket smallint NOT NULL,
    key bytea NOT NULL,
    count smallint NOT NULL,
    last_at timestamptz NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (bucket, key)
) WITH (fillfactor = 70);
CREATE INDEX attempt_last ON identity.attempt (last_at);

-- The SMS code that an account, or an enrolment under way, is waiting for; kept as HMAC. One per act.
CREATE TABLE identity.code (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    act text NOT NULL CHECK (act IN ('log_in', 'enrol')),
    hash bytea NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    hour_from timestamptz NOT NULL,
    hour_sent smallint NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (bucket, account, act)
) WITH (fillfactor = 70);
CREATE INDEX code_expires ON identity.code (expires_at);

-- Enrolments under way: `waiting` for the register's answer (it may be down), then `checked`. `id` becomes the
-- person's id.
CREATE TABLE identity.application (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'checked')),
    name_sealed bytea NOT NULL,
    id_number_sealed bytea NOT NULL,
    phone_sealed bytea NOT NULL,
    id_hash bytea NOT NULL,
    phone_hash bytea NOT NULL,
    password text NOT NULL,
    as_of timestamptz,
    checked_at timestamptz,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX application_expires ON identity.application (expires_at);
