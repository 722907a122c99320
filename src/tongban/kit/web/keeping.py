"""Nothing typed is lost: a POST whose session has ended is kept, sealed, in the log-in page itself.

The kept fields travel through the log-in steps as one opaque hidden field and are posted again, by the
resident's own click, once she is back. They are sealed under the column key with a short life.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import msgspec

from tongban.kit import keys
from tongban.kit.errors import Invalid
from tongban.kit.i18n import N_

CONTEXT = b"kept-form"
LIFETIME_SECONDS = 3600
#: What a log-in may carry: the largest body, sealed and in base64 (4/3), beside its own fields.
KEPT_BODY_BYTES = 2_000_000
#: The web floor's own fields are made anew for the new session.
OWN_FIELDS = frozenset({"_csrf"})


def keep_fields(fields: Mapping[str, str]) -> str:
    """Seal posted fields into one text field."""
    kept = [(name, value) for name, value in fields.items() if name not in OWN_FIELDS]
    sealed = keys.current().seal(msgspec.msgpack.encode((int(time.time()), kept)), CONTEXT)
    return urlsafe_b64encode(sealed).decode()


def kept_fields(token: str) -> list[tuple[str, str]]:
    """The fields again; raises Invalid when the token is not ours or older than an hour."""
    try:
        at, fields = msgspec.msgpack.decode(
            keys.current().open(urlsafe_b64decode(token), CONTEXT), type=tuple[int, list[tuple[str, str]]]
        )
    except (ValueError, msgspec.DecodeError, keys.SealBroken) as broken:
        raise Invalid("kept-form-broken", N_("保留的内容无法恢复，请重新填写。")) from broken
    if time.time() - at > LIFETIME_SECONDS:
        raise Invalid("kept-form-expired", N_("保留的内容已超过一小时，请重新填写。"))
    return fields
