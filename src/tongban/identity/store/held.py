"""SQL of what the identity room holds about a person beside her account's own facts: for her copy (PIPL art. 45)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asyncpg import Record

from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def traces_of(db: Database, who: UUID) -> dict[str, Any]:
    """What logging in, checks, merges and departments' systems left of an account, by its word in the copy.

    Hashes of codes, tokens and sessions stay out: they are no value of hers, and whoever has one may come in by it.
    What a claimant said of herself in a dispute is hers; the account's holder gets that it was raised and how it ended.
    """
    row = await db.row(
        """SELECT
        (SELECT opened_at FROM identity.account WHERE bucket = $1 AND id = $2) AS opened_at,
        (SELECT jsonb_build_object('used_at', o.used_at, 'ended_at', o.ended_at)
            FROM identity.phone_only o WHERE o.bucket = $1 AND o.id = $2) AS phone_only,
        (SELECT jsonb_agg(jsonb_build_object('at', a.at, 'into_this_account', a.to_id = $2, 'proof', a.proof,
                'undone_at', a.undone_at, 'undone_why', a.undone_why) ORDER BY a.at)
            -- across people: a merge lies with the account that went
            FROM identity.alias a WHERE a.to_id = $2 OR (a.bucket = $1 AND a.from_id = $2)) AS merged,
        (SELECT jsonb_agg(jsonb_build_object('at', d.at, 'paper_kind', d.paper_kind, 'state', d.state,
                'decided_at', d.decided_at, 'department', d.department, 'why', d.why) ORDER BY d.at)
            -- across people: a dispute lies in the claimant's bucket
            FROM identity.paper_dispute d WHERE d.account_bucket = $1 AND d.account = $2) AS paper_disputes,
        (SELECT jsonb_agg(jsonb_build_object('act', c.act, 'sent_at', c.sent_at, 'expires_at', c.expires_at,
                'attempts', c.attempts, 'used_at', c.used_at) ORDER BY c.sent_at)
            FROM identity.code c WHERE c.bucket = $1 AND c.account = $2) AS codes,
        (SELECT jsonb_agg(jsonb_build_object('asked_at', q.asked_at, 'device', q.agent, 'place', q.place,
                'opened_at', q.opened_at, 'answer', q.answer, 'answered_at', q.answered_at) ORDER BY q.asked_at)
            FROM identity.qr_login q WHERE q.account = $2) AS qr_log_ins,
        (SELECT jsonb_build_object('asked_at', w.asked_at, 'due_at', w.due_at)
            FROM identity.closing w WHERE w.bucket = $1 AND w.account = $2) AS closing,
        (SELECT jsonb_agg(jsonb_build_object('at', s.at, 'level', s.level, 'next', s.next) ORDER BY s.at)
            FROM identity.step_up s WHERE s.bucket = $1 AND s.account = $2) AS steps_up,
        (SELECT jsonb_agg(jsonb_build_object('begun_at', f.begun_at, 'state', f.state, 'ended_at', f.ended_at)
                ORDER BY f.begun_at)
            FROM identity.face_check f WHERE f.bucket = $1 AND f.account = $2) AS face_checks,
        (SELECT jsonb_agg(jsonb_build_object('system', l.client, 'name_zh', c.name_zh, 'name_en', c.name_en,
                'level', l.level, 'opened_at', l.opened_at,
                'until', l.until, 'ended_at', l.ended_at, 'tokens', (
                    SELECT jsonb_agg(jsonb_build_object('scope', t.scope, 'issued_at', t.issued_at,
                        'expires_at', t.expires_at, 'revoked_at', t.revoked_at) ORDER BY t.issued_at)
                    FROM identity.oidc_token t WHERE t.bucket = l.bucket AND t.login = l.id)) ORDER BY l.opened_at)
            FROM identity.oidc_login l LEFT JOIN identity.oidc_client c ON c.id = l.client
            WHERE l.bucket = $1 AND l.account = $2) AS log_ins_at_systems""",
        bucket_of(who),
        who,
    )
    assert row is not None
    return dict(row)


async def claims_about(db: Database, who: UUID) -> list[Record]:
    """The claims to be a child's parent that somebody made, and those that were made about her, oldest first.

    ``name_sealed`` is the child's name as it was typed; of a claim about her, ``guardian_sealed`` the guardian's name.
    """
    return await db.rows(
        """SELECT c.id, c.guardian = $2 AS own, c.state, c.claimed_at, c.consented_at, c.answered_at, c.name_sealed,
            c.guardian, a.name_sealed AS guardian_sealed
        FROM identity.child_claim c
        JOIN identity.account a ON a.bucket = c.bucket AND a.id = c.guardian
        -- across people: a claim lies with the guardian, the child's copy has it too
        WHERE (c.bucket = $1 AND c.guardian = $2) OR c.child = $2 ORDER BY c.id""",
        bucket_of(who),
        who,
    )
