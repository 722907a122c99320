-- Until when the checks of a session's owner carry L2 and L3: a level that ends in the middle of a session ends there, and
-- not with the next look at the account. NULL: no end is known.
ALTER TABLE kit.session ADD COLUMN l2_until timestamptz, ADD COLUMN l3_until timestamptz;
