-- Accounts that are known by a phone alone 仅手机账户 (L0): no name, no paper, no row in identity.person. `used_at` is the
-- last log-in, for the rule of city/keeping.yaml that ends one which nobody uses; `ended_at`: the phone was proved by
-- somebody else, or its holder has an account by her paper. What it held is let go by the worker. The row goes when the
-- account rises to L1.
CREATE TABLE identity.phone_only (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    used_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX phone_only_used ON identity.phone_only (used_at);
CREATE INDEX phone_only_ended ON identity.phone_only (ended_at) WHERE ended_at IS NOT NULL;

-- An application for such an account waits for its code in the state `phone`, with nothing in it but phone and password.
-- `raises`: the account of a phone that the person who has just been checked shall have, instead of a new one.
ALTER TABLE identity.application
    ADD COLUMN raises uuid,
    DROP CONSTRAINT application_state_check,
    ADD CONSTRAINT application_state_check CHECK (state IN ('waiting', 'checked', 'phone'));
