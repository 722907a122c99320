-- identity: what ended is found by when it did, for the rules that drop it; a child's claims by the child, for the copy
-- of what is held about it.
CREATE INDEX power_ended ON identity.power (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX level_check_ended ON identity.level_check (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX child_claim_child ON identity.child_claim (child);
