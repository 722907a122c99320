-- Uploads under way: how much has come, and the sealed pieces of it that lie in the store. They end after a day.
CREATE TABLE kit.upload (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    reference text NOT NULL,
    field text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    taken bigint NOT NULL DEFAULT 0 CHECK (taken BETWEEN 0 AND size),
    pieces bytea[] NOT NULL DEFAULT '{}',
    -- Sealed: what people call their files is about them.
    name bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX upload_subject ON kit.upload (bucket, subject);
CREATE INDEX upload_expires ON kit.upload (expires_at);
-- Whether an upload still names a piece: asked by the job that collects what nobody names.
CREATE INDEX upload_pieces ON kit.upload USING gin (pieces);

-- What may be wrong with a photo: its owner is told, and may use it all the same.
ALTER TABLE kit.file ADD COLUMN doubt text CHECK (doubt IN ('blurred', 'dark'));
-- Whether its owner is offered to hand it in again; the case that it belongs to keeps it either way.
ALTER TABLE kit.file ADD COLUMN offered boolean NOT NULL DEFAULT true;
