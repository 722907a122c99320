-- Generated from the migrations by scripts/schema.py. Read it; change the schema with a new migration.

CREATE SCHEMA audit;

CREATE SCHEMA bundles;

CREATE SCHEMA cases;

CREATE SCHEMA catalogue;

CREATE SCHEMA exchange;

CREATE SCHEMA identity;

CREATE SCHEMA kit;

CREATE SCHEMA licences;

CREATE SCHEMA notices;

CREATE SCHEMA portal;

CREATE SCHEMA reform;

CREATE SCHEMA regions;

CREATE TABLE audit.head (
    pass bigint NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    sealed_below xid8 NOT NULL,
    prev bytea NOT NULL,
    root bytea NOT NULL,
    hash bytea NOT NULL,
    kid text NOT NULL,
    signature bytea NOT NULL
);

CREATE TABLE audit.ledger (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    kind text NOT NULL,
    actor_role text NOT NULL,
    actor uuid,
    actor_name text NOT NULL,
    department text,
    action text NOT NULL,
    subject uuid NOT NULL,
    reference text NOT NULL,
    purpose uuid,
    detail jsonb,
    hash bytea NOT NULL,
    CONSTRAINT ledger_kind_check CHECK ((kind = ANY (ARRAY['act'::text, 'read'::text])))
)
PARTITION BY RANGE (at);

CREATE TABLE audit.ledger_rest (
    bucket smallint CONSTRAINT ledger_bucket_not_null NOT NULL,
    id uuid CONSTRAINT ledger_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT ledger_at_not_null NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() CONSTRAINT ledger_xid_not_null NOT NULL,
    kind text CONSTRAINT ledger_kind_not_null NOT NULL,
    actor_role text CONSTRAINT ledger_actor_role_not_null NOT NULL,
    actor uuid,
    actor_name text CONSTRAINT ledger_actor_name_not_null NOT NULL,
    department text,
    action text CONSTRAINT ledger_action_not_null NOT NULL,
    subject uuid CONSTRAINT ledger_subject_not_null NOT NULL,
    reference text CONSTRAINT ledger_reference_not_null NOT NULL,
    purpose uuid,
    detail jsonb,
    hash bytea CONSTRAINT ledger_hash_not_null NOT NULL,
    CONSTRAINT ledger_kind_check CHECK ((kind = ANY (ARRAY['act'::text, 'read'::text])))
);

CREATE VIEW audit.pub_revision AS
 SELECT bucket,
    reference,
    at,
    ((detail ->> 'revision'::text))::integer AS revision
   FROM audit.ledger
  WHERE (detail ? 'revision'::text);

CREATE TABLE audit.purpose (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    item text NOT NULL,
    fields text[] NOT NULL,
    basis text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT purpose_kind_check CHECK ((kind = ANY (ARRAY['draft'::text, 'case'::text, 'own_act'::text, 'proactive'::text, 'supervision'::text])))
)
WITH (fillfactor='90', autovacuum_analyze_scale_factor='0.02');

CREATE TABLE audit.seal_block (
    bucket smallint NOT NULL,
    seq bigint NOT NULL,
    pass bigint NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    prev bytea NOT NULL,
    root bytea NOT NULL,
    hash bytea NOT NULL,
    row_ids uuid[] NOT NULL,
    row_hashes bytea[] NOT NULL
);

CREATE TABLE audit.seal_mark (
    one boolean DEFAULT true NOT NULL,
    sealed_below xid8 NOT NULL,
    pass bigint NOT NULL,
    CONSTRAINT seal_mark_one_check CHECK (one)
);

CREATE TABLE audit.seal_tip (
    bucket smallint NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE bundles.bundle (
    code text NOT NULL,
    number integer NOT NULL,
    place integer NOT NULL,
    published_at timestamp with time zone NOT NULL
);

CREATE TABLE bundles.run (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    applicant uuid NOT NULL,
    bundle text NOT NULL,
    number integer NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    answers_sealed bytea NOT NULL,
    parts jsonb NOT NULL,
    language text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    done_at timestamp with time zone,
    CONSTRAINT run_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'sent'::text, 'done'::text, 'discarded'::text])))
);

CREATE TABLE bundles.version (
    code text NOT NULL,
    number integer NOT NULL,
    body jsonb NOT NULL,
    hash text NOT NULL,
    published_at timestamp with time zone NOT NULL,
    CONSTRAINT version_number_check CHECK ((number > 0))
);

CREATE TABLE cases.absence (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    department text NOT NULL,
    officer uuid NOT NULL,
    officer_name text NOT NULL,
    deputy uuid NOT NULL,
    deputy_name text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    ended_at timestamp with time zone,
    at timestamp with time zone NOT NULL,
    CONSTRAINT absence_check CHECK ((last_day >= first_day))
);

CREATE TABLE cases.appraisal (
    bucket smallint NOT NULL,
    archive_id uuid NOT NULL,
    version integer NOT NULL,
    decision text NOT NULL,
    officer uuid NOT NULL,
    officer_name text NOT NULL,
    reason text NOT NULL,
    dispose_on date,
    at timestamp with time zone NOT NULL,
    CONSTRAINT appraisal_decision_check CHECK ((decision = ANY (ARRAY['keep'::text, 'extend'::text, 'propose'::text, 'destroy'::text, 'spare'::text])))
);

CREATE TABLE cases.archive (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    department text NOT NULL,
    item text NOT NULL,
    number text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    file_id uuid NOT NULL,
    size bigint NOT NULL,
    sm3 text NOT NULL,
    sha256 text NOT NULL,
    manifest_sm3 text NOT NULL,
    retention text NOT NULL,
    dispose_on date,
    state text DEFAULT 'kept'::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    exported_at timestamp with time zone,
    proposed_by uuid,
    proposed_name text,
    proposed_at timestamp with time zone,
    proposed_reason text,
    CONSTRAINT archive_state_check CHECK ((state = ANY (ARRAY['kept'::text, 'proposed'::text, 'destroyed'::text])))
);

CREATE TABLE cases.asked_count (
    month date NOT NULL,
    department text NOT NULL,
    standing text NOT NULL,
    item text DEFAULT ''::text NOT NULL,
    material text DEFAULT ''::text NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    times bigint NOT NULL
);

CREATE TABLE cases.bulk (
    bucket smallint NOT NULL,
    caller text NOT NULL,
    key text NOT NULL,
    case_id uuid NOT NULL,
    move text NOT NULL,
    at timestamp with time zone NOT NULL,
    result jsonb
);

CREATE TABLE cases."case" (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    applicant uuid NOT NULL,
    item text NOT NULL,
    item_version integer NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    department text,
    district text,
    applicant_masked text NOT NULL,
    number text,
    short_code text,
    answers jsonb NOT NULL,
    facts jsonb NOT NULL,
    finding jsonb,
    purpose uuid NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    accepted_at timestamp with time zone,
    decided_at timestamp with time zone,
    closed_at timestamp with time zone,
    accept_due timestamp with time zone,
    promise_due timestamp with time zone,
    statutory_due timestamp with time zone,
    reason jsonb,
    language text DEFAULT 'zh'::text NOT NULL,
    correction jsonb,
    warn_at timestamp with time zone,
    course jsonb DEFAULT '{}'::jsonb NOT NULL,
    issue_due timestamp with time zone,
    joint jsonb,
    opinions jsonb DEFAULT '[]'::jsonb NOT NULL,
    consulted jsonb DEFAULT '[]'::jsonb NOT NULL,
    assignee uuid,
    assignee_name text,
    about uuid,
    follow_up jsonb,
    hearing jsonb,
    ruling text,
    matter bytea DEFAULT '\x'::bytea NOT NULL,
    hall text,
    CONSTRAINT case_language_check CHECK ((language = ANY (ARRAY['zh'::text, 'en'::text])))
)
WITH (fillfactor='80', autovacuum_analyze_scale_factor='0.02');

CREATE TABLE cases.commitment (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    item text NOT NULL,
    department text NOT NULL,
    short_code text NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    drawn boolean NOT NULL,
    promised_at timestamp with time zone NOT NULL,
    check_due timestamp with time zone NOT NULL,
    cure_due timestamp with time zone,
    found text,
    checked_by text,
    changed_at timestamp with time zone NOT NULL,
    until timestamp with time zone,
    CONSTRAINT commitment_state_check CHECK ((state = ANY (ARRAY['promised'::text, 'check_due'::text, 'check_ok'::text, 'curing'::text, 'cured'::text, 'broken'::text, 'revoked'::text, 'restored'::text])))
);

