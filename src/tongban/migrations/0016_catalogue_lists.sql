-- catalogue: themes 主题 by which people look for items. Reference table, in the city's order.
CREATE TABLE catalogue.theme (
    code text PRIMARY KEY,
    place smallint NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    icon text NOT NULL
);

-- How a version spells where it can be handled: all_city became scope. The content of a version is what it was.
UPDATE catalogue.item_version
SET body = (body - 'all_city')
    || jsonb_build_object('scope', CASE WHEN body->>'all_city' = 'true' THEN 'city' ELSE 'place' END)
WHERE body ? 'all_city';
