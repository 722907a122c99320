-- catalogue: approvals that the city has decided to adjust 调整审批事项. Reference table, like the cancelled ones: `body`
-- says by which decision, how it is handled from `adjusted_on`, and by what of a version one sees that it is so.
CREATE TABLE catalogue.adjustment (
    code text PRIMARY KEY,
    adjusted_on date NOT NULL,
    body jsonb NOT NULL
);

-- A task is about a material that must go, or about an adjustment that must come: `change` says which one, and there is
-- neither material nor exemption then.
ALTER TABLE catalogue.task
    ALTER COLUMN material SET DEFAULT '',
    ALTER COLUMN exemption DROP NOT NULL,
    ADD COLUMN change text CHECK (change IN ('commitment', 'filing', 'shorter', 'districts')),
    ADD CHECK ((exemption IS NULL) = (change IS NOT NULL));
