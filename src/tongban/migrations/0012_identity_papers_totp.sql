-- identity: papers other than the identity card, and for officers a second factor that needs no message.
-- kit: sessions that their owner can see and end.

-- Which paper the number is of (GA/T 2000.156) and, of a passport, the state that issued it (ISO 3166-1).
ALTER TABLE identity.person
    ADD COLUMN paper_kind text NOT NULL DEFAULT '111',
    ADD COLUMN paper_country text NOT NULL DEFAULT '';
ALTER TABLE identity.application
    ADD COLUMN paper_kind text NOT NULL DEFAULT '111',
    ADD COLUMN paper_country text NOT NULL DEFAULT '';

-- 公民身份号码 keep the HMAC that they have; of other papers it is over kind, state and number.
ALTER TABLE identity.id_index DROP CONSTRAINT id_index_kind_check;
ALTER TABLE identity.id_index
    ADD CONSTRAINT id_index_kind_check CHECK (kind IN ('id_number', 'paper', 'phone', 'username'));

-- Time-based one-time passwords (RFC 6238): the secret, sealed, while it is in use.
ALTER TABLE identity.staff
    ADD COLUMN totp_sealed bytea,
    ADD COLUMN totp_since timestamptz;

-- Codes that were taken, as HMAC over code and step: each is good once. Rows are dropped when their step is long over.
CREATE TABLE identity.totp_used (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    hash bytea NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, account, hash)
);
CREATE INDEX totp_used_at ON identity.totp_used (at);

-- For the day on which the authenticator is lost; kept as HMAC, each good once.
CREATE TABLE identity.recovery_code (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    hash bytea NOT NULL,
    made_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (bucket, account, hash)
);

-- `id` names a session to its owner: the hash of its cookie is nobody's to see. `agent` is the device in two coarse
-- words, no more of what its browser says of itself.
ALTER TABLE kit.session ADD COLUMN id uuid, ADD COLUMN agent text NOT NULL DEFAULT '';
UPDATE kit.session SET id = gen_random_uuid();
ALTER TABLE kit.session ALTER COLUMN id SET NOT NULL;
ALTER TABLE kit.session SET (fillfactor = 80);
CREATE INDEX session_ends ON kit.session (ends_at);
