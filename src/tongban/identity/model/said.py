"""A refusal that is told on the page after a redirect, sealed: nobody writes sentences of ours into an address."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

import msgspec

from tongban.kit import keys
from tongban.kit.errors import Refused
from tongban.kit.i18n import Message

#: So long an address tells it; a page that is opened again later stands without it.
LIFETIME = timedelta(seconds=60)
_CONTEXT = b"identity.said"


class _Said(msgspec.Struct, frozen=True, array_like=True):
    at: datetime
    status: int
    code: str
    field: str
    msgid: str
    params: dict[str, str | int]
    retry_after: int | None


def said_token(refused: Refused, *, now: datetime) -> str:
    """The refusal's sentence, its field and its status as one opaque word for an address."""
    field, words = next(iter(refused.fields.items()), ("", refused.message))
    assert isinstance(words, Message)
    params = {name: one if isinstance(one, int) else str(one) for name, one in words.params.items()}
    said = _Said(now, refused.status, refused.code, field, words.msgid, params, refused.retry_after)
    return urlsafe_b64encode(keys.current().seal(msgspec.msgpack.encode(said), _CONTEXT)).decode().rstrip("=")


def said_in(token: str, *, now: datetime) -> Refused | None:
    """The refusal again; None when it is not ours or no longer news."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        said = msgspec.msgpack.decode(keys.current().open(sealed, _CONTEXT), type=_Said)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken):
        return None
    if said.at + LIFETIME <= now:
        return None
    words = Message(said.msgid, dict(said.params))
    fields = {said.field: words} if said.field else {}
    refused = Refused(said.code, words, fields=fields, retry_after=said.retry_after)
    refused.status = said.status
    return refused
