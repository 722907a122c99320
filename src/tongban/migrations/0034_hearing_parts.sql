-- cases: a hearing 听证 says in parts what belongs together (model/hearing_parts.py): the telling, what set it off, the
-- record with the words on it, the end, what lasts. Cases and steps written before are told anew in this shape; only rows with
-- a hearing are touched.
CREATE OR REPLACE FUNCTION pg_temp.word_on_record(agrees jsonb, said_on jsonb, why jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT CASE WHEN agrees IS NOT NULL THEN jsonb_build_object('agrees', agrees, 'on', said_on, 'why', why) END
$$;
CREATE OR REPLACE FUNCTION pg_temp.interested(was jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(one - '{agrees,said,agreed_on}'::text[] || jsonb_build_object('on_record',
        pg_temp.word_on_record(one -> 'agrees', one -> 'agreed_on', one -> 'said')) ORDER BY seat)
    FROM jsonb_array_elements(was) WITH ORDINALITY AS each (one, seat)
$$;
CREATE OR REPLACE FUNCTION pg_temp.in_parts(was jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'told', CASE WHEN was ? 'told' THEN jsonb_build_object('on', was -> 'told', 'until', was -> 'until',
            'by', was -> 'told_by', 'notice', was -> 'notice', 'given_up', was -> 'waived') END,
        -- A request of before others could ask was the applicant's.
        'begun', CASE
            WHEN was ? 'asked' THEN jsonb_build_object('on', was -> 'asked', 'by', coalesce(was -> 'asked_by', '[0]'),
                'wishes', was -> 'wishes', 'hold_by', was -> 'hold_by')
            WHEN was ? 'called' THEN jsonb_build_object('on', was -> 'called', 'by', was -> 'asked_by') END,
        'sitting', CASE WHEN was -> 'sitting' ? 'recusal'
            THEN (was -> 'sitting') - 'recusal' || jsonb_build_object('pleas', jsonb_build_array(was #> '{sitting,recusal}'))
            ELSE was -> 'sitting' END,
        'fixed', was -> 'fixed',
        -- Before words were kept beside others', the end alone told hers.
        'record', (was -> 'record') || jsonb_build_object('sign_by', was -> 'sign_by', 'word', pg_temp.word_on_record(
            coalesce(was -> 'agrees', CASE was ->> 'ended' WHEN 'signed' THEN 'true'::jsonb
                WHEN 'unsigned' THEN 'false'::jsonb END),
            coalesce(was -> 'agreed_on', was -> 'ended_on'), was -> 'unsigned')),
        'ended', CASE WHEN was ? 'ended' THEN jsonb_build_object('how', was -> 'ended', 'on', was -> 'ended_on') END,
        'lasting', nullif(jsonb_strip_nulls(jsonb_build_object(
            'last', CASE WHEN was ? 'recorded' THEN jsonb_build_object('step', was -> 'recorded', 'held', was -> 'held') END,
            'barred', was -> 'barred', 'presided', was -> 'presided', 'others', pg_temp.interested(was -> 'others'))), '{}')
    ))
$$;
UPDATE cases."case" SET hearing = pg_temp.in_parts(hearing) WHERE hearing IS NOT NULL;
-- What a decision says of the hearing before it (other moves) keeps its shape.
UPDATE cases.event SET detail = jsonb_set(detail, '{hearing}', pg_temp.in_parts(detail -> 'hearing'))
WHERE detail ? 'hearing' AND move IN ('tell_hearing', 'ask_hearing', 'waive_hearing', 'drop_hearing', 'fix_hearing',
    'unfix_hearing', 'ask_recusal', 'hold_hearing', 'miss_hearing', 'sign_record', 'close_record', 'tell_interested',
    'serve_interested', 'interested_asks', 'interested_waives', 'join_hearing', 'word_on_record');
