"""Proving: the ledger's rows about one affair with all that shows, without the ledger, that they lie in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.audit.model.seal import BLOCK_PREFIX
from tongban.audit.store import proofs
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of
from tongban.kit.packages.merkle import rooted
from tongban.kit.packages.witness import Block, Head, Row, Witness


async def witness(
    db: Database, *, subject: UUID, reference: str, since: datetime, until: datetime
) -> Witness | None:
    """The rows about ``reference`` of a span, each under the block and the signed head of the pass that sealed it.

    Two statements. The same for good once it is there; None while a row of them is not sealed yet (a second or so),
    or where none of the span's rows is left.
    """
    found = await proofs.rows_about(db, subject=subject, reference=reference, since=since, until=until)
    passes = {pass_ for _, pass_ in found if pass_ is not None}
    sealed = await proofs.sealed(db, bucket=bucket_of(subject), passes=passes) if passes else {}
    rows: list[Row] = []
    for entry, pass_ in found:
        under = sealed.get(pass_) if pass_ is not None else None
        if under is None or entry.id not in under.block.row_ids:
            return None
        place = under.block.row_ids.index(entry.id)
        rows.append(
            Row(entry.hashed_text.decode(), rooted(under.block.row_hashes, place)[1], f"pass-{pass_}")
        )
    if not rows:
        return None
    return Witness(rows, _blocks(sealed), _heads(sealed))


def _blocks(sealed: dict[int, proofs.Sealed]) -> dict[str, Block]:
    return {
        f"pass-{pass_}": Block(
            BLOCK_PREFIX.hex(),
            one.block.hashed_text.decode(),
            rooted(one.tips, one.block.bucket)[1],
            f"pass-{pass_}",
        )
        for pass_, one in sorted(sealed.items())
    }


def _heads(sealed: dict[int, proofs.Sealed]) -> dict[str, Head]:
    return {
        f"pass-{pass_}": Head(one.head.signed_text.decode(), one.head.kid, one.head.signature.hex())
        for pass_, one in sorted(sealed.items())
    }
