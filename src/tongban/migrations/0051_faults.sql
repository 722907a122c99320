-- identity: a password that was set anew (找回账号) ends the checks above L1 that stood before it.
ALTER TABLE identity.level_check DROP CONSTRAINT level_check_ended_why_check;
ALTER TABLE identity.level_check ADD CONSTRAINT level_check_ended_why_check
    CHECK (ended_why IN ('withdrawn', 'expired', 'recovered'));
