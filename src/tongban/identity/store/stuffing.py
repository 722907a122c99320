"""SQL of wrong passwords counted by network and hour; the try itself is counted in ``store/attempts.py``."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban.identity.model.stuffing import HOUR, MOST_OF_NETWORK, hour_of
from tongban.kit.db import Database, Part


def giving_back(network: bytes | None, *, now: datetime) -> Part:
    """The part that takes a right password off the network's count: only tries without success stay."""
    return Part(
        """UPDATE identity.network_hour AS n SET tries = n.tries - 1
        FROM guard WHERE n.hour = $1::timestamptz AND n.network = $2::bytea""",
        (hour_of(now), network),
    )


class Pressure(msgspec.Struct, frozen=True):
    """Tries without success in the fuller of the last two hours: the house, its fullest network; how many rest."""

    tries: int
    fullest: int
    resting: int


async def pressure(db: Database, *, now: datetime) -> Pressure:
    """How hard passwords are being guessed, for the doctor. One statement over two hours' rows."""
    row = await db.row(
        """SELECT coalesce(sum(tries), 0)::bigint AS tries, coalesce(max(tries), 0) AS fullest,
            count(*) FILTER (WHERE tries > $2) AS resting
        FROM identity.network_hour WHERE hour >= $1 GROUP BY hour ORDER BY tries DESC LIMIT 1""",
        hour_of(now) - HOUR,
        MOST_OF_NETWORK,
    )
    return Pressure(0, 0, 0) if row is None else Pressure(row["tries"], row["fullest"], row["resting"])
