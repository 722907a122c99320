"""The ring of keys as the JOSE library takes it: ES256, the present key signs, all that we published verify."""

from __future__ import annotations

from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import ECKey, KeySet

from tongban.kit import keys


class _Ring:
    """Signs through the ring of keys, so that a hardware module may take its place."""

    def sign(self, message: bytes, _how: Any) -> bytes:
        raw = keys.current().sign("oidc", message)
        return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


class SigningKey(ECKey):
    """The provider's signing key for the library: its public half, and the ring that signs."""

    def get_op_key(self, operation: Any) -> Any:
        """The ring where something is signed, else the public key."""
        return _Ring() if operation == "sign" else super().get_op_key(operation)


@cache
def _signing(kid: str) -> SigningKey:
    jwk = next(one for one in keys.current().jwks("oidc")["keys"] if one["kid"] == kid)
    return SigningKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y", "kid")})


def signing_key() -> SigningKey:
    """The key that signs now."""
    return _signing(keys.current().kid("oidc"))


def own_keys() -> KeySet:
    """All public keys that we ever published."""
    return KeySet.import_key_set(keys.current().jwks("oidc"))  # type: ignore[arg-type]
