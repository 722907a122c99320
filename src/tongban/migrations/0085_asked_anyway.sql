-- cases: the asked-anyway meter 仍要提交, added up by month, department and how each thing stood at submission (a ground
-- of `cases.model.asked`, or spared_ and the way). Of what was asked without a good reason also the item, the material
-- and the source that could have given it; nothing about a person.
CREATE TABLE cases.asked_count (
    month date NOT NULL,
    department text NOT NULL,
    standing text NOT NULL,
    item text NOT NULL DEFAULT '',
    material text NOT NULL DEFAULT '',
    source text NOT NULL DEFAULT '',
    times bigint NOT NULL,
    PRIMARY KEY (month, department, standing, item, material, source)
);
