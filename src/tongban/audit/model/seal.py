"""Blocks of each bucket's chain, and the signed heads over all chains."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.audit.model.merkle import EMPTY, root_of

_encode = msgspec.json.Encoder().encode
#: Stands before a block's text where it is hashed.
BLOCK_PREFIX = b"\x02"
_HEAD = b"tongban ledger head 1\n"


class Block(msgspec.Struct, frozen=True, kw_only=True, tag="block"):
    """One bucket's rows of one pass 封存块: chained to the bucket's block before (``prev`` is its hash)."""

    bucket: int
    seq: int
    pass_: int = msgspec.field(name="pass")
    sealed_at: datetime
    prev: bytes
    root: bytes
    hash: bytes
    row_ids: list[UUID]
    row_hashes: list[bytes]

    @property
    def true_root(self) -> bytes:
        """The Merkle root that the row hashes give."""
        return root_of(self.row_hashes)

    @property
    def hashed_text(self) -> bytes:
        """[bucket, seq, pass, sealed_at, prev, root, number of rows] as JSON."""
        return _encode(
            [
                self.bucket,
                self.seq,
                self.pass_,
                self.sealed_at,
                self.prev.hex(),
                self.root.hex(),
                len(self.row_ids),
            ]
        )

    @property
    def true_hash(self) -> bytes:
        """SHA-256 over 0x02 and the hashed text."""
        return hashlib.sha256(BLOCK_PREFIX + self.hashed_text).digest()


class Tip(msgspec.Struct, frozen=True):
    """The last block of a bucket's chain."""

    seq: int = 0
    hash: bytes = EMPTY


class Head(msgspec.Struct, frozen=True, kw_only=True, tag="head"):
    """The signed root over all chains after one pass 链头; ``kid`` names the node's key (RFC 7638)."""

    pass_: int = msgspec.field(name="pass")
    signed_at: datetime
    sealed_below: int
    prev: bytes
    root: bytes
    hash: bytes = b""
    kid: str = ""
    signature: bytes = b""

    @property
    def signed_text(self) -> bytes:
        """What the node signs; it names the head before it, so heads form a chain of their own."""
        return _HEAD + _encode(
            [self.pass_, self.signed_at, self.sealed_below, self.prev.hex(), self.root.hex()]
        )

    @property
    def true_hash(self) -> bytes:
        """SHA-256 of the signed text."""
        return hashlib.sha256(self.signed_text).digest()


def next_block(
    tip: Tip, *, bucket: int, pass_: int, rows: Sequence[tuple[UUID, bytes]], now: datetime
) -> Block:
    """The block that follows ``tip`` and holds ``rows`` (id, hash) in their order."""
    draft = Block(
        bucket=bucket,
        seq=tip.seq + 1,
        pass_=pass_,
        sealed_at=now,
        prev=tip.hash,
        root=b"",
        hash=b"",
        row_ids=[row[0] for row in rows],
        row_hashes=[row[1] for row in rows],
    )
    rooted = msgspec.structs.replace(draft, root=draft.true_root)
    return msgspec.structs.replace(rooted, hash=rooted.true_hash)
