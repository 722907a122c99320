-- cases: of one item one person may have several cases under way, one for each matter 同一事项: another firm, other
-- premises 一地一证. The keyed hash of what tells them apart is written when a case is filed; empty in drafts, of which
-- there is one for each item, and where the applicant herself is the matter.
ALTER TABLE cases."case" ADD COLUMN matter bytea NOT NULL DEFAULT '';

DROP INDEX cases.case_living;
CREATE UNIQUE INDEX case_living ON cases."case"
    (bucket, applicant, item, (coalesce(about, '00000000-0000-0000-0000-000000000000'::uuid)), matter)
    WHERE state IN ('draft', 'confirming', 'submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended',
        'issuing');
