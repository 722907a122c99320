-- By which number the paper of a decision about a licence is known 文书编号, for the programs of its holder. Null where the
-- house has made none, and of older rows: their paper's address is kept.
ALTER TABLE licences.decision ADD COLUMN number text;
