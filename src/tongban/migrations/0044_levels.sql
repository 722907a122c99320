-- identity: the checks by which an account reached its real-name level 实名等级: the history of L2 and L3 (L1 is the
-- register's yes, kept in identity.person). `reference` is the provider's own number of the result, or the form's key
-- at a window: one result raises one account once. Of a card its last four digits are kept. `ended_at` is when it was
-- withdrawn, or `until` where it ran out.
CREATE TABLE identity.level_check (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    level smallint NOT NULL CHECK (level BETWEEN 2 AND 3),
    way text NOT NULL CHECK (way IN ('card', 'window')),
    reference text NOT NULL,
    seen text NOT NULL,
    officer uuid,
    department text,
    checked_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended_at timestamptz,
    ended_why text CHECK (ended_why IN ('withdrawn', 'expired')),
    PRIMARY KEY (bucket, id),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE UNIQUE INDEX level_check_once ON identity.level_check (bucket, account, way, reference);
CREATE INDEX level_check_until ON identity.level_check (until) WHERE ended_at IS NULL;

-- Where somebody was when an act asked a higher level or a fresh proof of her: the way back, and the form as posted,
-- sealed. One for each account, an hour long.
CREATE TABLE identity.step_up (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    next text NOT NULL,
    kept text NOT NULL,
    level smallint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, account)
);

-- kit: when the owner of a session last proved in it, by her password, that it is she; null while that was the log-in.
ALTER TABLE kit.session ADD COLUMN proved_at timestamptz;

-- identity: names and numbers that were a person's before the register corrected them 姓名和证件号码更正. A former
-- number stays in the index: it finds its holder, and nobody else can ever take it.
CREATE TABLE identity.name_history (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    name_sealed bytea NOT NULL,
    id_number_sealed bytea NOT NULL,
    paper_kind text NOT NULL,
    paper_country text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    source text NOT NULL,
    as_of timestamptz NOT NULL,
    officer uuid,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX name_history_account ON identity.name_history (bucket, account);
ALTER TABLE identity.id_index ADD COLUMN former boolean NOT NULL DEFAULT false;
