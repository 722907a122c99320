-- identity: departments' systems whose users log in through us (OpenID Connect).

-- Registered systems 接入系统: reference data of the city, loaded from city/oidc_clients.yaml. Secrets are kept as
-- SHA-256 of 256 random bits; `keys` are the public keys (JWK) of a system that signs its own assertion.
CREATE TABLE identity.oidc_client (
    id text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    department text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('residents', 'staff')),
    method text NOT NULL CHECK (method IN ('client_secret_basic', 'client_secret_post', 'private_key_jwt')),
    secrets text[] NOT NULL,
    keys jsonb NOT NULL,
    redirects text[] NOT NULL,
    after_logout text[] NOT NULL,
    back_channel text,
    scopes text[] NOT NULL,
    purpose_zh text NOT NULL,
    purpose_en text NOT NULL,
    name_form text NOT NULL CHECK (name_form IN ('masked', 'real')),
    sector text NOT NULL
);

-- What a person agreed to hand over to a system, until she takes it back.
CREATE TABLE identity.oidc_consent (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    client text NOT NULL,
    scopes text[] NOT NULL,
    given_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (bucket, account, client)
);

-- One session of a person at one system: `id` is the claim sid. It is over when her own session is (`until`, moved
-- nearer when that ends early); `ended_at` is when the system's news of it was sent on its way.
CREATE TABLE identity.oidc_login (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    client text NOT NULL,
    session uuid NOT NULL,
    level smallint NOT NULL,
    department text,
    duties text[] NOT NULL,
    auth_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (bucket, id)
);
CREATE UNIQUE INDEX oidc_login_session ON identity.oidc_login (bucket, session, client) WHERE ended_at IS NULL;
CREATE INDEX oidc_login_until ON identity.oidc_login (until) WHERE ended_at IS NULL;
CREATE INDEX oidc_login_account ON identity.oidc_login (bucket, account, client);

-- Authorization codes, as hashes: for one use within a minute.
CREATE TABLE identity.oidc_code (
    bucket smallint NOT NULL,
    hash bytea NOT NULL,
    login uuid NOT NULL,
    client text NOT NULL,
    redirect text NOT NULL,
    scope text NOT NULL,
    nonce text,
    challenge text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (bucket, hash)
) WITH (fillfactor = 70);
CREATE INDEX oidc_code_expires ON identity.oidc_code (expires_at);

-- Access tokens handed out, so that they can be taken back: `id` is the claim jti.
CREATE TABLE identity.oidc_token (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    login uuid NOT NULL,
    code bytea NOT NULL,
    client text NOT NULL,
    scope text NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX oidc_token_login ON identity.oidc_token (bucket, login);
CREATE INDEX oidc_token_expires ON identity.oidc_token (expires_at);

-- Assertions that systems have used to say who they are; none is taken twice (RFC 7523).
CREATE TABLE identity.oidc_assertion (
    client text NOT NULL,
    hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (client, hash)
);
CREATE INDEX oidc_assertion_expires ON identity.oidc_assertion (expires_at);
