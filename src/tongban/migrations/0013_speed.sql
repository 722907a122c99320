-- Which lots of a grown demo city are in (tongban demo --scale): a row a lot, written with the lot's own rows.
CREATE TABLE kit.growth (
    lot integer PRIMARY KEY,
    cases integer NOT NULL,
    as_of timestamptz NOT NULL
);
