"""SM2: the standard's own example, what a signature is not, and keys that others read."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tongban.kit.sm2 import SIGNER, Sm2Key, holds

#: GB/T 32918.2-2016, A.2, over the recommended curve of GB/T 32918.5-2017.
POINT = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
MESSAGE = b"message digest"


def test_the_standards_example_holds_in_both_forms() -> None:
    assert SIGNER == b"1234567812345678"
    der = encode_dss_signature(int(R, 16), int(S, 16))
    assert holds(POINT, MESSAGE, der) and holds(POINT, MESSAGE, bytes.fromhex(R + S))


@pytest.mark.parametrize(
    ("point", "message", "signature"),
    [
        (POINT, b"message digesu", bytes.fromhex(R + S)),
        (POINT, MESSAGE, bytes.fromhex(S + R)),
        (POINT, MESSAGE, bytes(64)),
        (POINT, MESSAGE, b"\xff" * 64),
        (POINT, MESSAGE, b""),
        (POINT, MESSAGE, b"\x30\x06\x02\x01\x00\x02\x01\x00"),
        (bytes(64), MESSAGE, bytes.fromhex(R + S)),
        (b"\xff" * 64, MESSAGE, bytes.fromhex(R + S)),
        (POINT[:63], MESSAGE, bytes.fromhex(R + S)),
    ],
)
def test_what_is_no_signature_of_it(point: bytes, message: bytes, signature: bytes) -> None:
    assert not holds(point, message, signature)


def test_a_key_is_kept_as_others_keep_it() -> None:
    key = Sm2Key.new()
    assert Sm2Key.of_pem(key.pem()) == key
    assert holds(key.point, b"x", key.sign(b"x")) and not holds(POINT, b"x", key.sign(b"x"))
