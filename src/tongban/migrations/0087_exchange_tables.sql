-- catalogue: items that came with the national exchange tables, as they came. Reference table, like the items.

-- `came` are the neighbour's rows, `written` what this house would have written of the item when it read them: where an
-- item has not changed since, an export gives back the cell that came. `cancelled_at`: the neighbour has cancelled it.
CREATE TABLE catalogue.exchanged (
    code text PRIMARY KEY,
    came jsonb NOT NULL,
    written jsonb NOT NULL,
    imported_at timestamptz NOT NULL,
    cancelled_at timestamptz
);
