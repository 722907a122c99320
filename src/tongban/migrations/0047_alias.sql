-- identity: two accounts of one person are merged 合并: an alias, no row moves. `from_id` is the merged account, `to_id` the
-- lasting one, which the merged account's numbers find from now on; `hashes` are those of its entries in
-- identity.id_index, so that undoing gives back exactly these. In the merged account's bucket.
CREATE TABLE identity.alias (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    hashes bytea[] NOT NULL,
    proof text NOT NULL CHECK (proof IN ('codes')),
    by uuid NOT NULL,
    at timestamptz NOT NULL,
    undone_at timestamptz,
    undone_by uuid,
    undone_why text,
    PRIMARY KEY (bucket, id),
    CHECK (from_id <> to_id),
    CHECK ((undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_why IS NULL))
);
CREATE UNIQUE INDEX alias_standing ON identity.alias (bucket, from_id) WHERE undone_at IS NULL;
CREATE INDEX alias_to ON identity.alias (to_id) WHERE undone_at IS NULL;

-- A merged account can neither be merged again nor take another one in: no chain, no circle. `merges` counts what merging
-- and undoing did to an account; two at once see by it, under the row's lock, that one of them was first.
ALTER TABLE identity.account ADD COLUMN merged_into uuid, ADD COLUMN merges integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT account_merged CHECK (merged_into <> id);
