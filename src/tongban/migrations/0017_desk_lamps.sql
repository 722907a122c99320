-- cases: the lamps of a desk are counted and listed by indexes alone, also where a hundred thousand cases are in time
-- and not one is near its date.
DROP INDEX cases.case_desk;
CREATE INDEX case_desk ON cases."case" (department, (coalesce(promise_due, accept_due)), id, warn_at)
    WHERE state IN ('submitted', 'accepted');
-- Whose limit is near: from the latest that became so.
CREATE INDEX case_near ON cases."case" (department, warn_at, (coalesce(promise_due, accept_due)))
    WHERE state IN ('submitted', 'accepted');
