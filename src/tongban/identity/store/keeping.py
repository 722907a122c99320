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
CONSENTS = Sweep(
    """-- across people: the hourly sweep (consent_withdrawn)
    WITH gone AS (DELETE FROM identity.consent WHERE withdrawn_at < $1 RETURNING 1) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM identity.consent WHERE withdrawn_at < $1""",
)
