-- identity: codes to set a password anew, asked for in a browser in which its owner has logged in before: apart from
-- those that anybody can ask for who knows her name and number, so that nobody uses hers up or makes them void.
ALTER TABLE identity.code DROP CONSTRAINT code_act_check;
ALTER TABLE identity.code ADD CONSTRAINT code_act_check
    CHECK (act IN ('log_in', 'enrol', 'recover', 'recover_own', 'window', 'phone_old', 'phone_new'));

-- identity: and those are counted by phone and network too: one stranger's network does not use a day's up.
ALTER TABLE identity.text_count DROP CONSTRAINT text_count_kind_check;
ALTER TABLE identity.text_count ADD CONSTRAINT text_count_kind_check
    CHECK (kind IN ('network', 'house', 'phone_network', 'phone'));
