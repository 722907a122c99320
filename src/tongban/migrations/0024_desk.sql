-- cases: the chain of an item's examination, who works on a case, other departments' opinions, and a desk's own lists.
-- `opinions`: what was said up the chain in the round that runs. `consulted`: other departments' opinions. `assignee`: the officer who has the case in hand.
ALTER TABLE cases."case"
    ADD COLUMN opinions jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN consulted jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN assignee uuid,
    ADD COLUMN assignee_name text;

DROP INDEX cases.case_living;
CREATE UNIQUE INDEX case_living ON cases."case" (bucket, applicant, item)
    WHERE state IN ('draft', 'submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing');
DROP INDEX cases.case_running;
CREATE INDEX case_running ON cases."case" (bucket, id)
    WHERE state IN ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing');
-- The desk in the order of its dates; what else it is filtered by stands in the key, so that rows which do not match
-- are passed over within the index.
DROP INDEX cases.case_desk;
CREATE INDEX case_desk ON cases."case" (
    department, (coalesce(promise_due, accept_due)), id, (coalesce(warn_at, '9000-01-01T00:00:00Z'::timestamptz)),
    item COLLATE "C", state COLLATE "C", (coalesce(district, '')) COLLATE "C",
    (coalesce(assignee, '00000000-0000-0000-0000-000000000000'::uuid))
) INCLUDE (promise_due, accept_due) WHERE state IN ('submitted', 'accepted', 'examined', 'reviewed');
DROP INDEX cases.case_near;
CREATE INDEX case_near ON cases."case" (department, warn_at, (coalesce(promise_due, accept_due)))
    INCLUDE (promise_due, accept_due) WHERE state IN ('submitted', 'accepted', 'examined', 'reviewed');
-- What one officer has in hand, in the order of its dates. A case is in nobody's hand until it is accepted.
CREATE INDEX case_in_hand ON cases."case" (
    department, assignee, (coalesce(promise_due, accept_due)), id, (coalesce(warn_at, '9000-01-01T00:00:00Z'::timestamptz)),
    item COLLATE "C", state COLLATE "C", (coalesce(district, '')) COLLATE "C"
) WHERE assignee IS NOT NULL AND state IN ('submitted', 'accepted', 'examined', 'reviewed');
-- All that a department has not come to the end of, for its successor.
CREATE INDEX case_of_department ON cases."case" (department, id)
    WHERE state IN ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing');

-- Lists that an officer has named for herself 常用筛选: the tail of the desk's address.
CREATE TABLE cases.saved_filter (
    bucket smallint NOT NULL,
    officer uuid NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, officer, name)
);

-- An officer is away 请假 from a day to a day, both counted; her deputy has her cases on his list meanwhile.
CREATE TABLE cases.absence (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    department text NOT NULL,
    officer uuid NOT NULL,
    officer_name text NOT NULL,
    deputy uuid NOT NULL,
    deputy_name text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    ended_at timestamptz,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX absence_deputy ON cases.absence (deputy, last_day) WHERE ended_at IS NULL;
CREATE INDEX absence_department ON cases.absence (department, last_day) WHERE ended_at IS NULL;

-- What a department is asked its opinion of 会签, for its own list; what was asked and answered stands with the case.
CREATE TABLE cases.consultation (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    department text NOT NULL,
    applicant uuid NOT NULL,
    item text NOT NULL,
    item_version integer NOT NULL,
    applicant_masked text NOT NULL,
    asked_by text NOT NULL,
    due timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (bucket, case_id, department)
);
CREATE INDEX consultation_waiting ON cases.consultation (department, due, case_id) WHERE ended_at IS NULL;

-- How far a department's open cases have gone over to its successor 机构合并, and on what act it rests.
CREATE TABLE cases.succession (
    former text NOT NULL,
    successor text NOT NULL,
    basis text NOT NULL,
    started_at timestamptz NOT NULL,
    moved bigint NOT NULL DEFAULT 0,
    done_at timestamptz,
    PRIMARY KEY (former, successor)
);
