-- cases: a case about another one of the same person (reconsideration 行政复议, complaint 投诉), which it names. The one
-- living case of an item is one about each case then.
ALTER TABLE cases."case" ADD COLUMN about uuid;

DROP INDEX cases.case_living;
CREATE UNIQUE INDEX case_living ON cases."case"
    (bucket, applicant, item, (coalesce(about, '00000000-0000-0000-0000-000000000000'::uuid)))
    WHERE state IN ('draft', 'confirming', 'submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended',
        'issuing');
-- What is under way or was decided about a case.
CREATE INDEX case_about ON cases."case" (bucket, about) WHERE about IS NOT NULL;
