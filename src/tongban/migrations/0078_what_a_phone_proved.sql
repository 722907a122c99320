-- identity: a log-in by QR gives the browser what the session on the phone has proved when it confirms, and no more: its
-- real-name level and until when, and when it last proved that it is she. Requests are ended by whose they are, with what
-- ends the sessions.
ALTER TABLE identity.qr_login ADD COLUMN level smallint, ADD COLUMN l2_until timestamptz,
    ADD COLUMN l3_until timestamptz, ADD COLUMN proved_at timestamptz;
CREATE INDEX qr_login_account ON identity.qr_login (account) WHERE account IS NOT NULL;
