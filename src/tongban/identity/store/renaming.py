"""SQL of what names somebody beside her own account: the powers that live, so that both sides read who she is now."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongban.identity.model.hashes import spellings
from tongban.identity.model.powers import Power, seal_agent_name, seal_principal_name
from tongban.kit.db import Part
from tongban.kit.ids import bucket_of


def renaming_powers(
    living: Sequence[Power], who: UUID, name: str, *, hash_before: bytes, hash_now: bytes
) -> Part:
    """Part: in powers that live, given by ``who`` or to her, stands her name as it is now; what ended is history.

    Powers that were found by her old number are found by the new one, so that one given anew takes their place.
    """
    return Part(
        """-- across people: the powers that a person holds lie with their principals
        UPDATE identity.power AS p SET
            agent_name_sealed = CASE WHEN p.agent = $3::uuid THEN n.agent_name ELSE p.agent_name_sealed END,
            principal_name_sealed = CASE WHEN p.principal = $3::uuid THEN n.principal_name
                ELSE p.principal_name_sealed END,
            agent_hash = CASE WHEN p.agent = $3::uuid AND p.agent_hash = ANY($6::bytea[]) AND NOT EXISTS (
                SELECT FROM identity.power o WHERE o.bucket = p.bucket AND o.principal = p.principal
                    AND o.agent_hash = ANY($8::bytea[]) AND o.kind = p.kind AND o.state = p.state)
                THEN $7::bytea ELSE p.agent_hash END
        FROM guard, unnest($1::smallint[], $2::uuid[], $4::bytea[], $5::bytea[])
            AS n (bucket, id, agent_name, principal_name)
        WHERE p.bucket = n.bucket AND p.id = n.id AND p.state IN ('offered', 'standing')""",
        (
            [bucket_of(one.id) for one in living],
            [one.id for one in living],
            who,
            [seal_agent_name(name, one.id) for one in living],
            [seal_principal_name(name, one.id) for one in living],
            spellings(hash_before),
            hash_now,
            spellings(hash_now),
        ),
    )
