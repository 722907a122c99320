-- notices: what the house tells a person. The room knows a recipient and words, never a case.
CREATE SCHEMA notices;

-- The inbox 站内信. Words are kept in both languages, for the reader chooses when she reads.
CREATE TABLE notices.inbox (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    recipient uuid NOT NULL,
    title_zh text NOT NULL,
    title_en text NOT NULL,
    body_zh text NOT NULL,
    body_en text NOT NULL,
    link text NOT NULL,
    at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX inbox_recipient ON notices.inbox (bucket, recipient, id DESC);
CREATE INDEX inbox_unread ON notices.inbox (bucket, recipient) WHERE read_at IS NULL;
