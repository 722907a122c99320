-- catalogue: what the list filters and counts by, beside each line, so that no body is opened for it.

-- `facts` are worked out at publishing. Those that an older version of the platform published have no counts yet: the next
-- loading of the city works them out.
ALTER TABLE catalogue.search_entry ADD COLUMN facts jsonb NOT NULL DEFAULT '{}';

UPDATE catalogue.search_entry e SET facts = jsonb_build_object(
    'kind', v.body->>'kind',
    'catalog_code', v.body->>'catalog_code',
    'organ', left(v.body->>'task_code', 18),
    'effective_on', v.body->>'effective_on',
    'minors', coalesce((v.body->>'minors')::boolean, false),
    'together', coalesce(jsonb_typeof(v.body->'joint_applicants') = 'object', false))
FROM catalogue.item i JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number
WHERE i.code = e.code;
