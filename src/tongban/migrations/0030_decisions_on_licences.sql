-- licences: what its issuer has decided about a licence 对证照的决定 — revoked, cancelled, withdrawn, suspended, resumed — as
-- the paper says it. `revision` is the licence's own after it. `answered_at`: the paper lies at `paper`, or, where that is
-- empty, the house has no case to carry it and the issuer serves it by hand.
CREATE TABLE licences.decision (
    bucket smallint NOT NULL,
    licence uuid NOT NULL,
    revision integer NOT NULL,
    holder uuid NOT NULL,
    reference uuid NOT NULL,
    act text NOT NULL,
    ground text,
    reason text NOT NULL,
    compensation text NOT NULL,
    department text NOT NULL,
    officer_name text NOT NULL,
    at timestamptz NOT NULL,
    answered_at timestamptz,
    paper text,
    PRIMARY KEY (bucket, licence, revision)
);
