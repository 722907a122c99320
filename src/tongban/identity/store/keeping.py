"""SQL of what the identity room drops when its time is over (``city/keeping.yaml``)."""

from __future__ import annotations

from tongban.kit.sweeps import Sweep

ATTEMPTS = Sweep(
    """-- across people: the hourly sweep
    WITH gone AS (DELETE FROM identity.attempt WHERE last_at < $1 RETURNING 1),
        hours AS (DELETE FROM identity.network_hour WHERE hour < $1 RETURNING 1)
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM hours)""",
    """-- across people: for the doctor
    SELECT (SELECT count(*) FROM identity.attempt WHERE last_at < $1)
        + (SELECT count(*) FROM identity.network_hour WHERE hour < $1)""",
)
CODES = Sweep(
    """-- across people: the hourly sweep
    WITH sent AS (DELETE FROM identity.code WHERE expires_at < $1 AND hour_from < $1 RETURNING 1),
        used AS (DELETE FROM identity.totp_used WHERE at < $1 RETURNING 1),
        counted AS (DELETE FROM identity.text_count WHERE since < $1 RETURNING 1)
    SELECT (SELECT count(*) FROM sent) + (SELECT count(*) FROM used) + (SELECT count(*) FROM counted)""",
    """-- across people: for the doctor
    SELECT (SELECT count(*) FROM identity.code WHERE expires_at < $1 AND hour_from < $1)
        + (SELECT count(*) FROM identity.totp_used WHERE at < $1)
        + (SELECT count(*) FROM identity.text_count WHERE since < $1)""",
)
ENROLMENTS = Sweep(
    """-- across people: the hourly sweep
    WITH gone AS (DELETE FROM identity.application WHERE expires_at < $1 RETURNING 1) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM identity.application WHERE expires_at < $1""",
)
#: Consents that were withdrawn, and what departments' systems may no longer get.
CONSENTS = Sweep(
    """-- across people: the hourly sweep (consent_withdrawn)
    WITH gone AS (DELETE FROM identity.consent WHERE withdrawn_at < $1 RETURNING 1),
        systems AS (DELETE FROM identity.oidc_consent WHERE revoked_at < $1 RETURNING 1)
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM systems)""",
    """-- across people: for the doctor
    SELECT (SELECT count(*) FROM identity.consent WHERE withdrawn_at < $1)
        + (SELECT count(*) FROM identity.oidc_consent WHERE revoked_at < $1)""",
)
#: Powers that ended, with what finds them. Acts by them bear the agent's name in rows of their own.
POWERS = Sweep(
    """-- across people: the hourly sweep (power_ended)
    WITH gone AS (
        DELETE FROM identity.power WHERE (bucket, id) IN
            (SELECT bucket, id FROM identity.power WHERE ended_at < $1 LIMIT 20000)
        RETURNING bucket, id, agent, agent_hash
    ), held AS (
        DELETE FROM identity.power_held h USING gone WHERE h.of_bucket = gone.bucket AND h.power = gone.id
            AND h.agent = gone.agent
    ), waited AS (
        DELETE FROM identity.power_waiting w USING gone WHERE w.hash = gone.agent_hash AND w.power = gone.id
    ) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM identity.power WHERE ended_at < $1""",
)
_GUARDED_NO_MORE = """c.state = 'confirmed' AND c.answered_at < $1 AND NOT EXISTS (
            SELECT FROM identity.power_held h JOIN identity.power p ON p.bucket = h.of_bucket AND p.id = h.power
            WHERE h.bucket = c.bucket AND h.agent = c.guardian AND p.principal = c.child AND p.kind = 'guardian'
                AND (p.ended_at IS NULL OR p.ended_at >= $1))"""
#: Claims to be a parent that were confirmed, once nothing was done by them for so long.
CHILDREN = Sweep(
    f"""-- across people: the hourly sweep
    WITH gone AS (DELETE FROM identity.child_claim c WHERE {_GUARDED_NO_MORE} RETURNING 1) SELECT count(*) FROM gone""",
    f"""-- across people: for the doctor
    SELECT count(*) FROM identity.child_claim c WHERE {_GUARDED_NO_MORE}""",
)
LEVELS = Sweep(
    """-- across people: the hourly sweep (level_check_ended)
    WITH gone AS (DELETE FROM identity.level_check WHERE ended_at < $1 RETURNING 1) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM identity.level_check WHERE ended_at < $1""",
)
FORMER_NAMES = Sweep(
    """-- across people: the hourly sweep
    WITH gone AS (DELETE FROM identity.name_history WHERE until < $1 RETURNING 1) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM identity.name_history WHERE until < $1""",
)
RECOVERIES = Sweep(
    """-- across people: the hourly sweep
    WITH gone AS (DELETE FROM identity.window_recovery WHERE done_at < $1 RETURNING 1) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM identity.window_recovery WHERE done_at < $1""",
)
_SETTLED = """d.decided_at < $1 AND (d.state <> 'two' OR NOT EXISTS (
            SELECT FROM identity.account a
            WHERE a.bucket = d.account_bucket AND a.id = d.account AND a.closed_at IS NULL))"""
#: Disputes that were decided; that two people were found to share a paper holds while the account is open.
DISPUTES = Sweep(
    f"""-- across people: the hourly sweep
    WITH gone AS (DELETE FROM identity.paper_dispute d WHERE {_SETTLED} RETURNING 1) SELECT count(*) FROM gone""",
    f"""-- across people: for the doctor
    SELECT count(*) FROM identity.paper_dispute d WHERE {_SETTLED}""",
)
