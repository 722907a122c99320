"""The ciphers that seal columns: AES-256-GCM (NIST SP 800-38D), or SM4-GCM (GB/T 32907, RFC 8998).

A key is of one cipher for good: its file's name says which, and its length, so that values under keys of both are read
side by side, each by the key that its first byte names.
"""

from __future__ import annotations

from typing import Literal, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

SealingCipher = Literal["aes", "sm4"]
#: The bytes of a key of each.
KEY_BYTES: dict[SealingCipher, int] = {"aes": 32, "sm4": 16}
_TAG = 16


class Sealing(Protocol):
    """What seals and opens with one key; ``decrypt`` raises InvalidTag."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext and tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plaintext."""
        ...


class Sm4Gcm:
    """SM4-GCM with the methods of ``AESGCM``: ciphertext, then a tag of 16 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext and tag."""
        encryptor = Cipher(self._cipher, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plaintext; raises InvalidTag."""
        if len(data) < _TAG:
            raise InvalidTag
        decryptor = Cipher(self._cipher, GCM(nonce, data[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-_TAG]) + decryptor.finalize()


def sealing_with(key: bytes) -> Sealing:
    """What seals with this key: its length says of which cipher it is."""
    return Sm4Gcm(key) if len(key) == KEY_BYTES["sm4"] else AESGCM(key)
