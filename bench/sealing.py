"""``python -m bench.sealing``: what sealing and opening a column's value costs, with each cipher that may be set.

A name of eight characters and its place, as the house seals them, in one process; no database and no file is touched.
"""

from __future__ import annotations

import os
import time
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec

from bench.rows import Row, join, table
from tongban.kit.keys import Keys
from tongban.kit.keys.ciphers import KEY_BYTES, SealingCipher
from tongban.kit.keys.lookup import PLAIN

NAMES: dict[SealingCipher, str] = {
    "aes": "a column's value sealed and opened, AES-256-GCM",
    "sm4": "a column's value sealed and opened, SM4-GCM",
}
_VALUE = "阿卜杜拉·买买提".encode()
_PLACE = b"identity.account\x1fname_sealed\x1f" + bytes(16)
_ROUNDS = 20_000
_BATCH = 20


def _ring(cipher: SealingCipher) -> Keys:
    return Keys(
        signing={"node": ec.generate_private_key(ec.SECP256R1())},
        published={},
        sealing={1: os.urandom(KEY_BYTES[cipher])},
        lookup={PLAIN: b""},
        index=os.urandom(32),
        session=os.urandom(32),
    )


def _measured(cipher: SealingCipher) -> Row:
    """Microseconds for sealing and opening once, the median of batches."""
    ring, took = _ring(cipher), []
    for _ in range(_ROUNDS // _BATCH):
        begun = time.perf_counter()
        for _ in range(_BATCH):
            ring.open(ring.seal(_VALUE, _PLACE), _PLACE)
        took.append((time.perf_counter() - begun) / _BATCH)
    return Row(name=NAMES[cipher], value=round(median(took) * 1e6, 2), unit="µs")


def main() -> None:
    """Measure and print, and keep the lines."""
    rows = [_measured(cipher) for cipher in NAMES]
    join(rows)
    print(table(rows))


if __name__ == "__main__":
    main()
