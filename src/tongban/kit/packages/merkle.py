"""Merkle trees as RFC 6962 §2.1 hashes them: that a leaf lies under a root, shown by the hashes beside its path."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

_LEAF, _NODE = b"\x00", b"\x01"


class Proof(msgspec.Struct, frozen=True, array_like=True):
    """The hashes beside a leaf's way to the root, from the leaf up, in hexadecimal: ``left`` or ``right`` of it."""

    side: str
    hash: str


def leaf(content: bytes) -> bytes:
    """The hash of a leaf: SHA-256 over 0x00 and its content."""
    return hashlib.sha256(_LEAF + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 over 0x01 and both children."""
    return hashlib.sha256(_NODE + left + right).digest()


def rooted(leaves: Sequence[bytes], place: int) -> tuple[bytes, list[Proof]]:
    """The root over leaves that are hashed already, and the path of the one at ``place``."""
    level, path = list(leaves), []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            path.append(Proof("left" if beside < place else "right", level[beside].hex()))
        paired = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        # A lone last node rises unchanged.
        level = paired + level[len(paired) * 2 :]
        place //= 2
    return level[0] if level else hashlib.sha256(b"").digest(), path


def proves(hash_: bytes, path: Sequence[Proof]) -> bytes:
    """The root that a leaf's hash and its path give; raises ValueError for what is no path."""
    for step in path:
        beside = bytes.fromhex(step.hash)
        if step.side not in {"left", "right"} or len(beside) != 32:
            raise ValueError("not a path of hashes")
        hash_ = node(beside, hash_) if step.side == "left" else node(hash_, beside)
    return hash_
