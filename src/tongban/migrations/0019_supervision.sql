-- cases: electronic supervision 电子监察: what a rule found of a case, who must account for it, and how it was answered
-- (GB/T 39046-2020 Table 11). Nothing in it is about a person. `occasion` tells two findings of one rule apart: the date
-- that was missed, or the step that broke the rule.
CREATE TABLE cases.supervision (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    rule text NOT NULL,
    occasion text NOT NULL,
    lamp text NOT NULL CHECK (lamp IN ('amber', 'red', 'double')),
    applicant uuid NOT NULL,
    department text NOT NULL,
    item text NOT NULL,
    short_code text NOT NULL,
    due timestamptz,
    at timestamptz NOT NULL,
    owner text NOT NULL CHECK (owner IN ('examine', 'head', 'supervision')),
    escalate_at timestamptz,
    answer text,
    answered_by text,
    answered_at timestamptz,
    PRIMARY KEY (bucket, case_id, rule, occasion)
);
-- What a department has to account for, and what the supervising office has.
CREATE INDEX supervision_department ON cases.supervision (department, at DESC, case_id) WHERE answered_at IS NULL;
CREATE INDEX supervision_answered ON cases.supervision (department, at DESC, case_id) WHERE answered_at IS NOT NULL;
CREATE INDEX supervision_escalated ON cases.supervision (at DESC, case_id) WHERE owner = 'supervision';
CREATE INDEX supervision_escalating ON cases.supervision (escalate_at) WHERE answered_at IS NULL;
-- How far the watch over the dates has come: one row.
CREATE TABLE cases.watch (
    name text PRIMARY KEY,
    through timestamptz NOT NULL
);
-- Licences granted and not yet issued, by the day until when they must be.
CREATE INDEX case_issuing ON cases."case" (department, issue_due) WHERE state = 'issuing';
