-- licences: many types. How long one holds in months, whether a card is made besides it, and the name items call it by.
ALTER TABLE licences.licence_type DROP CONSTRAINT licence_type_validity_check;
ALTER TABLE licences.licence_type
    ADD CONSTRAINT licence_type_validity_check CHECK (validity IN ('sign_yearly', 'months', 'unlimited')),
    ADD COLUMN months smallint CHECK ((validity = 'months') = (months IS NOT NULL)),
    ADD COLUMN carrier text NOT NULL DEFAULT 'card' CHECK (carrier IN ('card', 'electronic')),
    ADD COLUMN short text NOT NULL DEFAULT '';