CREATE TABLE cases.consultation (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    department text NOT NULL,
    applicant uuid NOT NULL,
    item text NOT NULL,
    item_version integer NOT NULL,
    applicant_masked text NOT NULL,
    asked_by text NOT NULL,
    due timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

CREATE TABLE cases.destruction (
    id uuid NOT NULL,
    department text NOT NULL,
    item text NOT NULL,
    retention text NOT NULL,
    ended_on date NOT NULL,
    size bigint NOT NULL,
    sm3 text NOT NULL,
    sha256 text NOT NULL,
    proposed_name text NOT NULL,
    destroyed_name text NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE cases.event (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    version integer NOT NULL,
    move text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor_role text NOT NULL,
    actor_name text NOT NULL,
    at timestamp with time zone NOT NULL,
    detail jsonb NOT NULL
);

CREATE TABLE cases.inspection (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    version integer NOT NULL,
    record jsonb NOT NULL,
    officer text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    step integer
);

CREATE TABLE cases.interested (
    bucket smallint NOT NULL,
    person uuid NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    seat smallint NOT NULL,
    account boolean NOT NULL,
    sealed bytea NOT NULL,
    purpose uuid NOT NULL,
    own_purpose uuid,
    told_at timestamp with time zone NOT NULL
);

CREATE TABLE cases.note (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    department text NOT NULL,
    author text NOT NULL,
    at timestamp with time zone NOT NULL,
    words text NOT NULL
);

CREATE TABLE cases.number_index (
    short_code text NOT NULL,
    number text NOT NULL,
    applicant uuid NOT NULL,
    case_id uuid NOT NULL,
    holder_proof bytea
);

CREATE TABLE cases.party (
    bucket smallint NOT NULL,
    person uuid NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    round integer NOT NULL,
    seat smallint NOT NULL,
    purpose uuid NOT NULL,
    name_fits boolean NOT NULL,
    asked_at timestamp with time zone NOT NULL
);

CREATE TABLE cases.party_index (
    hash bytea NOT NULL,
    case_id uuid NOT NULL
);

CREATE TABLE cases.publication (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    item text NOT NULL,
    department text NOT NULL,
    number text NOT NULL,
    holder_kind text NOT NULL,
    holder text NOT NULL,
    holder_code text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    published_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT publication_holder_kind_check CHECK ((holder_kind = ANY (ARRAY['person'::text, 'firm'::text])))
);

CREATE TABLE cases.reason_template (
    id uuid NOT NULL,
    department text NOT NULL,
    move text NOT NULL,
    item text,
    title text NOT NULL,
    words text NOT NULL,
    basis text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone
);

CREATE TABLE cases.recount (
    amendment bigint NOT NULL,
    place_bucket smallint NOT NULL,
    place uuid NOT NULL,
    moved bigint NOT NULL,
    done_at timestamp with time zone
);

CREATE TABLE cases.saved_filter (
    bucket smallint NOT NULL,
    officer uuid NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE cases.seal_wanted (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    applicant uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    asked integer DEFAULT 1 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
);

CREATE TABLE cases.sealed_paper (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    step smallint NOT NULL,
    applicant uuid NOT NULL,
    kind text NOT NULL,
    department text NOT NULL,
    seal uuid NOT NULL,
    file uuid NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    sha256 bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL
);

CREATE TABLE cases.succession (
    former text NOT NULL,
    successor text NOT NULL,
    basis text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    moved bigint DEFAULT 0 NOT NULL,
    done_at timestamp with time zone
);

CREATE TABLE cases.supervision (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    rule text NOT NULL,
    occasion text NOT NULL,
    lamp text NOT NULL,
    applicant uuid NOT NULL,
    department text NOT NULL,
    item text NOT NULL,
    short_code text NOT NULL,
    due timestamp with time zone,
    at timestamp with time zone NOT NULL,
    owner text NOT NULL,
    escalate_at timestamp with time zone,
    answer text,
    answered_by text,
    answered_at timestamp with time zone,
    CONSTRAINT supervision_lamp_check CHECK ((lamp = ANY (ARRAY['amber'::text, 'red'::text, 'double'::text]))),
    CONSTRAINT supervision_owner_check CHECK ((owner = ANY (ARRAY['examine'::text, 'head'::text, 'supervision'::text])))
);

CREATE TABLE cases.to_archive (
    bucket smallint NOT NULL,
    case_id uuid NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL
);

CREATE TABLE cases.watch (
    name text NOT NULL,
    through timestamp with time zone NOT NULL
);

CREATE TABLE catalogue.adjustment (
    code text NOT NULL,
    adjusted_on date NOT NULL,
    body jsonb NOT NULL
);

CREATE TABLE catalogue.asked_count (
    on_day date NOT NULL,
    items integer NOT NULL,
    materials integer NOT NULL
);

CREATE TABLE catalogue.cancellation (
    code text NOT NULL,
    cancelled_on date NOT NULL,
    body jsonb NOT NULL
);

CREATE TABLE catalogue.draft (
    item text NOT NULL,
    base integer NOT NULL,
    revision integer NOT NULL,
    body jsonb NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

CREATE TABLE catalogue.exchanged (
    code text NOT NULL,
    came jsonb NOT NULL,
    written jsonb NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone
);

CREATE TABLE catalogue.item (
    code text NOT NULL,
    number integer NOT NULL,
    published_at timestamp with time zone NOT NULL
);

CREATE TABLE catalogue.item_version (
    code text NOT NULL,
    number integer NOT NULL,
    body jsonb NOT NULL,
    body_hash bytea NOT NULL,
    published_at timestamp with time zone NOT NULL,
    published_by text NOT NULL,
    CONSTRAINT item_version_number_check CHECK ((number > 0))
);

CREATE VIEW catalogue.pub_measure AS
 SELECT code,
    number,
    ((body ->> 'published_on'::text))::date AS published_on,
    (body ->> 'kind'::text) AS kind,
    (body ->> 'department_kind'::text) AS department_kind,
    ((body -> 'name'::text) ->> 'zh'::text) AS name_zh,
    ((body -> 'name'::text) ->> 'en'::text) AS name_en,
    (((body -> 'clock'::text) ->> 'promise_days'::text))::integer AS promise_days,
    (((body -> 'clock'::text) ->> 'statutory_days'::text))::integer AS statutory_days,
    ((body -> 'clock'::text) ->> 'statutory_unit'::text) AS statutory_unit,
    ( SELECT (count(*))::integer AS count
           FROM jsonb_array_elements((v.body -> 'materials'::text)) m(value)
          WHERE (((m.value ->> 'required'::text))::boolean AND ((m.value ->> 'route'::text) = 'none'::text) AND (((m.value -> 'only_if'::text) -> 'way'::text) IS DISTINCT FROM '["ordinary"]'::jsonb))) AS materials,
    ( SELECT (count(*))::integer AS count
           FROM jsonb_array_elements((v.body -> 'steps'::text)) jsonb_array_elements(value)) AS steps,
    ((body ->> 'visits'::text))::integer AS visits,
        CASE
            WHEN (((body ->> 'visits'::text))::integer = 0) THEN 0
            ELSE (1 + jsonb_array_length((body -> 'joint'::text)))
        END AS windows,
    ( SELECT (count(*))::integer AS count
           FROM jsonb_each(((v.body -> 'form'::text) -> 'properties'::text)) jsonb_each(key, value)) AS questions,
    ( SELECT (count(*))::integer AS count
           FROM jsonb_each(((v.body -> 'form'::text) -> 'properties'::text)) q(key, value)
          WHERE (jsonb_typeof(((q.value -> 'x-ui'::text) -> 'prefill'::text)) = 'object'::text)) AS prefilled
   FROM catalogue.item_version v
  WHERE (COALESCE(jsonb_typeof((body -> 'after'::text)), 'null'::text) = 'null'::text);

CREATE TABLE catalogue.questionnaire (
    key text NOT NULL,
    number integer NOT NULL,
    body jsonb NOT NULL,
    table_hash text NOT NULL,
    published_at timestamp with time zone NOT NULL,
    published_by text NOT NULL,
    CONSTRAINT questionnaire_number_check CHECK ((number > 0))
);

CREATE TABLE catalogue.rule_table (
    hash text NOT NULL,
    key text NOT NULL,
    body jsonb NOT NULL,
    kept_at timestamp with time zone NOT NULL,
    CONSTRAINT rule_table_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE catalogue.search_entry (
    code text NOT NULL,
    named text[] NOT NULL,
    called text[] NOT NULL,
    terms text[] NOT NULL,
    pinyin text NOT NULL,
    online boolean NOT NULL,
    card jsonb NOT NULL,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE TABLE catalogue.source (
    kind text NOT NULL,
    code text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    provider_zh text NOT NULL,
    provider_en text NOT NULL,
    elements text[] NOT NULL,
    state text NOT NULL,
    mark text NOT NULL,
    tells jsonb DEFAULT '{}'::jsonb NOT NULL,
    replaces text[] DEFAULT '{}'::text[] NOT NULL,
    not_for text[] DEFAULT '{}'::text[] NOT NULL,
    put_by text DEFAULT ''::text NOT NULL,
    CONSTRAINT source_kind_check CHECK ((kind = ANY (ARRAY['resource'::text, 'licence_type'::text, 'commitment'::text]))),
    CONSTRAINT source_mark_check CHECK ((mark = ANY (ARRAY['real'::text, 'realistic'::text, 'synthetic'::text]))),
    CONSTRAINT source_state_check CHECK ((state = ANY (ARRAY['up'::text, 'down'::text, 'planned'::text])))
);

CREATE TABLE catalogue.source_state (
    kind text NOT NULL,
    code text NOT NULL,
    since timestamp with time zone NOT NULL,
    state text NOT NULL,
    CONSTRAINT source_state_state_check CHECK ((state = ANY (ARRAY['up'::text, 'down'::text, 'planned'::text])))
);

CREATE TABLE catalogue.task (
    id uuid NOT NULL,
    item text NOT NULL,
    number integer NOT NULL,
    material text DEFAULT ''::text NOT NULL,
    organ text NOT NULL,
    exemption text,
    source_kind text DEFAULT ''::text NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    fields text[] DEFAULT '{}'::text[] NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    closed_at timestamp with time zone,
    closed_as text,
    change text,
    CONSTRAINT task_change_check CHECK ((change = ANY (ARRAY['commitment'::text, 'filing'::text, 'shorter'::text, 'districts'::text]))),
    CONSTRAINT task_check CHECK (((closed_at IS NULL) = (closed_as IS NULL))),
    CONSTRAINT task_check1 CHECK (((exemption IS NULL) = (change IS NOT NULL))),
    CONSTRAINT task_closed_as_check CHECK ((closed_as = ANY (ARRAY['published'::text, 'withdrawn'::text]))),
    CONSTRAINT task_exemption_check CHECK ((exemption = ANY (ARRAY['no_basis'::text, 'shared'::text, 'licence'::text, 'commitment'::text])))
);

CREATE TABLE catalogue.theme (
    code text NOT NULL,
    place smallint NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    icon text NOT NULL
);

CREATE TABLE exchange.call (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    msg_id uuid NOT NULL,
    resource text NOT NULL,
    purpose uuid,
    fields text[] NOT NULL,
    outcome text NOT NULL,
    latency_ms integer NOT NULL,
    bytes integer NOT NULL,
    CONSTRAINT call_outcome_check CHECK ((outcome = ANY (ARRAY['found'::text, 'none'::text, 'refused'::text, 'timeout'::text, 'error'::text, 'open'::text, 'rejected'::text, 'malformed'::text])))
)
PARTITION BY RANGE (at);

CREATE TABLE exchange.call_rest (
    bucket smallint CONSTRAINT call_bucket_not_null NOT NULL,
    id uuid CONSTRAINT call_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT call_at_not_null NOT NULL,
    msg_id uuid CONSTRAINT call_msg_id_not_null NOT NULL,
    resource text CONSTRAINT call_resource_not_null NOT NULL,
    purpose uuid,
    fields text[] CONSTRAINT call_fields_not_null NOT NULL,
    outcome text CONSTRAINT call_outcome_not_null NOT NULL,
    latency_ms integer CONSTRAINT call_latency_ms_not_null NOT NULL,
    bytes integer CONSTRAINT call_bytes_not_null NOT NULL,
    CONSTRAINT call_outcome_check CHECK ((outcome = ANY (ARRAY['found'::text, 'none'::text, 'refused'::text, 'timeout'::text, 'error'::text, 'open'::text, 'rejected'::text, 'malformed'::text])))
);

CREATE TABLE exchange.resource (
    code text NOT NULL,
    register text NOT NULL,
    wire_code text NOT NULL,
    path text NOT NULL,
    timeout_ms integer NOT NULL,
    fields jsonb NOT NULL,
    CONSTRAINT resource_timeout_ms_check CHECK (((timeout_ms >= 1) AND (timeout_ms <= 60000)))
);

CREATE TABLE identity.account (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    role text NOT NULL,
    name_sealed bytea NOT NULL,
    phone_sealed bytea NOT NULL,
    level smallint NOT NULL,
    password text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    kind text DEFAULT 'person'::text NOT NULL,
    capped_at timestamp with time zone,
    phone_lost_at timestamp with time zone,
    closed_at timestamp with time zone,
    merged_into uuid,
    merges integer DEFAULT 0 NOT NULL,
    recovered_at timestamp with time zone,
    phone_changed_at timestamp with time zone,
    also uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    CONSTRAINT account_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'firm'::text]))),
    CONSTRAINT account_merged CHECK ((merged_into <> id)),
    CONSTRAINT account_role_check CHECK ((role = ANY (ARRAY['resident'::text, 'officer'::text])))
);

CREATE TABLE identity.alias (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    hashes bytea[] NOT NULL,
    proof text NOT NULL,
    by uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    undone_by uuid,
    undone_why text,
    CONSTRAINT alias_check CHECK ((from_id <> to_id)),
    CONSTRAINT alias_check1 CHECK ((((undone_at IS NULL) = (undone_by IS NULL)) AND ((undone_at IS NULL) = (undone_why IS NULL)))),
    CONSTRAINT alias_proof_check CHECK ((proof = ANY (ARRAY['codes'::text, 'window'::text])))
);

CREATE TABLE identity.application (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    name_sealed bytea NOT NULL,
    id_number_sealed bytea NOT NULL,
    phone_sealed bytea NOT NULL,
    id_hash bytea NOT NULL,
    phone_hash bytea NOT NULL,
    password text NOT NULL,
    as_of timestamp with time zone,
    checked_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    paper_kind text DEFAULT '111'::text NOT NULL,
    paper_country text DEFAULT ''::text NOT NULL,
    other_hashes bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    other_kinds text[] DEFAULT '{}'::text[] NOT NULL,
    residence jsonb,
    hukou_address_sealed bytea,
    residence_address_sealed bytea,
    raises uuid,
    id_older bytea,
    phone_older bytea,
    other_older bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    CONSTRAINT application_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'checked'::text, 'phone'::text])))
);

