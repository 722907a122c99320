-- identity: whom a firm that is no more went into 承继单位 is asked by the successor.
CREATE INDEX firm_successors ON identity.firm USING gin (successors) WHERE state <> 'active';
