"""Texts that a signed text vouches for: rows under blocks under heads, carried along in a package (``ledger.json``).

Each row is hashed and its path gives a root that the block's text names; the block is hashed and its path gives a root
that the head's text names; the head is signed. Whoever has the key needs nothing else to know that the rows are those
of then. What the texts say is their maker's matter: only that each names the root below it is asked here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping

import msgspec

from tongban.kit.packages.merkle import Proof, leaf, proves
from tongban.kit.packages.verifying import Finding

#: The member of a package that holds a witness.
MEMBER = "ledger.json"


class Row(msgspec.Struct, frozen=True):
    """A text as it was hashed, with its path to the root that the block ``under`` this name gives."""

    text: str
    path: list[Proof]
    under: str


class Block(msgspec.Struct, frozen=True):
    """A text that names the root of its rows; ``prefix`` (hexadecimal) stands before it where it is hashed."""

    prefix: str
    text: str
    path: list[Proof]
    head: str


class Head(msgspec.Struct, frozen=True):
    """A signed text that names the root of its blocks; ``signature`` is r‖s in hexadecimal."""

    text: str
    kid: str
    signature: str


class Witness(msgspec.Struct, frozen=True):
    """Rows with all that proves them 台账及其存证."""

    rows: list[Row]
    blocks: dict[str, Block]
    heads: dict[str, Head]


def inspect(
    members: Mapping[str, bytes], signature_holds: Callable[[str, bytes, bytes], bool]
) -> Iterator[Finding]:
    """What is wrong with the witness of a package; for :func:`tongban.kit.packages.verify`."""
    if MEMBER not in members:
        return
    try:
        witness = msgspec.json.decode(members[MEMBER], type=Witness)
        for place, row in enumerate(witness.rows, start=1):
            if (words := _fault(witness, row, signature_holds)) is not None:
                yield Finding("row_unproved", f"{MEMBER} row {place}", words)
    except (ValueError, KeyError, RecursionError) as odd:
        yield Finding("row_unproved", MEMBER, f"cannot be read: {type(odd).__name__}")


def _fault(witness: Witness, row: Row, signature_holds: Callable[[str, bytes, bytes], bool]) -> str | None:
    block = witness.blocks[row.under]
    head = witness.heads[block.head]
    if f'"{proves(leaf(row.text.encode()), row.path).hex()}"' not in block.text:
        return "it does not lie in the block that it names"
    hash_ = hashlib.sha256(bytes.fromhex(block.prefix) + block.text.encode()).digest()
    if f'"{proves(hash_, block.path).hex()}"' not in head.text:
        return "its block does not lie under the head that it names"
    if not signature_holds(head.kid, head.text.encode(), bytes.fromhex(head.signature)):
        return "the head was not signed by the key that counts"
    return None