CREATE TABLE identity.attempt (
    bucket smallint NOT NULL,
    key bytea NOT NULL,
    count smallint NOT NULL,
    last_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone
)
WITH (fillfactor='70');

CREATE TABLE identity.challenge_used (
    hash bytea NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE identity.child_claim (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    guardian uuid NOT NULL,
    child uuid NOT NULL,
    child_hash bytea NOT NULL,
    name_sealed bytea NOT NULL,
    id_number_sealed bytea NOT NULL,
    consent text,
    consented_at timestamp with time zone,
    state text NOT NULL,
    purpose uuid NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    ask_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT child_claim_check CHECK (((consent IS NULL) = (consented_at IS NULL))),
    CONSTRAINT child_claim_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'confirmed'::text])))
);

CREATE TABLE identity.closing (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL
);

CREATE TABLE identity.code (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    act text NOT NULL,
    hash bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    hour_from timestamp with time zone NOT NULL,
    hour_sent smallint NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT code_act_check CHECK ((act = ANY (ARRAY['log_in'::text, 'enrol'::text, 'recover'::text, 'recover_own'::text, 'window'::text, 'phone_old'::text, 'phone_new'::text])))
)
WITH (fillfactor='70');

CREATE TABLE identity.consent (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    purpose text NOT NULL,
    item text DEFAULT ''::text NOT NULL,
    fields text[] NOT NULL,
    basis text NOT NULL,
    version text NOT NULL,
    separate boolean NOT NULL,
    way text NOT NULL,
    given_by uuid,
    given_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT consent_check CHECK (((withdrawn_at IS NULL) OR (withdrawn_at >= given_at))),
    CONSTRAINT consent_way_check CHECK ((way = ANY (ARRAY['portal'::text, 'desk'::text, 'paper'::text])))
);

CREATE TABLE identity.face_check (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    session bytea NOT NULL,
    key text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    token text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    serial text DEFAULT ''::text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT face_check_check CHECK (((state = 'open'::text) = (ended_at IS NULL))),
    CONSTRAINT face_check_state_check CHECK ((state = ANY (ARRAY['open'::text, 'passed'::text, 'failed'::text])))
);

CREATE TABLE identity.firm (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    as_of timestamp with time zone NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    successors text[] DEFAULT '{}'::text[] NOT NULL,
    ask_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT firm_state_check CHECK ((state = ANY (ARRAY['active'::text, 'revoked'::text, 'struck_off'::text, 'merged'::text, 'split'::text])))
);

CREATE TABLE identity.firm_binding (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    person uuid NOT NULL,
    code text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT firm_binding_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'bound'::text, 'refused'::text, 'lapsed'::text])))
);

CREATE TABLE identity.id_index (
    hash bytea NOT NULL,
    kind text NOT NULL,
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    former boolean DEFAULT false NOT NULL,
    older boolean DEFAULT false NOT NULL,
    CONSTRAINT id_index_kind_check CHECK ((kind = ANY (ARRAY['id_number'::text, 'paper'::text, 'phone'::text, 'username'::text, 'firm'::text])))
);

CREATE TABLE identity.invitation (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    hash bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL
);

CREATE TABLE identity.level_check (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    level smallint NOT NULL,
    way text NOT NULL,
    reference text NOT NULL,
    seen text NOT NULL,
    officer uuid,
    department text,
    checked_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_why text,
    CONSTRAINT level_check_check CHECK (((ended_at IS NULL) = (ended_why IS NULL))),
    CONSTRAINT level_check_ended_why_check CHECK ((ended_why = ANY (ARRAY['withdrawn'::text, 'expired'::text, 'recovered'::text]))),
    CONSTRAINT level_check_level_check CHECK (((level >= 2) AND (level <= 3))),
    CONSTRAINT level_check_way_check CHECK ((way = ANY (ARRAY['card'::text, 'social'::text, 'window'::text, 'face'::text])))
);

CREATE TABLE identity.name_history (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    name_sealed bytea NOT NULL,
    id_number_sealed bytea NOT NULL,
    paper_kind text NOT NULL,
    paper_country text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    source text NOT NULL,
    as_of timestamp with time zone NOT NULL,
    officer uuid
);

CREATE TABLE identity.network_hour (
    network bytea NOT NULL,
    hour timestamp with time zone NOT NULL,
    tries integer NOT NULL
)
WITH (fillfactor='70');

CREATE TABLE identity.oidc_assertion (
    client text NOT NULL,
    hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE identity.oidc_client (
    id text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    department text NOT NULL,
    audience text NOT NULL,
    method text NOT NULL,
    secrets text[] NOT NULL,
    keys jsonb NOT NULL,
    redirects text[] NOT NULL,
    after_logout text[] NOT NULL,
    back_channel text,
    scopes text[] NOT NULL,
    purpose_zh text NOT NULL,
    purpose_en text NOT NULL,
    name_form text NOT NULL,
    sector text NOT NULL,
    CONSTRAINT oidc_client_audience_check CHECK ((audience = ANY (ARRAY['residents'::text, 'staff'::text]))),
    CONSTRAINT oidc_client_method_check CHECK ((method = ANY (ARRAY['client_secret_basic'::text, 'client_secret_post'::text, 'private_key_jwt'::text]))),
    CONSTRAINT oidc_client_name_form_check CHECK ((name_form = ANY (ARRAY['masked'::text, 'real'::text])))
);

CREATE TABLE identity.oidc_code (
    bucket smallint NOT NULL,
    hash bytea NOT NULL,
    login uuid NOT NULL,
    client text NOT NULL,
    redirect text NOT NULL,
    scope text NOT NULL,
    nonce text,
    challenge text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
)
WITH (fillfactor='70');

CREATE TABLE identity.oidc_consent (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    client text NOT NULL,
    scopes text[] NOT NULL,
    given_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone
);

CREATE TABLE identity.oidc_login (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    client text NOT NULL,
    session uuid NOT NULL,
    level smallint NOT NULL,
    department text,
    duties text[] NOT NULL,
    auth_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

CREATE TABLE identity.oidc_token (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    login uuid NOT NULL,
    code bytea NOT NULL,
    client text NOT NULL,
    scope text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);

CREATE TABLE identity.other_paper (
    bucket smallint NOT NULL,
    hash bytea NOT NULL,
    account uuid NOT NULL,
    paper_kind text NOT NULL,
    as_of timestamp with time zone NOT NULL
);

CREATE TABLE identity.paper_dispute (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    account_bucket smallint NOT NULL,
    name_sealed bytea,
    id_number_sealed bytea,
    phone_sealed bytea,
    paper_kind text NOT NULL,
    paper_country text NOT NULL,
    id_hash bytea NOT NULL,
    found bytea[] NOT NULL,
    at timestamp with time zone NOT NULL,
    state text NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    department text,
    why text,
    CONSTRAINT paper_dispute_check CHECK (((state = 'open'::text) = (decided_at IS NULL))),
    CONSTRAINT paper_dispute_check1 CHECK (((state = 'open'::text) = (phone_sealed IS NOT NULL))),
    CONSTRAINT paper_dispute_state_check CHECK ((state = ANY (ARRAY['open'::text, 'same'::text, 'two'::text])))
);

CREATE TABLE identity.passkey (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    credential bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    aaguid uuid NOT NULL,
    transports text[] NOT NULL,
    synced boolean NOT NULL,
    backed_up boolean NOT NULL,
    made_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    blocked_at timestamp with time zone,
    ended_at timestamp with time zone
);

CREATE TABLE identity.person (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    id_number_sealed bytea NOT NULL,
    as_of timestamp with time zone NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    paper_kind text DEFAULT '111'::text NOT NULL,
    paper_country text DEFAULT ''::text NOT NULL
);

CREATE TABLE identity.phone_only (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    used_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

CREATE TABLE identity.power (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    principal uuid NOT NULL,
    agent uuid,
    agent_hash bytea NOT NULL,
    agent_name_sealed bytea NOT NULL,
    principal_name_sealed bytea NOT NULL,
    kind text NOT NULL,
    items text[],
    errands text[],
    most bigint,
    basis text DEFAULT ''::text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    state text NOT NULL,
    offered_at timestamp with time zone NOT NULL,
    offered_by uuid NOT NULL,
    answered_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_by uuid,
    CONSTRAINT power_check CHECK ((until > starts_at)),
    CONSTRAINT power_kind_check CHECK ((kind = ANY (ARRAY['attorney'::text, 'guardian'::text, 'family'::text, 'representative'::text, 'steward'::text, 'agent'::text, 'assisted'::text, 'certificate'::text]))),
    CONSTRAINT power_most_check CHECK ((most > 0)),
    CONSTRAINT power_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'standing'::text, 'declined'::text, 'taken_back'::text, 'revoked'::text, 'renounced'::text, 'expired'::text, 'superseded'::text, 'lapsed'::text])))
);

