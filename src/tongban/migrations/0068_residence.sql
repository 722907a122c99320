-- Hukou and residence 户籍、居住 on the account, as the register told them: item conditions, prefill and the city's
-- figures ask for both, and they are not the same. `asked_at` is the last question, `wanted_at` a log-in that found the
-- answer old and left it to the worker.
CREATE TABLE identity.residence (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    hukou_area text NOT NULL DEFAULT '' CHECK (hukou_area ~ '^([0-9]{6})?$'),
    hukou_area_name text NOT NULL DEFAULT '',
    hukou_address_sealed bytea,
    residence_area text NOT NULL DEFAULT '' CHECK (residence_area ~ '^([0-9]{6})?$'),
    residence_area_name text NOT NULL DEFAULT '',
    residence_address_sealed bytea,
    residence_since date,
    residence_permit_state text NOT NULL DEFAULT 'none' CHECK (residence_permit_state IN ('none', 'valid', 'ended')),
    as_of timestamptz,
    asked_at timestamptz,
    wanted_at timestamptz,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX residence_wanted ON identity.residence (wanted_at) WHERE wanted_at IS NOT NULL;

-- What came with the check at enrolment waits with it for the code; the addresses sealed as in the table above.
ALTER TABLE identity.application
    ADD COLUMN residence jsonb,
    ADD COLUMN hukou_address_sealed bytea,
    ADD COLUMN residence_address_sealed bytea;
