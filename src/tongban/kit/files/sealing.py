"""Content at rest: SM4-GCM (GB/T 32907, RFC 8998) in chunks, as a STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015).

A file is a header and chunks of 64 KiB, each with its tag. The header holds the file's own random key, sealed by
:mod:`tongban.kit.keys` with the content's address as context: a file opens under its own name only. A chunk's nonce
is its number, and its associated data say whether it is the last: what is altered, cut off, put in another order or
taken from another file does not open. A key seals one file, so no nonce meets a key twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from tongban.kit import keys
from tongban.kit.keys import SealBroken

CHUNK = 65_536
_TAG = 16
SEALED_CHUNK = CHUNK + _TAG
_MAGIC = b"TBF\x01"
_KEY_BYTES = 16
#: The magic, then key id (1), nonce (12), key and tag as ``Keys.seal`` writes them.
HEADER_BYTES = len(_MAGIC) + 1 + 12 + _KEY_BYTES + 16


class Sealer:
    """Seals what comes, piece by piece; holds back the last chunk, for only the end knows that it is the last."""

    def __init__(self) -> None:
        self.key = os.urandom(_KEY_BYTES)
        self._number = 0
        self._held = bytearray()

    def add(self, plain: bytes) -> bytes:
        """The sealed chunks that are full and certainly not the last."""
        self._held += plain
        sealed = bytearray()
        while len(self._held) > CHUNK:
            sealed += self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return bytes(sealed)

    def finish(self) -> bytes:
        """The last chunk."""
        return self._seal(bytes(self._held), last=True)

    def header(self, context: bytes) -> bytes:
        """What stands before the chunks once the content's address, its ``context``, is known."""
        return header_of(self.key, context)

    def _seal(self, plain: bytes, *, last: bool) -> bytes:
        encryptor = Cipher(SM4(self.key), GCM(_nonce(self._number))).encryptor()
        encryptor.authenticate_additional_data(_place(last=last))
        self._number += 1
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def header_of(key: bytes, context: bytes) -> bytes:
    """What stands before a file's chunks: its ``key``, sealed to its context."""
    return _MAGIC + keys.current().seal(key, _MAGIC + context)


def key_id_in(header: bytes) -> int:
    """The id of the sealing key that opens this header."""
    return header[len(_MAGIC)]


def key_in(header: bytes, context: bytes) -> bytes:
    """The file's key; raises SealBroken when header and context do not belong together."""
    if len(header) != HEADER_BYTES or not header.startswith(_MAGIC):
        raise SealBroken
    return keys.current().open(header[len(_MAGIC) :], _MAGIC + context)


def unsealed(key: bytes, sealed: Iterator[bytes]) -> Iterator[bytes]:
    """The plain chunks of a file's sealed ones in their order; raises SealBroken at the first that does not fit."""
    number, held = 0, next(sealed, b"")
    while held:
        following = next(sealed, b"")
        yield _open(key, number, held, last=not following)
        number, held = number + 1, following
    if number == 0:
        raise SealBroken


def _open(key: bytes, number: int, sealed: bytes, *, last: bool) -> bytes:
    if len(sealed) < _TAG:
        raise SealBroken
    decryptor = Cipher(SM4(key), GCM(_nonce(number), sealed[-_TAG:])).decryptor()
    decryptor.authenticate_additional_data(_place(last=last))
    try:
        return decryptor.update(sealed[:-_TAG]) + decryptor.finalize()
    except InvalidTag as broken:
        raise SealBroken from broken


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _place(*, last: bool) -> bytes:
    return _MAGIC + (b"last" if last else b"more")
