-- identity: an offer of a power ends nothing by itself: it waits beside the one that stands until its agent accepts it.
-- Each of them is one, of a kind between the same two; of what stands also where the agent was named by two papers.
UPDATE identity.power AS p SET state = 'superseded', ended_at = now(), ended_by = p.principal
FROM identity.power AS newer
WHERE newer.bucket = p.bucket AND newer.principal = p.principal AND newer.agent = p.agent AND newer.kind = p.kind
    AND newer.state = 'standing' AND p.state = 'standing' AND newer.id > p.id;
DROP INDEX identity.power_living;
CREATE UNIQUE INDEX power_offered ON identity.power (bucket, principal, agent_hash, kind) WHERE state = 'offered';
CREATE UNIQUE INDEX power_standing ON identity.power (bucket, principal, agent_hash, kind) WHERE state = 'standing';
CREATE UNIQUE INDEX power_standing_agent ON identity.power (bucket, principal, agent, kind)
    WHERE state = 'standing' AND agent IS NOT NULL;
