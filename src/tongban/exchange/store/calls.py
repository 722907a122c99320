"""SQL of the call log."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tongban.exchange.model import Call
from tongban.kit.db import Part


def logging(calls: Sequence[Call]) -> list[Part]:
    """A row for each of these calls, in one statement: the first is its guard, the others take their rows from it."""
    first, *others = calls
    return [_guarding(first), *(_following(call) for call in others)]


def _guarding(call: Call) -> Part:
    return Part(
        """INSERT INTO exchange.call
            (bucket, id, at, msg_id, resource, purpose, fields, outcome, latency_ms, bytes)
        VALUES ($1::smallint, $2::uuid, $3::timestamptz, $4::uuid, $5::text, $6::uuid, $7::text[], $8::text,
            $9::integer, $10::integer) RETURNING id""",
        msgspec.structs.astuple(call),
    )


def _following(call: Call) -> Part:
    return Part(
        """INSERT INTO exchange.call
            (bucket, id, at, msg_id, resource, purpose, fields, outcome, latency_ms, bytes)
        SELECT $1::smallint, $2::uuid, $3::timestamptz, $4::uuid, $5::text, $6::uuid, $7::text[], $8::text,
            $9::integer, $10::integer FROM guard""",
        msgspec.structs.astuple(call),
    )