CREATE TABLE identity.power_held (
    bucket smallint NOT NULL,
    agent uuid NOT NULL,
    power uuid NOT NULL,
    of_bucket smallint NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE identity.power_waiting (
    hash bytea NOT NULL,
    power uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE identity.staff (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    username text NOT NULL,
    department text NOT NULL,
    totp_sealed bytea,
    totp_since timestamp with time zone,
    duties text[] DEFAULT '{examine}'::text[] NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    hall text,
    until date,
    home jsonb,
    granted_at timestamp with time zone,
    reviewed_at timestamp with time zone,
    failed_at timestamp with time zone,
    CONSTRAINT staff_administrators_apart CHECK (((NOT (duties && ARRAY['system_admin'::text, 'security_admin'::text, 'audit_admin'::text])) OR (cardinality(duties) = 1))),
    CONSTRAINT staff_left_has_nothing CHECK (((state <> 'left'::text) OR (cardinality(duties) = 0))),
    CONSTRAINT staff_state CHECK ((state = ANY (ARRAY['proposed'::text, 'granted'::text, 'active'::text, 'locked'::text, 'left'::text]))),
    CONSTRAINT staff_until CHECK (((until IS NULL) = (home IS NULL)))
);

CREATE VIEW identity.pub_colleague AS
 SELECT s.department,
    s.username,
    a.id,
    a.name_sealed
   FROM (identity.staff s
     JOIN identity.account a ON (((a.bucket = s.bucket) AND (a.id = s.id))));

CREATE TABLE identity.qr_login (
    hash bytea NOT NULL,
    browser bytea NOT NULL,
    agent text NOT NULL,
    place text NOT NULL,
    number smallint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    account uuid,
    opened_at timestamp with time zone,
    tries smallint DEFAULT 0 NOT NULL,
    answer text,
    answered_at timestamp with time zone,
    used_at timestamp with time zone,
    level smallint,
    l2_until timestamp with time zone,
    l3_until timestamp with time zone,
    proved_at timestamp with time zone,
    CONSTRAINT qr_login_answer_check CHECK ((answer = ANY (ARRAY['confirmed'::text, 'refused'::text]))),
    CONSTRAINT qr_login_check CHECK (((account IS NULL) = (opened_at IS NULL))),
    CONSTRAINT qr_login_check1 CHECK (((answer IS NULL) = (answered_at IS NULL))),
    CONSTRAINT qr_login_number_check CHECK (((number >= 10) AND (number <= 99)))
);

CREATE TABLE identity.recovery_code (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    hash bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE identity.residence (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    hukou_area text DEFAULT ''::text NOT NULL,
    hukou_area_name text DEFAULT ''::text NOT NULL,
    hukou_address_sealed bytea,
    residence_area text DEFAULT ''::text NOT NULL,
    residence_area_name text DEFAULT ''::text NOT NULL,
    residence_address_sealed bytea,
    residence_since date,
    residence_permit_state text DEFAULT 'none'::text NOT NULL,
    as_of timestamp with time zone,
    asked_at timestamp with time zone,
    wanted_at timestamp with time zone,
    CONSTRAINT residence_hukou_area_check CHECK ((hukou_area ~ '^([0-9]{6})?$'::text)),
    CONSTRAINT residence_residence_area_check CHECK ((residence_area ~ '^([0-9]{6})?$'::text)),
    CONSTRAINT residence_residence_permit_state_check CHECK ((residence_permit_state = ANY (ARRAY['none'::text, 'valid'::text, 'ended'::text])))
);

CREATE TABLE identity.staff_change (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    officer uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    department text NOT NULL,
    hall text,
    duties text[] NOT NULL,
    until date,
    before jsonb DEFAULT '{}'::jsonb NOT NULL,
    reason text NOT NULL,
    asked_by uuid,
    asked_by_name text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_by_name text,
    decided_at timestamp with time zone,
    answer text DEFAULT ''::text NOT NULL,
    CONSTRAINT staff_change_administrators_apart CHECK (((NOT (duties && ARRAY['system_admin'::text, 'security_admin'::text, 'audit_admin'::text])) OR (cardinality(duties) = 1))),
    CONSTRAINT staff_change_by_two CHECK ((decided_by <> asked_by)),
    CONSTRAINT staff_change_decided CHECK (((state = ANY (ARRAY['granted'::text, 'refused'::text])) = (decided_by IS NOT NULL))),
    CONSTRAINT staff_change_kind_check CHECK ((kind = ANY (ARRAY['join'::text, 'move'::text, 'post'::text, 'return'::text, 'leave'::text, 'confirm'::text, 'lock'::text, 'unlock'::text]))),
    CONSTRAINT staff_change_not_for_oneself CHECK (((asked_by <> officer) AND (decided_by <> officer))),
    CONSTRAINT staff_change_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'granted'::text, 'refused'::text, 'done'::text])))
);

CREATE TABLE identity.staff_phone_index (
    hash bytea NOT NULL,
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    older boolean DEFAULT false NOT NULL
);

