-- The hashes by which people are found have a spelling under each look-up key (docs/adr/0015).
-- While a new key takes the place of another, what may stand once only is written in both spellings: `older` is the
-- second of them, and goes with the old key.
ALTER TABLE identity.id_index ADD COLUMN older boolean NOT NULL DEFAULT false;
ALTER TABLE identity.staff_phone_index ADD COLUMN older boolean NOT NULL DEFAULT false;
ALTER TABLE identity.application ADD COLUMN id_older bytea;
ALTER TABLE identity.application ADD COLUMN phone_older bytea;
ALTER TABLE identity.application ADD COLUMN other_older bytea[] NOT NULL DEFAULT '{}';
