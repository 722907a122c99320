"""Merkle trees: over the rows of a block, and over the tips of all buckets (RFC 6962 §2.1 hashing)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tongban.kit.ids import BUCKETS
from tongban.kit.packages.merkle import node

#: Stands in the tree of tips for a bucket that has no block yet.
EMPTY = bytes(32)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The tree hash of leaves that are hashed already; a lone last node rises unchanged, as RFC 6962 splits."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


class Tips:
    """The tree over the last block of each bucket, kept whole in memory so that a change costs ten hashes."""

    def __init__(self) -> None:
        self._nodes = [EMPTY] * (2 * BUCKETS)
        for place in range(BUCKETS - 1, 0, -1):
            self._nodes[place] = node(self._nodes[2 * place], self._nodes[2 * place + 1])

    def put(self, bucket: int, tip: bytes) -> None:
        """Replace one bucket's tip."""
        place = BUCKETS + bucket
        self._nodes[place] = tip
        while place > 1:
            place //= 2
            self._nodes[place] = node(self._nodes[2 * place], self._nodes[2 * place + 1])

    @property
    def root(self) -> bytes:
        """The root over all buckets."""
        return self._nodes[1]
