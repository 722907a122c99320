-- identity: a password that was set anew (找回账号) ends the checks above L1 that stood before it.
ALTER TABLE identity.level_check DROP CONSTRAINT level_check_ended_why_check;
ALTER TABLE identity.level_check ADD CONSTRAINT level_check_ended_why_check
    CHECK (ended_why IN ('withdrawn', 'expired', 'recovered'));

-- identity: tries of passwords that did not end in a log-in, of one network within one hour, whoever was tried
-- (credential stuffing 撞库). `network` is a keyed hash: no address stands here.
CREATE TABLE identity.network_hour (
    network bytea NOT NULL,
    hour timestamptz NOT NULL,
    tries integer NOT NULL,
    PRIMARY KEY (hour, network)
) WITH (fillfactor = 70);
