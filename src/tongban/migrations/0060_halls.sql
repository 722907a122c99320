-- cases: the hall 政务服务大厅 at whose window an officer helped to file it, and what came in there, the newest first.
ALTER TABLE cases."case" ADD COLUMN hall text;
CREATE INDEX case_hall ON cases."case" (hall, submitted_at DESC, id DESC)
    WHERE hall IS NOT NULL AND state IN ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended',
        'issuing');
