-- cases: a step may give a second paper: the commitment 告知承诺书 that was signed with the application, beside its receipt.
ALTER TABLE cases.sealed_paper DROP CONSTRAINT sealed_paper_pkey;
ALTER TABLE cases.sealed_paper ADD PRIMARY KEY (bucket, case_id, step, kind);

-- A broken promise whose entry in the credit register was taken out 信用修复.
ALTER TABLE cases.commitment DROP CONSTRAINT commitment_state_check;
ALTER TABLE cases.commitment ADD CONSTRAINT commitment_state_check CHECK (state IN
    ('promised', 'check_due', 'check_ok', 'curing', 'cured', 'broken', 'revoked', 'restored'));
DROP INDEX cases.commitment_desk;
CREATE INDEX commitment_desk ON cases.commitment (department, case_id)
    WHERE state IN ('check_due', 'curing', 'broken', 'revoked');
