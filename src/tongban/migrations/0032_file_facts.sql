-- What a file's owner is told of it by the API: the SM3 of its content, sealed like its name (a plain one would tell
-- whoever reads the table which known papers are here), and whether the virus scan has seen it. Null of older rows.
ALTER TABLE kit.file ADD COLUMN sm3 bytea, ADD COLUMN scanned boolean;
