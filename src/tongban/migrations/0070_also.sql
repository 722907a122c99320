-- identity: the accounts that were merged into an account 合并, beside the alias in each one's own bucket, so that a
-- log-in has them in the row that it reads anyway; kit: the same in her sessions, so that each request knows them.
ALTER TABLE identity.account ADD COLUMN also uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE kit.session ADD COLUMN also uuid[] NOT NULL DEFAULT '{}';
-- portal: whose records a copy has beside its own account's; where one was parted since, it is not given out.
ALTER TABLE portal.copy ADD COLUMN also uuid[] NOT NULL DEFAULT '{}';

UPDATE identity.account AS a SET also = x.also
FROM (SELECT to_id, array_agg(from_id ORDER BY at, id) AS also FROM identity.alias WHERE undone_at IS NULL GROUP BY to_id) x
WHERE a.id = x.to_id AND a.merges > 0;

UPDATE kit.session AS s SET also = a.also
FROM identity.account a
WHERE a.bucket = s.bucket AND a.id = s.actor AND a.also <> '{}';