CREATE TABLE identity.step_up (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    next text NOT NULL,
    kept text NOT NULL,
    level smallint NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE identity.text_count (
    kind text NOT NULL,
    key bytea NOT NULL,
    since timestamp with time zone NOT NULL,
    sent integer NOT NULL,
    CONSTRAINT text_count_kind_check CHECK ((kind = ANY (ARRAY['network'::text, 'house'::text, 'phone_network'::text, 'phone'::text])))
)
WITH (fillfactor='70');

CREATE TABLE identity.totp_used (
    bucket smallint NOT NULL,
    account uuid NOT NULL,
    hash bytea NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE identity.window_recovery (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    account uuid NOT NULL,
    officer uuid NOT NULL,
    department text,
    paper_kind text NOT NULL,
    phone_sealed bytea,
    begun_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT window_recovery_check CHECK (((phone_sealed IS NULL) = (done_at IS NOT NULL)))
);

CREATE TABLE kit.calendar_amendment (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    notice text NOT NULL
);

ALTER TABLE kit.calendar_amendment ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kit.calendar_amendment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE kit.calendar_day (
    day date NOT NULL,
    kind text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    notice text NOT NULL,
    mark text NOT NULL,
    by_staff boolean DEFAULT false NOT NULL,
    CONSTRAINT calendar_day_kind_check CHECK ((kind = ANY (ARRAY['work'::text, 'off'::text])))
);

CREATE TABLE kit.file (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    reference text NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    media_type text NOT NULL,
    name bytea NOT NULL,
    pages integer NOT NULL,
    width integer,
    height integer,
    created_at timestamp with time zone NOT NULL,
    doubt text,
    offered boolean DEFAULT true NOT NULL,
    sm3 bytea,
    scanned boolean,
    CONSTRAINT file_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT file_doubt_check CHECK ((doubt = ANY (ARRAY['blurred'::text, 'dark'::text]))),
    CONSTRAINT file_media_type_check CHECK ((media_type = ANY (ARRAY['application/pdf'::text, 'image/jpeg'::text, 'image/png'::text, 'application/zip'::text]))),
    CONSTRAINT file_pages_check CHECK ((pages > 0)),
    CONSTRAINT file_size_check CHECK ((size > 0))
);

CREATE TABLE kit.growth (
    lot integer NOT NULL,
    cases integer NOT NULL,
    as_of timestamp with time zone NOT NULL
);

CREATE TABLE kit.handled (
    bucket smallint NOT NULL,
    event uuid NOT NULL,
    handler text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE kit.idempotency (
    bucket smallint NOT NULL,
    caller text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    answer jsonb NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE kit.migration (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE kit.outbox (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    topic text NOT NULL,
    subject uuid NOT NULL,
    reference text NOT NULL,
    payload jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    given_up_at timestamp with time zone,
    outward boolean DEFAULT false NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='500');

CREATE TABLE kit.serial (
    name text NOT NULL,
    next_value bigint NOT NULL
);

CREATE TABLE kit.session (
    bucket smallint NOT NULL,
    token_hash bytea NOT NULL,
    actor uuid NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    department text,
    level smallint NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    id uuid NOT NULL,
    agent text DEFAULT ''::text NOT NULL,
    duties text[] DEFAULT '{}'::text[] NOT NULL,
    acting_for uuid,
    acting_name text,
    acting jsonb,
    power uuid,
    power_ended text,
    opened_by text DEFAULT 'password'::text NOT NULL,
    place text DEFAULT ''::text NOT NULL,
    proved_at timestamp with time zone,
    also uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    l2_until timestamp with time zone,
    l3_until timestamp with time zone
)
WITH (fillfactor='80');

CREATE TABLE kit.timer (
    bucket smallint NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    outward boolean DEFAULT false NOT NULL
);

CREATE TABLE kit.upload (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    reference text NOT NULL,
    field text NOT NULL,
    size bigint NOT NULL,
    taken bigint DEFAULT 0 NOT NULL,
    pieces bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    name bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT upload_check CHECK (((taken >= 0) AND (taken <= size))),
    CONSTRAINT upload_size_check CHECK ((size > 0))
);

CREATE TABLE licences.asked (
    bucket smallint NOT NULL,
    reference uuid NOT NULL,
    licence uuid NOT NULL,
    act text NOT NULL,
    keeps_valid boolean NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

CREATE TABLE licences.card_batch (
    batch_id uuid NOT NULL,
    type_code text NOT NULL,
    state text NOT NULL,
    size smallint NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    done_at timestamp with time zone,
    due_at timestamp with time zone NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    last_error text,
    CONSTRAINT card_batch_state_check CHECK ((state = ANY (ARRAY['closed'::text, 'sent'::text, 'done'::text])))
);

CREATE TABLE licences.card_order (
    bucket smallint NOT NULL,
    order_id uuid NOT NULL,
    licence uuid NOT NULL,
    type_code text NOT NULL,
    state text NOT NULL,
    batch_id uuid,
    serial text,
    problem text,
    ordered_at timestamp with time zone NOT NULL,
    made_at timestamp with time zone,
    CONSTRAINT card_order_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'batched'::text, 'made'::text, 'halted'::text])))
);

CREATE TABLE licences.decision (
    bucket smallint NOT NULL,
    licence uuid NOT NULL,
    revision integer NOT NULL,
    holder uuid NOT NULL,
    reference uuid NOT NULL,
    act text NOT NULL,
    ground text,
    reason text NOT NULL,
    compensation text NOT NULL,
    department text NOT NULL,
    officer_name text NOT NULL,
    at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    paper text,
    number text
);

CREATE TABLE licences.identifier_index (
    identifier text NOT NULL,
    bucket smallint NOT NULL,
    licence uuid NOT NULL
);

CREATE TABLE licences.licence (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    holder uuid NOT NULL,
    type_code text CONSTRAINT licence_type_code_not_null1 NOT NULL,
    reference uuid NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    version smallint NOT NULL,
    identifier text,
    number text,
    holder_name_sealed bytea NOT NULL,
    holder_code_sealed bytea NOT NULL,
    face_sealed bytea NOT NULL,
    issuer_uscc text,
    issuer_code text NOT NULL,
    issued_at timestamp with time zone,
    valid_from date,
    valid_until date,
    shown jsonb NOT NULL,
    state_changed_at timestamp with time zone NOT NULL,
    state_reason text NOT NULL,
    signed_by text NOT NULL,
    signature bytea NOT NULL,
    replaces uuid,
    came_by text,
    replaced_as text
)
WITH (fillfactor='85', autovacuum_analyze_scale_factor='0.02', autovacuum_analyze_threshold='200');

CREATE TABLE licences.licence_type (
    code text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    holder_kind text NOT NULL,
    validity text NOT NULL,
    issuer_kind text NOT NULL,
    mark text NOT NULL,
    months smallint,
    carrier text DEFAULT 'card'::text NOT NULL,
    short text DEFAULT ''::text NOT NULL,
    CONSTRAINT licence_type_carrier_check CHECK ((carrier = ANY (ARRAY['card'::text, 'electronic'::text]))),
    CONSTRAINT licence_type_check CHECK (((validity = 'months'::text) = (months IS NOT NULL))),
    CONSTRAINT licence_type_code_check CHECK ((code ~ '^[0-9A-HJ-NPQRTUWXY]{18}[0-9]{3}$'::text)),
    CONSTRAINT licence_type_holder_kind_check CHECK ((holder_kind = ANY (ARRAY['person'::text, 'organisation'::text]))),
    CONSTRAINT licence_type_mark_check CHECK ((mark = ANY (ARRAY['real'::text, 'realistic'::text, 'synthetic'::text]))),
    CONSTRAINT licence_type_validity_check CHECK ((validity = ANY (ARRAY['sign_yearly'::text, 'months'::text, 'unlimited'::text])))
);

CREATE TABLE licences.premises_index (
    premises bytea NOT NULL,
    bucket smallint NOT NULL,
    licence uuid NOT NULL
);

CREATE TABLE licences.reminder (
    bucket smallint NOT NULL,
    licence uuid NOT NULL,
    valid_until date NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE licences.seal (
    id uuid NOT NULL,
    department text NOT NULL,
    state text NOT NULL,
    key_sealed bytea NOT NULL,
    certificate bytea,
    above bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    valid_from timestamp with time zone,
    valid_until timestamp with time zone,
    asked_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT seal_check CHECK (((state = 'asked'::text) OR (state = 'retired'::text) OR (certificate IS NOT NULL))),
    CONSTRAINT seal_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'in_use'::text, 'revoked'::text, 'retired'::text])))
);

CREATE TABLE notices.inbox (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    recipient uuid NOT NULL,
    title_zh text NOT NULL,
    title_en text NOT NULL,
    body_zh text NOT NULL,
    body_en text NOT NULL,
    link text NOT NULL,
    at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    item text
);

CREATE TABLE portal.copy (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    made_at timestamp with time zone,
    until timestamp with time zone,
    json_sealed bytea,
    pdf_sealed bytea,
    also uuid[] DEFAULT '{}'::uuid[] NOT NULL
);

CREATE TABLE portal.request (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    sort text NOT NULL,
    thing text NOT NULL,
    about text NOT NULL,
    department text NOT NULL,
    said_sealed bytea NOT NULL,
    purpose uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    ended_at timestamp with time zone,
    officer uuid,
    answer_sealed bytea,
    CONSTRAINT request_check CHECK (((state = 'asked'::text) = (ended_at IS NULL))),
    CONSTRAINT request_check1 CHECK (((state = ANY (ARRAY['granted'::text, 'refused'::text])) = ((answer_sealed IS NOT NULL) AND (officer IS NOT NULL)))),
    CONSTRAINT request_sort_check CHECK ((sort = ANY (ARRAY['correction'::text, 'review'::text]))),
    CONSTRAINT request_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'granted'::text, 'refused'::text, 'withdrawn'::text])))
);

CREATE TABLE reform.measure (
    item text NOT NULL,
    number integer NOT NULL,
    measured_on date NOT NULL,
    kind text NOT NULL,
    department_kind text NOT NULL,
    title_zh text NOT NULL,
    title_en text NOT NULL,
    promise_days integer NOT NULL,
    statutory_days integer,
    statutory_unit text NOT NULL,
    materials integer NOT NULL,
    steps integer NOT NULL,
    visits integer NOT NULL,
    windows integer NOT NULL,
    questions integer NOT NULL,
    prefilled integer NOT NULL
);

CREATE TABLE reform.pace (
    item text NOT NULL,
    month date NOT NULL,
    decided integer NOT NULL,
    promised_days integer NOT NULL,
    used_days integer NOT NULL
);

CREATE TABLE regions.department (
    code text NOT NULL,
    uscc text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    district text,
    mark text NOT NULL
);

CREATE TABLE regions.district (
    code text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    mark text NOT NULL,
    CONSTRAINT district_code_check CHECK ((code ~ '^\d{6}$'::text))
);

CREATE TABLE regions.hall (
    code text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    district text,
    mark text NOT NULL
);

ALTER TABLE ONLY audit.ledger ATTACH PARTITION audit.ledger_rest DEFAULT;

ALTER TABLE ONLY exchange.call ATTACH PARTITION exchange.call_rest DEFAULT;

ALTER TABLE ONLY audit.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (pass);

ALTER TABLE ONLY audit.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (bucket, id, at);

ALTER TABLE ONLY audit.ledger_rest
    ADD CONSTRAINT ledger_rest_pkey PRIMARY KEY (bucket, id, at);

ALTER TABLE ONLY audit.purpose
    ADD CONSTRAINT purpose_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY audit.seal_block
    ADD CONSTRAINT seal_block_pkey PRIMARY KEY (bucket, seq);

ALTER TABLE ONLY audit.seal_mark
    ADD CONSTRAINT seal_mark_pkey PRIMARY KEY (one);

ALTER TABLE ONLY audit.seal_tip
    ADD CONSTRAINT seal_tip_pkey PRIMARY KEY (bucket);

ALTER TABLE ONLY bundles.bundle
    ADD CONSTRAINT bundle_pkey PRIMARY KEY (code);

ALTER TABLE ONLY bundles.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY bundles.version
    ADD CONSTRAINT version_pkey PRIMARY KEY (code, number);

ALTER TABLE ONLY cases.absence
    ADD CONSTRAINT absence_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY cases.appraisal
    ADD CONSTRAINT appraisal_pkey PRIMARY KEY (bucket, archive_id, version);

ALTER TABLE ONLY cases.archive
    ADD CONSTRAINT archive_bucket_case_id_key UNIQUE (bucket, case_id);

ALTER TABLE ONLY cases.archive
    ADD CONSTRAINT archive_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY cases.asked_count
    ADD CONSTRAINT asked_count_pkey PRIMARY KEY (month, department, standing, item, material, source);

ALTER TABLE ONLY cases.bulk
    ADD CONSTRAINT bulk_pkey PRIMARY KEY (bucket, caller, key, case_id);

ALTER TABLE ONLY cases."case"
    ADD CONSTRAINT case_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY cases.commitment
    ADD CONSTRAINT commitment_pkey PRIMARY KEY (bucket, case_id);

ALTER TABLE ONLY cases.consultation
    ADD CONSTRAINT consultation_pkey PRIMARY KEY (bucket, case_id, department);

ALTER TABLE ONLY cases.destruction
    ADD CONSTRAINT destruction_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cases.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (bucket, case_id, version);

ALTER TABLE ONLY cases.inspection
    ADD CONSTRAINT inspection_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY cases.interested
    ADD CONSTRAINT interested_pkey PRIMARY KEY (bucket, person, case_id);

ALTER TABLE ONLY cases.note
    ADD CONSTRAINT note_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY cases.number_index
    ADD CONSTRAINT number_index_number_key UNIQUE (number);

ALTER TABLE ONLY cases.number_index
    ADD CONSTRAINT number_index_pkey PRIMARY KEY (short_code);

ALTER TABLE ONLY cases.party_index
    ADD CONSTRAINT party_index_pkey PRIMARY KEY (hash, case_id);

