"""The hashes by which people are found: made here, and nowhere else, under the look-up keys (docs/adr/0015).

A hash has a spelling under each look-up key. What is stored in one column is written in the newest; whoever looks for
it asks for all :func:`spellings`; an entry that may stand once only is written in each of them, so that two processes
meet whichever of the keys they know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tongban.kit import keys

#: What is hashed: a 公民身份号码, the lasting part of another paper's number, a resident's phone, one at staff, a phone
#: to which texts are counted.
NumberKind = Literal["id_number", "paper", "phone", "staff_phone", "texts"]


def number_hash(kind: NumberKind, value: str) -> bytes:
    """The hash of a person's number, in its newest spelling (49 bytes); spaces and full width do not matter."""
    return keys.current().person_hash(kind, value)


def spellings(*hashes: bytes) -> list[bytes]:
    """All that these hashes are written as, the newest spelling of each first: for ``hash = ANY(…)``."""
    lookup = keys.current().lookup
    return [*dict.fromkeys(one for hash_ in hashes for one in lookup.spellings(hash_))]


def older(hash_: bytes) -> list[bytes]:
    """The other spellings: what a claim is written as besides, while a new key takes the place of another."""
    return keys.current().lookup.spellings(hash_)[1:]


def older_one(hash_: bytes) -> bytes | None:
    """The one older spelling, None where there is one key only: there are never more than two."""
    return next(iter(older(hash_)), None)


def same(one: bytes, other: bytes) -> bool:
    """Whether two hashes are of the same number, however each is spelled."""
    return one == other or one in spellings(other)


def by_spelling(hashes: Iterable[bytes]) -> dict[bytes, bytes]:
    """Each spelling to the hash that was asked for."""
    return {spelled: hash_ for hash_ in hashes for spelled in spellings(hash_)}
