-- cases: what was promised to follow after acceptance 容缺后补, with the limit of each material.
ALTER TABLE cases."case" ADD COLUMN follow_up jsonb;
