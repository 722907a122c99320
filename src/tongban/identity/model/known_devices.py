"""Devices on which somebody has logged in before: told by a sealed cookie, so that nobody is followed by a table."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban.kit import keys

#: A device that was not seen for so long is a new one.
KNOWN_FOR = timedelta(days=90)
#: Accounts that one device remembers; on a counter's machine the oldest are forgotten.
MOST = 8
_CONTEXT = b"identity.device"


def _seen(cookie: str) -> dict[str, datetime]:
    try:
        sealed = urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
        return msgspec.msgpack.decode(keys.current().open(sealed, _CONTEXT), type=dict[str, datetime])
    except (ValueError, msgspec.MsgspecError, keys.SealBroken):
        return {}


def known(cookie: str, who: UUID, *, now: datetime) -> bool:
    """Whether this account has logged in with the cookie's browser within the last 90 days."""
    at = _seen(cookie).get(who.hex)
    return at is not None and at + KNOWN_FOR > now


def remembering(cookie: str, who: UUID, *, now: datetime) -> str:
    """The cookie with this log-in in it."""
    others = [(one, at) for one, at in _seen(cookie).items() if one != who.hex and at + KNOWN_FOR > now]
    newest = sorted(others, key=lambda pair: pair[1], reverse=True)[: MOST - 1]
    sealed = keys.current().seal(msgspec.msgpack.encode({who.hex: now, **dict(newest)}), _CONTEXT)
    return urlsafe_b64encode(sealed).decode().rstrip("=")
