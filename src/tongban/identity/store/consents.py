"""SQL of consents: given, withdrawn, standing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban.identity.model.consent import Consent, ConsentPurpose, Way
from tongban.identity.model.powers import open_principal_name
from tongban.kit.db import Database, Part
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket, new_id

_COLUMNS = (
    "id, subject, purpose, item, fields, basis, version, separate, way, given_by, given_at, withdrawn_at"
)


def giving(
    about: ConsentPurpose,
    *,
    subject: UUID,
    item: str = "",
    way: Way = "portal",
    given_by: UUID | None = None,
    version: str | None = None,
    now: datetime,
) -> Part:
    """The part that records a consent, to the words of now or of ``version``; one that stands already is left."""
    bucket = bucket_of(subject)
    return Part(
        """INSERT INTO identity.consent (bucket, id, subject, purpose, item, fields, basis, version, separate, way,
            given_by, given_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::text, $6::text[], $7::text, $8::text, $9::boolean,
            $10::text, $11::uuid, $12::timestamptz
        FROM guard
        ON CONFLICT (bucket, subject, purpose, item) WHERE withdrawn_at IS NULL DO NOTHING""",
        (
            *(bucket, new_id(bucket), subject, about.code, item, list(about.fields), about.basis),
            *(version or about.version, about.separate, way, given_by, now),
        ),
    )


def giving_at_enrolment(about: ConsentPurpose, candidate: UUID, *, kept: timedelta) -> Part:
    """The part that records the tick of an enrolment that ends now, as of when it was set: ``kept`` before its end."""
    return Part(
        """INSERT INTO identity.consent (bucket, id, subject, purpose, fields, basis, version, separate, way, given_at)
        SELECT bucket, $1::uuid, id, $2::text, $3::text[], $4::text, $5::text, $6::boolean, 'portal',
            expires_at - $7::interval
        FROM guard""",
        (
            new_id(bucket_of(candidate)),
            *(about.code, list(about.fields), about.basis, about.version, about.separate, kept),
        ),
    )


def withdrawing(*, subject: UUID, purpose: str, item: str = "", now: datetime) -> Part:
    """The guard that withdraws a standing consent; lost when there is none."""
    return Part(
        """UPDATE identity.consent SET withdrawn_at = greatest($5::timestamptz, given_at)
        WHERE bucket = $1::smallint AND subject = $2::uuid AND purpose = $3::text AND item = $4::text
            AND withdrawn_at IS NULL
        RETURNING bucket, id""",
        (bucket_of(subject), subject, purpose, item, now),
    )


async def standing(db: Database, subject: UUID, *, purpose: str, item: str = "") -> Consent | None:
    """The consent that stands for a purpose."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM identity.consent
        WHERE bucket = $1 AND subject = $2 AND purpose = $3 AND item = $4 AND withdrawn_at IS NULL""",
        bucket_of(subject),
        subject,
        purpose,
        item,
    )
    return msgspec.convert(dict(row), Consent) if row else None


def withdrawing_for_child(child: UUID, power: UUID, *, guardian: UUID, now: datetime) -> Part:
    """The guard that withdraws what a guardian agreed to for a child; lost when it does not stand."""
    return Part(
        """UPDATE identity.consent SET withdrawn_at = greatest($5::timestamptz, given_at)
        WHERE bucket = $1::smallint AND subject = $2::uuid AND purpose = 'guardianship' AND item = $3::text
            AND given_by = $4::uuid AND withdrawn_at IS NULL
        RETURNING bucket, id""",
        (bucket_of(child), child, str(power), guardian, now),
    )


def ending_for_child(child: UUID, power: UUID, *, guardian: UUID, now: datetime) -> Part:
    """The part that withdraws what a guardian agreed to for a child, where her power ends for another reason."""
    return Part(
        """UPDATE identity.consent AS c SET withdrawn_at = greatest($5::timestamptz, c.given_at) FROM guard
        WHERE c.bucket = $1::smallint AND c.subject = $2::uuid AND c.purpose = 'guardianship' AND c.item = $3::text
            AND c.given_by = $4::uuid AND c.withdrawn_at IS NULL""",
        (bucket_of(child), child, str(power), guardian, now),
    )


async def given_for_children(db: Database, guardian: UUID) -> list[Consent]:
    """What a guardian agreed to for her children, with each child's name; those that stand first."""
    rows = await db.rows(
        """-- across people: a guardian's list of powers names each child's bucket
        SELECT c.id, c.subject, c.purpose, c.item, c.fields, c.basis, c.version, c.separate, c.way, c.given_by,
            c.given_at, c.withdrawn_at, p.id AS power, p.principal_name_sealed
        FROM identity.power_held h
        JOIN identity.power p ON p.bucket = h.of_bucket AND p.id = h.power AND p.kind = 'guardian'
        JOIN identity.consent c ON c.bucket = p.bucket AND c.subject = p.principal AND c.item = p.id::text
            AND c.purpose = 'guardianship' AND c.given_by = h.agent
        WHERE h.bucket = $1 AND h.agent = $2
        ORDER BY c.withdrawn_at IS NOT NULL, c.given_at DESC, c.id LIMIT 200""",
        bucket_of(guardian),
        guardian,
    )
    found = []
    for row in rows:
        kept = dict(row)
        name = open_principal_name(kept.pop("principal_name_sealed"), kept.pop("power"))
        found.append(msgspec.convert({**kept, "child": name}, Consent))
    return found


async def consents_of(db: Database, accounts: Sequence[UUID]) -> list[Consent]:
    """All consents of a person, by any of her accounts, those that stand first, then the newest."""
    rows = await db.rows(
        f"""SELECT {_COLUMNS} FROM {OWN_ACCOUNTS}
        JOIN identity.consent ON consent.bucket = own.bucket AND consent.subject = own.account
        ORDER BY withdrawn_at IS NOT NULL, given_at DESC, id""",
        *by_bucket(accounts),
    )
    return [msgspec.convert(dict(row), Consent) for row in rows]


def withdrawing_all(who: UUID, *, now: datetime) -> Part:
    """The part that withdraws what stands when an account closes; the rows are evidence for their time."""
    return Part(
        """UPDATE identity.consent c SET withdrawn_at = greatest($3::timestamptz, c.given_at) FROM guard
        WHERE c.bucket = $1::smallint AND c.subject = $2::uuid AND c.withdrawn_at IS NULL""",
        (bucket_of(who), who, now),
    )


async def holdings(db: Database, who: UUID) -> list[dict[str, Any]]:
    """A person's consents for her copy (PIPL art. 45), and those that she gave for her children."""
    every = [*await consents_of(db, (who,)), *await given_for_children(db, who)]
    return [{"consent": msgspec.to_builtins(one)} for one in every]
