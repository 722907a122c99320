-- kit: how a session was opened (password and SMS code, scanned with the phone, …) and, coarsely, from where: the
-- network without its last part, which its owner knows again.
ALTER TABLE kit.session ADD COLUMN opened_by text NOT NULL DEFAULT 'password', ADD COLUMN place text NOT NULL DEFAULT '';

-- identity: log-in by QR 扫码登录. A request lives two minutes and belongs to the browser that asked (`browser` is the hash
-- of its cookie); `number` is shown there once a phone has opened the request, and typed on the phone. Keyed by the hash
-- of the code in the QR; whose it is becomes known when somebody who is logged in opens it.
CREATE TABLE identity.qr_login (
    hash bytea PRIMARY KEY,
    browser bytea NOT NULL,
    agent text NOT NULL,
    place text NOT NULL,
    number smallint NOT NULL CHECK (number BETWEEN 10 AND 99),
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    account uuid,
    opened_at timestamptz,
    tries smallint NOT NULL DEFAULT 0,
    answer text CHECK (answer IN ('confirmed', 'refused')),
    answered_at timestamptz,
    used_at timestamptz,
    CHECK ((account IS NULL) = (opened_at IS NULL)),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX qr_login_expires ON identity.qr_login (expires_at);

-- identity: a forgotten password is set anew by name, paper and a code to the registered phone, which proves L1 and no
-- more: `capped_at` is when, and the level stays at L1 until the next higher check after it.
ALTER TABLE identity.account ADD COLUMN capped_at timestamptz;
ALTER TABLE identity.code DROP CONSTRAINT code_act_check;
ALTER TABLE identity.code ADD CONSTRAINT code_act_check CHECK (act IN ('log_in', 'enrol', 'recover'));

-- When the register said that the phone is somebody else's 手机号易主: the number is forgotten, so that no message of this
-- account reaches its new owner, and another one is bound before anything else. Null while the account has its phone.
ALTER TABLE identity.account ADD COLUMN phone_lost_at timestamptz;
