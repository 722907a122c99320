-- exchange: how each shared resource is called, and the log of calls.
CREATE SCHEMA exchange;

-- A shared data resource 数据资源 as it is called: reference table. `fields` maps what the house asks for to the
-- wire's field and, where the wire tells a list, what is taken of it.
CREATE TABLE exchange.resource (
    code text PRIMARY KEY,
    register text NOT NULL,
    wire_code text NOT NULL,
    path text NOT NULL,
    timeout_ms integer NOT NULL CHECK (timeout_ms BETWEEN 1 AND 60000),
    fields jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('up', 'down', 'planned'))
);

-- One row a call 交换记录, no personal values; partitions by month, what falls into none lies in the default one.
CREATE TABLE exchange.call (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    msg_id uuid NOT NULL,
    resource text NOT NULL,
    purpose uuid,
    fields text[] NOT NULL,
    outcome text NOT NULL
        CHECK (outcome IN ('found', 'none', 'refused', 'timeout', 'error', 'open', 'rejected', 'malformed')),
    latency_ms integer NOT NULL,
    bytes integer NOT NULL,
    PRIMARY KEY (bucket, id, at)
) PARTITION BY RANGE (at);
CREATE INDEX call_at ON exchange.call USING brin (at);
CREATE TABLE exchange.call_rest PARTITION OF exchange.call DEFAULT;
