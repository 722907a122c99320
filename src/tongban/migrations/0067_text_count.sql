-- identity: codes that went out by SMS, of one network or the house within an hour, to one phone within a day of the
-- city (短信轰炸). `key` is a keyed hash: no phone and no address stands here.
CREATE TABLE identity.text_count (
    kind text NOT NULL CHECK (kind IN ('network', 'house', 'phone')),
    key bytea NOT NULL,
    since timestamptz NOT NULL,
    sent integer NOT NULL,
    PRIMARY KEY (since, kind, key)
) WITH (fillfactor = 70);
