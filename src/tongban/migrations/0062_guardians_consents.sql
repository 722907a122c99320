-- A guardian's consent for a child under fourteen (PIPL art. 31) is a consent like others: with what it is for, its fields,
-- the version of its words, and its withdrawal, which ends the power. `item` is that power, so that each guardian's consent
-- is her own. Those given before came with the claim that the register confirmed; the power's id is the consent's.
INSERT INTO identity.consent (bucket, id, subject, purpose, item, fields, basis, version, separate, way, given_by, given_at)
SELECT p.bucket, p.id, p.principal, 'guardianship', p.id::text,
    ARRAY['kinship.parents', 'population.name', 'population.id_number'],
    '个人信息保护法第二十八条、第三十一条；民法典第三十四条', c.consent, true, 'portal', p.agent, c.consented_at
FROM identity.child_claim c
JOIN identity.power p ON p.principal = c.child AND p.agent = c.guardian
WHERE c.state = 'confirmed' AND c.consent IS NOT NULL AND p.kind = 'guardian' AND p.state = 'standing';
