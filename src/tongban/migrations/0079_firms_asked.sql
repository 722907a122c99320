-- identity: when the register is asked of a firm next, whatever came of the last time. A firm that the register no
-- longer knows, or one whose check fails, takes its turn again as any other and stands in nobody's way.
ALTER TABLE identity.firm ADD COLUMN ask_at timestamptz NOT NULL DEFAULT now();
UPDATE identity.firm SET ask_at = checked_at + interval '1 day';
DROP INDEX identity.firm_checked;
CREATE INDEX firm_due ON identity.firm (ask_at) WHERE state = 'active';
-- The powers of firms' certificates by their serials' hashes: the authority's list of what it took back has no more.
CREATE INDEX power_certificate ON identity.power (agent_hash) WHERE kind = 'certificate' AND state = 'standing';
