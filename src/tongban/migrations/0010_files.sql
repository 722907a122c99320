-- Files of people: a row names a content of the store by its keyed address; the content lies on the disk, encrypted.
CREATE TABLE kit.file (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    reference text NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    size bigint NOT NULL CHECK (size > 0),
    media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    -- Sealed: what people call their files is about them.
    name bytea NOT NULL,
    pages integer NOT NULL CHECK (pages > 0),
    width integer,
    height integer,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
-- What a person has kept, newest first, and all that belongs to one of her affairs.
CREATE INDEX file_subject ON kit.file (bucket, subject, id DESC);
CREATE INDEX file_reference ON kit.file (bucket, reference);
-- Whether anybody's row still names a content: asked by the job that collects what nobody names.
CREATE INDEX file_digest ON kit.file (digest);
