-- identity: legal persons. What the register of firms says of each, who asks to act for one, and its certificates.

ALTER TABLE identity.firm
    ADD COLUMN successors text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT firm_state_check CHECK (state IN ('active', 'revoked', 'struck_off', 'merged', 'split'));
CREATE INDEX firm_checked ON identity.firm (checked_at) WHERE state = 'active';

-- 绑定单位: somebody says that she represents this firm at law. Waiting while the register of firms does not answer; its
-- id is that of the purpose under which the register is asked. `code` is the 统一社会信用代码, which is public.
CREATE TABLE identity.firm_binding (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    person uuid NOT NULL,
    code text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'bound', 'refused', 'lapsed')),
    asked_at timestamptz NOT NULL,
    tried_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
-- Asked twice is asked once.
CREATE UNIQUE INDEX firm_binding_waiting ON identity.firm_binding (bucket, person, code) WHERE state = 'waiting';
CREATE INDEX firm_binding_tried ON identity.firm_binding (tried_at) WHERE state = 'waiting';
CREATE INDEX firm_binding_person ON identity.firm_binding (bucket, person, asked_at);

-- A power also ends because the register says something else now: another representative, a firm that is no more.
ALTER TABLE identity.power
    DROP CONSTRAINT power_state_check,
    ADD CONSTRAINT power_state_check CHECK (state IN ('offered', 'standing', 'declined', 'taken_back', 'revoked',
        'renounced', 'expired', 'superseded', 'lapsed'));