ALTER TABLE ONLY cases.party
    ADD CONSTRAINT party_pkey PRIMARY KEY (bucket, person, case_id);

ALTER TABLE ONLY cases.publication
    ADD CONSTRAINT publication_bucket_case_id_key UNIQUE (bucket, case_id);

ALTER TABLE ONLY cases.publication
    ADD CONSTRAINT publication_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY cases.reason_template
    ADD CONSTRAINT reason_template_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cases.recount
    ADD CONSTRAINT recount_pkey PRIMARY KEY (amendment);

ALTER TABLE ONLY cases.saved_filter
    ADD CONSTRAINT saved_filter_pkey PRIMARY KEY (bucket, officer, name);

ALTER TABLE ONLY cases.seal_wanted
    ADD CONSTRAINT seal_wanted_pkey PRIMARY KEY (bucket, case_id);

ALTER TABLE ONLY cases.sealed_paper
    ADD CONSTRAINT sealed_paper_pkey PRIMARY KEY (bucket, case_id, step, kind);

ALTER TABLE ONLY cases.succession
    ADD CONSTRAINT succession_pkey PRIMARY KEY (former, successor);

ALTER TABLE ONLY cases.supervision
    ADD CONSTRAINT supervision_pkey PRIMARY KEY (bucket, case_id, rule, occasion);

ALTER TABLE ONLY cases.to_archive
    ADD CONSTRAINT to_archive_pkey PRIMARY KEY (bucket, case_id);

ALTER TABLE ONLY cases.watch
    ADD CONSTRAINT watch_pkey PRIMARY KEY (name);

ALTER TABLE ONLY catalogue.adjustment
    ADD CONSTRAINT adjustment_pkey PRIMARY KEY (code);

ALTER TABLE ONLY catalogue.asked_count
    ADD CONSTRAINT asked_count_pkey PRIMARY KEY (on_day);

ALTER TABLE ONLY catalogue.cancellation
    ADD CONSTRAINT cancellation_pkey PRIMARY KEY (code);

ALTER TABLE ONLY catalogue.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (item);

ALTER TABLE ONLY catalogue.exchanged
    ADD CONSTRAINT exchanged_pkey PRIMARY KEY (code);

ALTER TABLE ONLY catalogue.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (code);

ALTER TABLE ONLY catalogue.item_version
    ADD CONSTRAINT item_version_pkey PRIMARY KEY (code, number);

ALTER TABLE ONLY catalogue.questionnaire
    ADD CONSTRAINT questionnaire_pkey PRIMARY KEY (key, number);

ALTER TABLE ONLY catalogue.rule_table
    ADD CONSTRAINT rule_table_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY catalogue.search_entry
    ADD CONSTRAINT search_entry_pkey PRIMARY KEY (code);

ALTER TABLE ONLY catalogue.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (kind, code);

ALTER TABLE ONLY catalogue.source_state
    ADD CONSTRAINT source_state_pkey PRIMARY KEY (kind, code, since);

ALTER TABLE ONLY catalogue.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (id);

ALTER TABLE ONLY catalogue.theme
    ADD CONSTRAINT theme_pkey PRIMARY KEY (code);

ALTER TABLE ONLY exchange.call
    ADD CONSTRAINT call_pkey PRIMARY KEY (bucket, id, at);

ALTER TABLE ONLY exchange.call_rest
    ADD CONSTRAINT call_rest_pkey PRIMARY KEY (bucket, id, at);

ALTER TABLE ONLY exchange.resource
    ADD CONSTRAINT resource_pkey PRIMARY KEY (code);

ALTER TABLE ONLY identity.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.alias
    ADD CONSTRAINT alias_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.application
    ADD CONSTRAINT application_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (bucket, key);

ALTER TABLE ONLY identity.challenge_used
    ADD CONSTRAINT challenge_used_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY identity.child_claim
    ADD CONSTRAINT child_claim_bucket_guardian_child_hash_key UNIQUE (bucket, guardian, child_hash);

ALTER TABLE ONLY identity.child_claim
    ADD CONSTRAINT child_claim_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.closing
    ADD CONSTRAINT closing_pkey PRIMARY KEY (bucket, account);

ALTER TABLE ONLY identity.code
    ADD CONSTRAINT code_pkey PRIMARY KEY (bucket, account, act);

ALTER TABLE ONLY identity.consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.face_check
    ADD CONSTRAINT face_check_key UNIQUE (bucket, account, key);

ALTER TABLE ONLY identity.face_check
    ADD CONSTRAINT face_check_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.firm_binding
    ADD CONSTRAINT firm_binding_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.firm
    ADD CONSTRAINT firm_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.id_index
    ADD CONSTRAINT id_index_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY identity.invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (bucket, account);

ALTER TABLE ONLY identity.level_check
    ADD CONSTRAINT level_check_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.name_history
    ADD CONSTRAINT name_history_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.network_hour
    ADD CONSTRAINT network_hour_pkey PRIMARY KEY (hour, network);

ALTER TABLE ONLY identity.oidc_assertion
    ADD CONSTRAINT oidc_assertion_pkey PRIMARY KEY (client, hash);

ALTER TABLE ONLY identity.oidc_client
    ADD CONSTRAINT oidc_client_pkey PRIMARY KEY (id);

ALTER TABLE ONLY identity.oidc_code
    ADD CONSTRAINT oidc_code_pkey PRIMARY KEY (bucket, hash);

ALTER TABLE ONLY identity.oidc_consent
    ADD CONSTRAINT oidc_consent_pkey PRIMARY KEY (bucket, account, client);

ALTER TABLE ONLY identity.oidc_login
    ADD CONSTRAINT oidc_login_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.oidc_token
    ADD CONSTRAINT oidc_token_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.other_paper
    ADD CONSTRAINT other_paper_pkey PRIMARY KEY (bucket, hash);

ALTER TABLE ONLY identity.paper_dispute
    ADD CONSTRAINT paper_dispute_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.passkey
    ADD CONSTRAINT passkey_bucket_account_credential_key UNIQUE (bucket, account, credential);

ALTER TABLE ONLY identity.passkey
    ADD CONSTRAINT passkey_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.phone_only
    ADD CONSTRAINT phone_only_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.power_held
    ADD CONSTRAINT power_held_pkey PRIMARY KEY (bucket, agent, power);

ALTER TABLE ONLY identity.power
    ADD CONSTRAINT power_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.power_waiting
    ADD CONSTRAINT power_waiting_pkey PRIMARY KEY (hash, power);

ALTER TABLE ONLY identity.qr_login
    ADD CONSTRAINT qr_login_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY identity.recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (bucket, account, hash);

ALTER TABLE ONLY identity.residence
    ADD CONSTRAINT residence_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.staff_change
    ADD CONSTRAINT staff_change_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.staff_phone_index
    ADD CONSTRAINT staff_phone_index_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY identity.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY identity.step_up
    ADD CONSTRAINT step_up_pkey PRIMARY KEY (bucket, account);

ALTER TABLE ONLY identity.text_count
    ADD CONSTRAINT text_count_pkey PRIMARY KEY (since, kind, key);

ALTER TABLE ONLY identity.totp_used
    ADD CONSTRAINT totp_used_pkey PRIMARY KEY (bucket, account, hash);

ALTER TABLE ONLY identity.window_recovery
    ADD CONSTRAINT window_recovery_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY kit.calendar_amendment
    ADD CONSTRAINT calendar_amendment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY kit.calendar_day
    ADD CONSTRAINT calendar_day_pkey PRIMARY KEY (day);

ALTER TABLE ONLY kit.file
    ADD CONSTRAINT file_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY kit.growth
    ADD CONSTRAINT growth_pkey PRIMARY KEY (lot);

ALTER TABLE ONLY kit.handled
    ADD CONSTRAINT handled_pkey PRIMARY KEY (bucket, event, handler);

ALTER TABLE ONLY kit.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (bucket, caller, key);

ALTER TABLE ONLY kit.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);

ALTER TABLE ONLY kit.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY kit.serial
    ADD CONSTRAINT serial_pkey PRIMARY KEY (name);

ALTER TABLE ONLY kit.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (bucket, token_hash);

ALTER TABLE ONLY kit.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (bucket, kind, reference);

ALTER TABLE ONLY kit.upload
    ADD CONSTRAINT upload_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY licences.asked
    ADD CONSTRAINT asked_pkey PRIMARY KEY (bucket, reference);

ALTER TABLE ONLY licences.card_batch
    ADD CONSTRAINT card_batch_pkey PRIMARY KEY (batch_id);

ALTER TABLE ONLY licences.card_order
    ADD CONSTRAINT card_order_bucket_licence_key UNIQUE (bucket, licence);

ALTER TABLE ONLY licences.card_order
    ADD CONSTRAINT card_order_pkey PRIMARY KEY (bucket, order_id);

ALTER TABLE ONLY licences.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (bucket, licence, revision);

ALTER TABLE ONLY licences.identifier_index
    ADD CONSTRAINT identifier_index_pkey PRIMARY KEY (identifier);

ALTER TABLE ONLY licences.licence
    ADD CONSTRAINT licence_bucket_reference_type_code_key UNIQUE (bucket, reference, type_code);

ALTER TABLE ONLY licences.licence
    ADD CONSTRAINT licence_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY licences.licence_type
    ADD CONSTRAINT licence_type_pkey PRIMARY KEY (code);

ALTER TABLE ONLY licences.premises_index
    ADD CONSTRAINT premises_index_pkey PRIMARY KEY (premises, licence);

ALTER TABLE ONLY licences.reminder
    ADD CONSTRAINT reminder_pkey PRIMARY KEY (bucket, licence, valid_until, kind);

ALTER TABLE ONLY licences.seal
    ADD CONSTRAINT seal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notices.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY portal.copy
    ADD CONSTRAINT copy_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY portal.request
    ADD CONSTRAINT request_pkey PRIMARY KEY (bucket, id);

ALTER TABLE ONLY reform.measure
    ADD CONSTRAINT measure_pkey PRIMARY KEY (item, number);

ALTER TABLE ONLY reform.pace
    ADD CONSTRAINT pace_pkey PRIMARY KEY (item, month);

ALTER TABLE ONLY regions.department
    ADD CONSTRAINT department_pkey PRIMARY KEY (code);

