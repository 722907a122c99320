-- cases: the hearing 听证 that a case has come to: the right that was told, the word of who has it, the sitting, its record.
ALTER TABLE cases."case" ADD COLUMN hearing jsonb;
-- The hearings that a department has under way; few at a time.
CREATE INDEX case_hearing ON cases."case" (department, id) WHERE state = 'suspended' AND hearing IS NOT NULL;
