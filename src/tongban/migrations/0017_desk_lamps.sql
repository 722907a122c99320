-- cases: the lamps of a desk are counted and listed by indexes alone, also where a hundred thousand cases are in time
-- and not one is near its date. The dates are included as PostgreSQL does not look at an index alone for an expression.
DROP INDEX cases.case_desk;
CREATE INDEX case_desk ON cases."case" (department, (coalesce(promise_due, accept_due)), id, warn_at)
    INCLUDE (promise_due, accept_due) WHERE state IN ('submitted', 'accepted');
-- Whose limit is near: from the latest that became so.
CREATE INDEX case_near ON cases."case" (department, warn_at, (coalesce(promise_due, accept_due)))
    INCLUDE (promise_due, accept_due) WHERE state IN ('submitted', 'accepted');