ALTER TABLE ONLY regions.department
    ADD CONSTRAINT department_uscc_key UNIQUE (uscc);

ALTER TABLE ONLY regions.district
    ADD CONSTRAINT district_pkey PRIMARY KEY (code);

ALTER TABLE ONLY regions.hall
    ADD CONSTRAINT hall_pkey PRIMARY KEY (code);

CREATE INDEX head_sealed_below ON audit.head USING btree (sealed_below);

CREATE INDEX ledger_of_staff ON ONLY audit.ledger USING btree (id) WHERE ((actor_role = 'administrator'::text) OR (action ~~ 'identity.staff\_%'::text) OR (action = ANY (ARRAY['identity.post_to'::text, 'identity.reset_totp'::text])));

CREATE INDEX ledger_power ON ONLY audit.ledger USING btree (bucket, ((detail ->> 'power'::text)), id) WHERE (detail ? 'power'::text);

CREATE INDEX ledger_reading ON ONLY audit.ledger USING btree (bucket, subject, id DESC) WHERE (kind = 'read'::text);

CREATE INDEX ledger_rest_bucket_expr_id_idx ON audit.ledger_rest USING btree (bucket, ((detail ->> 'power'::text)), id) WHERE (detail ? 'power'::text);

CREATE INDEX ledger_revision ON ONLY audit.ledger USING btree (bucket, reference) WHERE (detail ? 'revision'::text);

CREATE INDEX ledger_rest_bucket_reference_idx ON audit.ledger_rest USING btree (bucket, reference) WHERE (detail ? 'revision'::text);

CREATE INDEX ledger_rest_bucket_subject_id_idx ON audit.ledger_rest USING btree (bucket, subject, id DESC) WHERE (kind = 'read'::text);

CREATE INDEX ledger_rest_id_idx ON audit.ledger_rest USING btree (id) WHERE ((actor_role = 'administrator'::text) OR (action ~~ 'identity.staff\_%'::text) OR (action = ANY (ARRAY['identity.post_to'::text, 'identity.reset_totp'::text])));

CREATE INDEX ledger_xid ON ONLY audit.ledger USING btree (xid);

CREATE INDEX ledger_rest_xid_idx ON audit.ledger_rest USING btree (xid);

CREATE INDEX purpose_open ON audit.purpose USING btree (bucket, subject, reference) WHERE (closed_at IS NULL);

CREATE INDEX seal_block_as_of ON audit.seal_block USING btree (bucket, pass);

CREATE INDEX seal_block_pass ON audit.seal_block USING btree (pass, bucket);

CREATE INDEX run_cases ON bundles.run USING gin (parts jsonb_path_ops) WHERE (state = 'sent'::text);

CREATE UNIQUE INDEX run_draft ON bundles.run USING btree (bucket, applicant, bundle) WHERE (state = 'draft'::text);

CREATE INDEX run_idle ON bundles.run USING btree (opened_at) WHERE (state = ANY (ARRAY['draft'::text, 'discarded'::text]));

CREATE INDEX run_of ON bundles.run USING btree (bucket, applicant, id);

CREATE INDEX absence_department ON cases.absence USING btree (department, last_day) WHERE (ended_at IS NULL);

CREATE INDEX absence_deputy ON cases.absence USING btree (deputy, last_day) WHERE (ended_at IS NULL);

CREATE INDEX archive_department ON cases.archive USING btree (department, sealed_at DESC, id DESC);

CREATE INDEX archive_due ON cases.archive USING btree (department, dispose_on, id) WHERE (state <> 'destroyed'::text);

CREATE INDEX archive_ended ON cases.archive USING btree (ended_at, id) WHERE (state <> 'destroyed'::text);

CREATE INDEX bulk_at ON cases.bulk USING btree (at);

CREATE INDEX case_about ON cases."case" USING btree (bucket, about) WHERE (about IS NOT NULL);

CREATE INDEX case_applicant ON cases."case" USING btree (bucket, applicant, id DESC);

CREATE INDEX case_correcting ON cases."case" USING btree (department, id) WHERE (state = 'correcting'::text);

CREATE INDEX case_desk ON cases."case" USING btree (department, COALESCE(promise_due, accept_due), id, COALESCE(warn_at, '9000-01-01 00:00:00+00'::timestamp with time zone), item COLLATE "C", state COLLATE "C", COALESCE(district, ''::text) COLLATE "C", COALESCE(assignee, '00000000-0000-0000-0000-000000000000'::uuid)) INCLUDE (promise_due, accept_due) WHERE (state = ANY (ARRAY['submitted'::text, 'accepted'::text, 'examined'::text, 'reviewed'::text]));

CREATE INDEX case_discarded ON cases."case" USING btree (closed_at) WHERE (state = 'discarded'::text);

CREATE INDEX case_done ON cases."case" USING btree (department, decided_at DESC, id DESC) WHERE (decided_at IS NOT NULL);

CREATE INDEX case_draft ON cases."case" USING btree (opened_at) WHERE (state = 'draft'::text);

CREATE INDEX case_hall ON cases."case" USING btree (hall, submitted_at DESC, id DESC) WHERE ((hall IS NOT NULL) AND (state = ANY (ARRAY['submitted'::text, 'correcting'::text, 'accepted'::text, 'examined'::text, 'reviewed'::text, 'suspended'::text, 'issuing'::text])));

CREATE INDEX case_hearing ON cases."case" USING btree (department, id) WHERE ((state = 'suspended'::text) AND (hearing IS NOT NULL));

CREATE INDEX case_in_hand ON cases."case" USING btree (department, assignee, COALESCE(promise_due, accept_due), id, COALESCE(warn_at, '9000-01-01 00:00:00+00'::timestamp with time zone), item COLLATE "C", state COLLATE "C", COALESCE(district, ''::text) COLLATE "C") WHERE ((assignee IS NOT NULL) AND (state = ANY (ARRAY['submitted'::text, 'accepted'::text, 'examined'::text, 'reviewed'::text])));

CREATE INDEX case_issuing ON cases."case" USING btree (department, issue_due) WHERE (state = 'issuing'::text);

CREATE UNIQUE INDEX case_living ON cases."case" USING btree (bucket, applicant, item, COALESCE(about, '00000000-0000-0000-0000-000000000000'::uuid), matter) WHERE (state = ANY (ARRAY['draft'::text, 'confirming'::text, 'submitted'::text, 'correcting'::text, 'accepted'::text, 'examined'::text, 'reviewed'::text, 'suspended'::text, 'issuing'::text]));

CREATE INDEX case_near ON cases."case" USING btree (department, warn_at, COALESCE(promise_due, accept_due)) INCLUDE (promise_due, accept_due) WHERE (state = ANY (ARRAY['submitted'::text, 'accepted'::text, 'examined'::text, 'reviewed'::text]));

CREATE INDEX case_of_department ON cases."case" USING btree (department, id) WHERE (state = ANY (ARRAY['submitted'::text, 'correcting'::text, 'accepted'::text, 'examined'::text, 'reviewed'::text, 'suspended'::text, 'issuing'::text]));

CREATE INDEX case_running ON cases."case" USING btree (bucket, id) WHERE (state = ANY (ARRAY['submitted'::text, 'correcting'::text, 'accepted'::text, 'examined'::text, 'reviewed'::text, 'suspended'::text, 'issuing'::text]));

CREATE INDEX case_suspended ON cases."case" USING btree (department, promise_due, id) WHERE (state = 'suspended'::text);

CREATE INDEX case_terminated ON cases."case" USING btree (item) WHERE (state = 'terminated'::text);

CREATE INDEX commitment_applicant ON cases.commitment USING btree (bucket, applicant) WHERE (until IS NOT NULL);

CREATE INDEX commitment_desk ON cases.commitment USING btree (department, case_id) WHERE (state = ANY (ARRAY['check_due'::text, 'curing'::text, 'broken'::text, 'revoked'::text]));

CREATE INDEX consultation_waiting ON cases.consultation USING btree (department, due, case_id) WHERE (ended_at IS NULL);

CREATE INDEX destruction_department ON cases.destruction USING btree (department, at DESC, id DESC);

CREATE INDEX inspection_case ON cases.inspection USING btree (bucket, case_id);

CREATE UNIQUE INDEX inspection_draft ON cases.inspection USING btree (bucket, case_id) WHERE (submitted_at IS NULL);

CREATE INDEX interested_case ON cases.interested USING btree (case_id, seat);

CREATE INDEX note_case ON cases.note USING btree (bucket, case_id, id);

CREATE INDEX party_index_case ON cases.party_index USING btree (case_id);

CREATE INDEX publication_department ON cases.publication USING btree (department, decided_at DESC, id DESC) WHERE (withdrawn_at IS NULL);

CREATE INDEX publication_item ON cases.publication USING btree (item, decided_at DESC, id DESC) WHERE (withdrawn_at IS NULL);

CREATE INDEX publication_list ON cases.publication USING btree (decided_at DESC, id DESC) WHERE (withdrawn_at IS NULL);

CREATE INDEX reason_template_department ON cases.reason_template USING btree (department, id) WHERE (removed_at IS NULL);

CREATE INDEX seal_wanted_due ON cases.seal_wanted USING btree (due_at);

CREATE INDEX supervision_answered ON cases.supervision USING btree (department, at DESC, case_id) WHERE (answered_at IS NOT NULL);

CREATE INDEX supervision_department ON cases.supervision USING btree (department, at DESC, case_id) WHERE (answered_at IS NULL);

CREATE INDEX supervision_escalated ON cases.supervision USING btree (at DESC, case_id) WHERE (owner = 'supervision'::text);

CREATE INDEX supervision_escalating ON cases.supervision USING btree (escalate_at) WHERE (answered_at IS NULL);

CREATE INDEX to_archive_due ON cases.to_archive USING btree (due_at);

CREATE INDEX search_entry_terms ON catalogue.search_entry USING gin (terms);

CREATE INDEX task_of_organ ON catalogue.task USING btree (organ, due_on) WHERE (closed_at IS NULL);

CREATE UNIQUE INDEX task_open ON catalogue.task USING btree (item, material) WHERE (closed_at IS NULL);

CREATE INDEX call_at ON ONLY exchange.call USING brin (at);

CREATE INDEX call_rest_at_idx ON exchange.call_rest USING brin (at);

