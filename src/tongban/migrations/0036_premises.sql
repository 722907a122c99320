-- Which licence stands for which premises of its holder 一地一证. The key is a keyed hash over type, holder's code and
-- address: across people, and it tells nobody where anybody is. Filled when a licence of such a type is founded.
CREATE TABLE licences.premises_index (
    premises bytea NOT NULL,
    bucket smallint NOT NULL,
    licence uuid NOT NULL,
    PRIMARY KEY (premises, licence)
);
