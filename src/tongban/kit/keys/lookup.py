"""Look-up keys 检索密钥: the hashes by which people are found, under a key that may be changed."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

#: AES-256-SIV (RFC 5297) takes two keys of 32 bytes in one.
LOOKUP_BYTES = 64
#: Where no key is laid over the plain hash: installations that are older than the look-up keys.
PLAIN = 0
#: A plain hash (HMAC-SHA-256); under a key it is longer: the key's id, the synthetic nonce (16), the hash encrypted.
_PLAIN_BYTES = 32


class Lookup:
    """The look-up keys by id. A hash has one spelling under each: the same hash, encrypted always to the same bytes.

    A spelling is opened by its key and spelled under another, so that a new key needs no number in clear. Two keys
    stand at most: the newest, and the one before it until nothing is spelled by that any more.
    """

    __slots__ = ("_ciphers", "newest", "numbers")

    def __init__(self, found: Mapping[int, bytes]) -> None:
        self._ciphers = {number: AESSIV(key) for number, key in found.items() if number != PLAIN}
        self.numbers = sorted(found, reverse=True)
        self.newest = self.numbers[0]

    def spelled(self, plain: bytes, number: int) -> bytes:
        """A plain hash under the key ``number``."""
        if number == PLAIN:
            return plain
        return bytes((number,)) + self._ciphers[number].encrypt(plain, None)

    def spellings(self, hash_: bytes) -> list[bytes]:
        """The same hash under every key, the newest first; alone by itself where its key is not known here."""
        plain = self._plain(hash_)
        return [hash_] if plain is None else [self.spelled(plain, number) for number in self.numbers]

    def _plain(self, hash_: bytes) -> bytes | None:
        if len(hash_) == _PLAIN_BYTES:
            return hash_ if PLAIN in self.numbers else None
        cipher = self._ciphers.get(hash_[0]) if hash_ else None
        try:
            return None if cipher is None else cipher.decrypt(hash_[1:], None)
        except InvalidTag:
            return None
