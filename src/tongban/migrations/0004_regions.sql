-- regions: the city's districts and its departments. Reference tables: small, read everywhere, no bucket.
CREATE SCHEMA regions;

CREATE TABLE regions.district (
    code text PRIMARY KEY CHECK (code ~ '^\d{6}$'),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    mark text NOT NULL
);

-- `district` is null for organs of the whole city.
CREATE TABLE regions.department (
    code text PRIMARY KEY,
    uscc text NOT NULL UNIQUE,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    district text REFERENCES regions.district (code),
    mark text NOT NULL
);
