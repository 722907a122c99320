-- identity: passkeys 通行密钥 (WebAuthn) of residents and officers. What is kept is public: the key that verifies. How often
-- the authenticator says it was used tells a copy from the original; many never count and say 0.
CREATE TABLE identity.passkey (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    credential bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    aaguid uuid NOT NULL,
    transports text[] NOT NULL,
    synced boolean NOT NULL,
    backed_up boolean NOT NULL,
    made_at timestamptz NOT NULL,
    last_used_at timestamptz,
    blocked_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, account, credential)
);
CREATE INDEX passkey_ended ON identity.passkey (ended_at) WHERE ended_at IS NOT NULL;

-- Challenges that were answered: each is good once, whoever answers. Rows are dropped when the challenge is long over.
CREATE TABLE identity.challenge_used (
    hash bytea PRIMARY KEY,
    at timestamptz NOT NULL
);
CREATE INDEX challenge_used_at ON identity.challenge_used (at);
