"""The installation's keys: signing (ES256), sealed columns (AES-256-GCM or SM4-GCM), blind indexes, form tokens.

``ensure(data_dir)`` makes them once; ``current()`` gives the frozen :class:`Keys` that the house
works with. The public halves are a JWK set that anyone may hold. Where an installation keeps its keys
in a hardware module, an object with the methods of :class:`Keys` takes its place.
"""

from tongban.kit.keys.files import MissingKeys, current, ensure, load
from tongban.kit.keys.ring import InvalidSignature, Keys, SealBroken, Signer

__all__ = ["InvalidSignature", "Keys", "MissingKeys", "SealBroken", "Signer", "current", "ensure", "load"]
