"""SQL of codes counted as they go out, by network, for the whole house and by phone, for all processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tongban.identity.model.sending import Counted
from tongban.kit.db import Database

#: One more is counted where none of them is full; else nothing is, so that refusals use nobody's share up. Those that
#: meet at the last place are told apart by what they count to. Rows are locked in one order, so that none wait in a
#: circle.
_COUNT = """WITH asked AS (
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::integer[])
            WITH ORDINALITY AS a (kind, key, since, most, place)
    ), full_ones AS (
        SELECT a.place, a.kind FROM asked a JOIN identity.text_count t USING (since, kind, key) WHERE t.sent >= a.most
        UNION ALL SELECT a.place, a.kind FROM asked a WHERE a.most = 0
    ), counted AS (
        INSERT INTO identity.text_count AS t (since, kind, key, sent)
        SELECT since, kind, key, 1 FROM asked WHERE NOT EXISTS (SELECT FROM full_ones) ORDER BY place
        ON CONFLICT (since, kind, key) DO UPDATE SET sent = least(t.sent + 1, 1000000000)
        RETURNING kind, sent
    )
    SELECT kind FROM (
        SELECT place, kind FROM full_ones
        UNION ALL SELECT a.place, a.kind FROM asked a JOIN counted USING (kind) WHERE counted.sent > a.most
    ) AS refused ORDER BY place LIMIT 1"""


async def count(db: Database, asked: Sequence[tuple[Counted, bytes, datetime, int]]) -> Counted | None:
    """Count one code by each (kind, key, window's begin, most); gives what is full, None where it may go out."""
    kinds, keys, since, most = zip(*asked, strict=True)
    found = await db.value(_COUNT, [str(kind) for kind in kinds], list(keys), list(since), list(most))
    return None if found is None else Counted(found)
