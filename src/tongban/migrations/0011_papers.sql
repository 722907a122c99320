-- papers: whoever holds one asks how the case stands, by its code and the last four of the applicant's ID number.

-- The keyed HMAC of both together: a stranger's question opens no ID number. Codes of before have none and are
-- answered like unknown ones; no paper of them went out.
ALTER TABLE cases.number_index ADD COLUMN holder_proof bytea;

-- Long numbers are counted by implementation code (实施编码), which several items may share; before, by item. What
-- was given on each day is taken over, so that the day of this migration goes on behind its last number.
INSERT INTO kit.serial (name, next_value)
SELECT 'number:' || left(number, 31) || ':' || to_char(to_date(substr(number, 32, 8), 'YYYYMMDD'), 'YYYY-MM-DD'),
    max(substr(number, 40)::bigint) + 1
FROM cases.number_index GROUP BY 1;
