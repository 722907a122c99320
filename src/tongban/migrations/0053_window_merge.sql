-- identity: two accounts of one person are merged by the codes of both, or by an officer who saw both papers at a window.
ALTER TABLE identity.alias DROP CONSTRAINT alias_proof_check;
ALTER TABLE identity.alias ADD CONSTRAINT alias_proof_check CHECK (proof IN ('codes', 'window'));
