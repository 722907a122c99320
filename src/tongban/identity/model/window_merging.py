"""Two accounts merged at a window 窗口合并: what an officer saw of both, between the look and the word. Pure rules."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban.identity.model.people import Person
from tongban.identity.model.window import at_window
from tongban.kit import keys
from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_

RULES = (at_window("identity.merge_at_window"),)
#: So long the officer may compare both sides before she gives her word.
STANDS = timedelta(minutes=15)
_CONTEXT = b"identity.window_merge"


class Sides(msgspec.Struct, frozen=True, array_like=True):
    """Both accounts as the officer found them: which one lasts, which goes into it, who looked, and when."""

    lasting: UUID
    other: UUID
    officer: UUID
    at: datetime


class Compared(msgspec.Struct, frozen=True):
    """Both sides, to be shown masked, and the word by which they are merged."""

    lasting: Person
    other: Person
    token: str


class SidesGone(Conflict):
    """The look is older than a quarter of an hour, or was another officer's."""

    def __init__(self) -> None:
        super().__init__(
            "sides-gone", N_("核对已经过了 15 分钟，或者不是您核对的。请照两份证件重新填写，再确认合并。")
        )


def token_of(sides: Sides) -> str:
    """The sides as one opaque word for a hidden field."""
    return (
        urlsafe_b64encode(keys.current().seal(msgspec.msgpack.encode(sides), _CONTEXT)).decode().rstrip("=")
    )


def sides_of(token: str, *, officer: UUID, now: datetime) -> Sides:
    """The sides again; raises SidesGone when they are not this officer's, or too old."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        sides = msgspec.msgpack.decode(keys.current().open(sealed, _CONTEXT), type=Sides)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken) as broken:
        raise SidesGone from broken
    if sides.officer != officer or sides.at + STANDS <= now:
        raise SidesGone
    return sides