CREATE UNIQUE INDEX alias_standing ON identity.alias USING btree (bucket, from_id) WHERE (undone_at IS NULL);

CREATE INDEX alias_to ON identity.alias USING btree (to_id) WHERE (undone_at IS NULL);

CREATE INDEX application_expires ON identity.application USING btree (expires_at);

CREATE INDEX attempt_last ON identity.attempt USING btree (last_at);

CREATE INDEX challenge_used_at ON identity.challenge_used USING btree (at);

CREATE INDEX child_claim_ask ON identity.child_claim USING btree (ask_at) WHERE (state = 'waiting'::text);

CREATE INDEX child_claim_child ON identity.child_claim USING btree (child);

CREATE INDEX code_expires ON identity.code USING btree (expires_at);

CREATE UNIQUE INDEX consent_standing ON identity.consent USING btree (bucket, subject, purpose, item) WHERE (withdrawn_at IS NULL);

CREATE INDEX consent_withdrawn ON identity.consent USING btree (withdrawn_at) WHERE (withdrawn_at IS NOT NULL);

CREATE INDEX face_check_begun ON identity.face_check USING btree (begun_at);

CREATE UNIQUE INDEX face_check_serial ON identity.face_check USING btree (bucket, serial) WHERE (serial <> ''::text);

CREATE INDEX firm_binding_person ON identity.firm_binding USING btree (bucket, person, asked_at);

CREATE INDEX firm_binding_tried ON identity.firm_binding USING btree (tried_at) WHERE (state = 'waiting'::text);

CREATE UNIQUE INDEX firm_binding_waiting ON identity.firm_binding USING btree (bucket, person, code) WHERE (state = 'waiting'::text);

CREATE INDEX firm_due ON identity.firm USING btree (ask_at) WHERE (state = 'active'::text);

CREATE INDEX firm_successors ON identity.firm USING gin (successors) WHERE (state <> 'active'::text);

CREATE INDEX level_check_ended ON identity.level_check USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX level_check_once ON identity.level_check USING btree (bucket, account, way, reference);

CREATE INDEX level_check_until ON identity.level_check USING btree (until) WHERE (ended_at IS NULL);

CREATE INDEX name_history_account ON identity.name_history USING btree (bucket, account);

CREATE INDEX oidc_assertion_expires ON identity.oidc_assertion USING btree (expires_at);

CREATE INDEX oidc_code_expires ON identity.oidc_code USING btree (expires_at);

CREATE INDEX oidc_login_account ON identity.oidc_login USING btree (bucket, account, client);

CREATE UNIQUE INDEX oidc_login_session ON identity.oidc_login USING btree (bucket, session, client) WHERE (ended_at IS NULL);

CREATE INDEX oidc_login_until ON identity.oidc_login USING btree (until) WHERE (ended_at IS NULL);

CREATE INDEX oidc_token_expires ON identity.oidc_token USING btree (expires_at);

CREATE INDEX oidc_token_login ON identity.oidc_token USING btree (bucket, login);

CREATE INDEX other_paper_of ON identity.other_paper USING btree (bucket, account);

CREATE INDEX paper_dispute_open ON identity.paper_dispute USING btree (at, id) WHERE (state = 'open'::text);

CREATE INDEX paper_dispute_two ON identity.paper_dispute USING btree (id_hash) WHERE (state = 'two'::text);

CREATE INDEX passkey_ended ON identity.passkey USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX phone_only_ended ON identity.phone_only USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX phone_only_used ON identity.phone_only USING btree (used_at);

CREATE INDEX power_certificate ON identity.power USING btree (agent_hash) WHERE ((kind = 'certificate'::text) AND (state = 'standing'::text));

CREATE INDEX power_ended ON identity.power USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX power_offered ON identity.power USING btree (bucket, principal, agent_hash, kind) WHERE (state = 'offered'::text);

CREATE INDEX power_principal ON identity.power USING btree (bucket, principal, id DESC);

CREATE UNIQUE INDEX power_standing ON identity.power USING btree (bucket, principal, agent_hash, kind) WHERE (state = 'standing'::text);

CREATE UNIQUE INDEX power_standing_agent ON identity.power USING btree (bucket, principal, agent, kind) WHERE ((state = 'standing'::text) AND (agent IS NOT NULL));

CREATE INDEX power_until ON identity.power USING btree (until) WHERE (state = ANY (ARRAY['offered'::text, 'standing'::text]));

CREATE INDEX qr_login_account ON identity.qr_login USING btree (account) WHERE (account IS NOT NULL);

CREATE INDEX qr_login_expires ON identity.qr_login USING btree (expires_at);

CREATE INDEX residence_wanted ON identity.residence USING btree (wanted_at) WHERE (wanted_at IS NOT NULL);

CREATE INDEX staff_change_history ON identity.staff_change USING btree (bucket, officer, asked_at);

CREATE UNIQUE INDEX staff_change_open ON identity.staff_change USING btree (bucket, officer) WHERE (state = 'asked'::text);

CREATE INDEX staff_change_waiting ON identity.staff_change USING btree (asked_at, id) WHERE (state = 'asked'::text);

CREATE INDEX staff_department ON identity.staff USING btree (department, username);

CREATE INDEX staff_security ON identity.staff USING btree (username) WHERE (duties && ARRAY['system_admin'::text, 'security_admin'::text, 'audit_admin'::text]);

CREATE INDEX totp_used_at ON identity.totp_used USING btree (at);

CREATE UNIQUE INDEX window_recovery_open ON identity.window_recovery USING btree (bucket, account) WHERE (done_at IS NULL);

CREATE INDEX window_recovery_until ON identity.window_recovery USING btree (until) WHERE (done_at IS NULL);

CREATE INDEX file_digest ON kit.file USING btree (digest);

CREATE INDEX file_reference ON kit.file USING btree (bucket, reference);

CREATE INDEX file_subject ON kit.file USING btree (bucket, subject, id DESC);

CREATE INDEX handled_at ON kit.handled USING brin (at);

CREATE INDEX idempotency_at ON kit.idempotency USING brin (at);

CREATE INDEX outbox_due ON kit.outbox USING btree (outward, due_at, id) WHERE (given_up_at IS NULL);

CREATE INDEX session_actor ON kit.session USING btree (bucket, actor);

CREATE INDEX session_ends ON kit.session USING btree (ends_at);

CREATE INDEX session_power ON kit.session USING btree (bucket, power) WHERE (power IS NOT NULL);

CREATE INDEX timer_due ON kit.timer USING btree (due_at);

CREATE INDEX upload_expires ON kit.upload USING btree (expires_at);

CREATE INDEX upload_pieces ON kit.upload USING gin (pieces);

CREATE INDEX upload_subject ON kit.upload USING btree (bucket, subject);

CREATE UNIQUE INDEX asked_living ON licences.asked USING btree (bucket, licence) WHERE (ended_at IS NULL);

CREATE INDEX card_batch_due ON licences.card_batch USING btree (state, due_at) WHERE (state <> 'done'::text);

CREATE INDEX card_order_batch ON licences.card_order USING btree (batch_id) WHERE (batch_id IS NOT NULL);

CREATE INDEX card_order_waiting ON licences.card_order USING btree (type_code, ordered_at) WHERE (state = 'waiting'::text);

CREATE INDEX licence_ending ON licences.licence USING btree (type_code, valid_until) WHERE ((state = 'valid'::text) AND (valid_until IS NOT NULL));

CREATE INDEX licence_holder ON licences.licence USING btree (bucket, holder);

CREATE UNIQUE INDEX licence_replaces ON licences.licence USING btree (bucket, replaces) WHERE (replaces IS NOT NULL);

CREATE UNIQUE INDEX seal_of_department ON licences.seal USING btree (department) WHERE (state <> 'retired'::text);

CREATE INDEX inbox_at ON notices.inbox USING brin (at);

CREATE INDEX inbox_recipient ON notices.inbox USING btree (bucket, recipient, id DESC);

CREATE INDEX inbox_unread ON notices.inbox USING btree (bucket, recipient) WHERE (read_at IS NULL);

CREATE INDEX copy_ends ON portal.copy USING btree (until) WHERE (made_at IS NOT NULL);

CREATE UNIQUE INDEX copy_under_way ON portal.copy USING btree (bucket, subject) WHERE (made_at IS NULL);

CREATE INDEX request_desk ON portal.request USING btree (department, due_at, id) WHERE (state = 'asked'::text);

CREATE INDEX request_ended ON portal.request USING btree (ended_at) WHERE (state <> 'asked'::text);

CREATE UNIQUE INDEX request_standing ON portal.request USING btree (bucket, subject, sort, thing, about) WHERE (state = 'asked'::text);

CREATE INDEX request_subject ON portal.request USING btree (bucket, subject, id);

ALTER INDEX audit.ledger_power ATTACH PARTITION audit.ledger_rest_bucket_expr_id_idx;

ALTER INDEX audit.ledger_revision ATTACH PARTITION audit.ledger_rest_bucket_reference_idx;

ALTER INDEX audit.ledger_reading ATTACH PARTITION audit.ledger_rest_bucket_subject_id_idx;

ALTER INDEX audit.ledger_of_staff ATTACH PARTITION audit.ledger_rest_id_idx;

ALTER INDEX audit.ledger_pkey ATTACH PARTITION audit.ledger_rest_pkey;

ALTER INDEX audit.ledger_xid ATTACH PARTITION audit.ledger_rest_xid_idx;

ALTER INDEX exchange.call_at ATTACH PARTITION exchange.call_rest_at_idx;

ALTER INDEX exchange.call_pkey ATTACH PARTITION exchange.call_rest_pkey;

ALTER TABLE ONLY cases.event
    ADD CONSTRAINT event_bucket_case_id_fkey FOREIGN KEY (bucket, case_id) REFERENCES cases."case"(bucket, id);

ALTER TABLE ONLY catalogue.questionnaire
    ADD CONSTRAINT questionnaire_table_hash_fkey FOREIGN KEY (table_hash) REFERENCES catalogue.rule_table(hash);

ALTER TABLE ONLY licences.licence
    ADD CONSTRAINT licence_type_code_fkey FOREIGN KEY (type_code) REFERENCES licences.licence_type(code);

ALTER TABLE ONLY regions.department
    ADD CONSTRAINT department_district_fkey FOREIGN KEY (district) REFERENCES regions.district(code);
