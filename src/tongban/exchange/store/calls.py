"""SQL of the call log."""

from __future__ import annotations

import msgspec

from tongban.exchange.model import Call
from tongban.kit.db import Part


def logging_first(call: Call) -> Part:
    """Guard: one call's row."""
    return Part(
        """INSERT INTO exchange.call
            (bucket, id, at, msg_id, resource, purpose, fields, outcome, latency_ms, bytes)
        VALUES ($1::smallint, $2::uuid, $3::timestamptz, $4::uuid, $5::text, $6::uuid, $7::text[], $8::text,
            $9::integer, $10::integer) RETURNING id""",
        msgspec.structs.astuple(call),
    )


def logging(call: Call) -> Part:
    """Part: a further call's row, in the same statement."""
    return Part(
        """INSERT INTO exchange.call
            (bucket, id, at, msg_id, resource, purpose, fields, outcome, latency_ms, bytes)
        SELECT $1::smallint, $2::uuid, $3::timestamptz, $4::uuid, $5::text, $6::uuid, $7::text[], $8::text,
            $9::integer, $10::integer FROM guard""",
        msgspec.structs.astuple(call),
    )
