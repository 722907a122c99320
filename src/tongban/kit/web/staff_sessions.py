"""Parts of sessions of staff: changed with her powers, ended when she leaves or is locked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tongban.kit.db import Part
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Duty, staff_role


def ending_all(who: UUID, *, now: datetime) -> Part:
    """The part that ends all sessions of an account; every process has forgotten them within the cache's age."""
    return Part(
        """UPDATE kit.session AS s SET ends_at = $3::timestamptz FROM guard
        WHERE s.bucket = $1::smallint AND s.actor = $2::uuid AND s.ends_at > $3::timestamptz""",
        (bucket_of(who), who, now),
    )


def changing_sessions(who: UUID, *, department: str, duties: Collection[Duty], now: datetime) -> Part:
    """The part that gives an officer's living sessions her new department and duties, and the role that they make.

    In which she helps somebody at a window, no more is done once that is none of her duties.
    """
    return Part(
        """UPDATE kit.session AS s SET department = $3::text, duties = $4::text[], role = $6::text,
            power_ended = CASE WHEN s.power IS NOT NULL AND NOT $7::boolean THEN coalesce(s.power_ended, 'off_duty')
                ELSE s.power_ended END
        FROM guard WHERE s.bucket = $1::smallint AND s.actor = $2::uuid AND s.ends_at > $5::timestamptz""",
        (
            *(bucket_of(who), who, department, sorted(duties), now, str(staff_role(duties))),
            Duty.ASSIST in duties,
        ),
    )
