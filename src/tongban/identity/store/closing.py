"""SQL of accounts that their owners close: the wait, and the end of what finds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongban.identity.model.closing import Closing
from tongban.identity.model.hashes import spellings
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, by_bucket


def asking(who: UUID, *, due: datetime, now: datetime) -> Part:
    """The guard that asks for an account's closing; lost when it was asked for already."""
    return Part(
        """INSERT INTO identity.closing (bucket, account, asked_at, due_at)
        SELECT bucket, id, $4::timestamptz, $3::timestamptz FROM identity.account
        WHERE bucket = $1::smallint AND id = $2::uuid AND closed_at IS NULL
        ON CONFLICT (bucket, account) DO NOTHING RETURNING bucket, account AS id""",
        (bucket_of(who), who, due, now),
    )


def taking_back(who: UUID) -> Part:
    """The guard that takes a closing back; lost when there is none."""
    return Part(
        """DELETE FROM identity.closing WHERE bucket = $1::smallint AND account = $2::uuid
        RETURNING bucket, account AS id""",
        (bucket_of(who), who),
    )


async def closing_of(db: Database, who: UUID) -> Closing | None:
    """The closing that waits."""
    row = await db.row(
        "SELECT asked_at, due_at FROM identity.closing WHERE bucket = $1 AND account = $2",
        bucket_of(who),
        who,
    )
    return Closing(**row) if row else None


def closing_account(
    who: UUID, *, asked_by: UUID, phone_sealed: bytes, name_sealed: bytes | None, now: datetime
) -> Part:
    """The guard that closes an account whose time has come; no password fits it any more, and its phone is gone.

    ``asked_by``: itself, or the account that it was merged into. ``name_sealed`` takes the place of the name, None
    keeps it. Lost when it was taken back or is closed already.
    """
    return Part(
        """UPDATE identity.account a SET closed_at = $5::timestamptz, password = '', phone_sealed = $3::bytea,
            name_sealed = coalesce($4::bytea, a.name_sealed)
        FROM identity.closing c
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid AND a.closed_at IS NULL
            AND c.bucket = $6::smallint AND c.account = $7::uuid AND c.due_at <= $5::timestamptz
            AND c.account IN (a.id, a.merged_into)
        RETURNING a.bucket, a.id""",
        (bucket_of(who), who, phone_sealed, name_sealed, now, bucket_of(asked_by), asked_by),
    )


def ending_closing(who: UUID) -> Part:
    """The part that ends the wait."""
    return Part(
        """DELETE FROM identity.closing c USING guard
        WHERE c.bucket = $1::smallint AND c.account = $2::uuid""",
        (bucket_of(who), who),
    )


def freeing(who: UUID, hashes: Sequence[bytes]) -> Part:
    """The part that frees the entries of the global index: number and phone may be enrolled anew. A number that was
    corrected stays nobody else's ever."""
    return Part(
        """DELETE FROM identity.id_index i USING guard
        WHERE i.hash = ANY($2::bytea[]) AND i.account = $1::uuid AND NOT i.former""",
        (who, spellings(*hashes)),
    )


def dropping_codes(who: UUID) -> Part:
    """The part that drops codes: a log-in that stood at its second step when the account closed cannot end."""
    return Part(
        "DELETE FROM identity.code c USING guard WHERE c.bucket = $1::smallint AND c.account = $2::uuid",
        (bucket_of(who), who),
    )


def ending_passkeys(*who: UUID, now: datetime) -> Part:
    """The part that ends the accounts' passkeys: they find each without a number."""
    return Part(
        """UPDATE identity.passkey p SET ended_at = $3::timestamptz FROM guard
        WHERE p.bucket = ANY($1::smallint[]) AND p.account = ANY($2::uuid[]) AND p.ended_at IS NULL""",
        (*by_bucket(who), now),
    )


def dropping_person(who: UUID) -> Part:
    """The part that drops what the register confirmed, where no case and no licence needs it."""
    return Part(
        "DELETE FROM identity.person p USING guard WHERE p.bucket = $1::smallint AND p.id = $2::uuid",
        (bucket_of(who), who),
    )


def dropping_checks(who: UUID) -> Part:
    """The part that drops the checks behind the account's level: nothing asks a level of it any more."""
    return Part(
        "DELETE FROM identity.level_check k USING guard WHERE k.bucket = $1::smallint AND k.account = $2::uuid",
        (bucket_of(who), who),
    )


def dropping_former(who: UUID) -> Part:
    """The part that drops former names and numbers, where no case and no licence bears one."""
    return Part(
        "DELETE FROM identity.name_history h USING guard WHERE h.bucket = $1::smallint AND h.account = $2::uuid",
        (bucket_of(who), who),
    )


def dropping_merges(who: UUID) -> Part:
    """The part that drops which accounts were merged into this one, where no case and no licence of hers is kept."""
    return Part(
        """DELETE FROM identity.alias x USING guard
        WHERE x.to_id = $1::uuid  -- across people: merged accounts lie in their own buckets""",
        (who,),
    )


def dropping_bindings(who: UUID) -> Part:
    """The part that drops what she asked of firms: the powers that came of it have rows of their own."""
    return Part(
        "DELETE FROM identity.firm_binding f USING guard WHERE f.bucket = $1::smallint AND f.person = $2::uuid",
        (bucket_of(who), who),
    )


def revoking_systems(who: UUID, *, now: datetime) -> Part:
    """The part that takes back what departments' systems may get; the rows are evidence for their time."""
    return Part(
        """UPDATE identity.oidc_consent k SET revoked_at = greatest($3::timestamptz, k.given_at) FROM guard
        WHERE k.bucket = $1::smallint AND k.account = $2::uuid AND k.revoked_at IS NULL""",
        (bucket_of(who), who, now),
    )


async def log_in_traces(db: Database, who: UUID) -> int:
    """How many codes are kept of an account."""
    return int(
        await db.value(
            "SELECT count(*) FROM identity.code WHERE bucket = $1 AND account = $2", bucket_of(who), who
        )
    )
