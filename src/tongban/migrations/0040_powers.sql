-- identity: acting for another. kit: a session may be in another's name.

-- 委托 and what is like it: who may act for whom, how far and until when. It lies with the principal, whose it is to
-- take back. `agent` is NULL while the person who was named has no account; `agent_hash` is the HMAC of her paper.
-- `items` and `errands` NULL: all; `most` in fen, NULL: no limit. Names are sealed to this power.
CREATE TABLE identity.power (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    principal uuid NOT NULL,
    agent uuid,
    agent_hash bytea NOT NULL,
    agent_name_sealed bytea NOT NULL,
    principal_name_sealed bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('attorney', 'guardian', 'family', 'representative', 'steward', 'agent',
        'assisted', 'certificate')),
    items text[],
    errands text[],
    most bigint CHECK (most > 0),
    basis text NOT NULL DEFAULT '',
    starts_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('offered', 'standing', 'declined', 'taken_back', 'revoked', 'renounced',
        'expired', 'superseded')),
    offered_at timestamptz NOT NULL,
    offered_by uuid NOT NULL,
    answered_at timestamptz,
    ended_at timestamptz,
    ended_by uuid,
    CHECK (until > starts_at),
    PRIMARY KEY (bucket, id)
);
CREATE INDEX power_principal ON identity.power (bucket, principal, id DESC);
CREATE INDEX power_until ON identity.power (until) WHERE state IN ('offered', 'standing');
-- One power of a kind between the same two at a time: a new one takes the place of the old.
CREATE UNIQUE INDEX power_living ON identity.power (bucket, principal, agent_hash, kind)
    WHERE state IN ('offered', 'standing');

-- By whom a power is held, in the agent's bucket: her own list names her shard.
CREATE TABLE identity.power_held (
    bucket smallint NOT NULL,
    agent uuid NOT NULL,
    power uuid NOT NULL,
    of_bucket smallint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, agent, power)
);

-- Powers offered to a paper whose holder has no account yet, by the HMAC of its number (a global table): bound when
-- she enrols.
CREATE TABLE identity.power_waiting (
    hash bytea NOT NULL,
    power uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (hash, power)
);

-- In whose name the session acts: the principal, her name as pages show it, how far, by which power; `power_ended`
-- says why nothing can be done by it any more.
ALTER TABLE kit.session
    ADD COLUMN acting_for uuid,
    ADD COLUMN acting_name text,
    ADD COLUMN acting jsonb,
    ADD COLUMN power uuid,
    ADD COLUMN power_ended text;
CREATE INDEX session_power ON kit.session (bucket, power) WHERE power IS NOT NULL;

-- What an agent did, in the principal's ledger: both sides can see every act of a power.
CREATE INDEX ledger_power ON audit.ledger (bucket, (detail ->> 'power'), id) WHERE detail ? 'power';

-- Legal persons 法人: an account that nobody logs in to with a password; people act for it by their powers, or its own
-- certificate does. `code` is the 统一社会信用代码 (GB 32100), which is public as the name is.
ALTER TABLE identity.account
    ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'firm'));
CREATE TABLE identity.firm (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    state text NOT NULL DEFAULT 'active',
    as_of timestamptz NOT NULL,
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
ALTER TABLE identity.id_index DROP CONSTRAINT id_index_kind_check;
ALTER TABLE identity.id_index
    ADD CONSTRAINT id_index_kind_check CHECK (kind IN ('id_number', 'paper', 'phone', 'username', 'firm'));
