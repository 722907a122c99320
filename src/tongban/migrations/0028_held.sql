-- licences: life after the decision 许可后续办理. A licence that took another's place by renewal 延续, change 变更 or
-- reissue 补发 says which (`replaces`) and how it came by it (`came_by`); the one replaced says by what (`replaced_as`).
ALTER TABLE licences.licence ADD COLUMN replaces uuid, ADD COLUMN came_by text, ADD COLUMN replaced_as text;
CREATE UNIQUE INDEX licence_replaces ON licences.licence (bucket, replaces) WHERE replaces IS NOT NULL;
-- Which valid ones end soon: for the reminders 到期提醒.
CREATE INDEX licence_ending ON licences.licence (type_code, valid_until)
    WHERE state = 'valid' AND valid_until IS NOT NULL;

-- What is asked for a licence that one holds: one at a time. `keeps_valid`: a renewal filed in time, until it is
-- decided or counts as granted (行政许可法 art. 50). `reference` is the case.
CREATE TABLE licences.asked (
    bucket smallint NOT NULL,
    reference uuid NOT NULL,
    licence uuid NOT NULL,
    act text NOT NULL,
    keeps_valid boolean NOT NULL,
    asked_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (bucket, reference)
);
CREATE UNIQUE INDEX asked_living ON licences.asked (bucket, licence) WHERE ended_at IS NULL;

-- Letters that a licence ends, each once for a licence, its last day and the kind of letter.
CREATE TABLE licences.reminder (
    bucket smallint NOT NULL,
    licence uuid NOT NULL,
    valid_until date NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, licence, valid_until, kind)
);
