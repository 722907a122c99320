"""SMS codes: how many, how long, how often. Pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from tongban.identity.model.refusals import CodeExpired, CodeMalformed, CodesUsedUp, CodeUsed, TooManyCodes
from tongban.kit import keys
from tongban.kit.keys.ring import normalised

#: ``recover_own``: a new password, asked for in a browser that has opened the account before.
#: ``phone_old`` and ``phone_new``: one's own number is changed, proved at both phones.
Act = Literal["log_in", "enrol", "recover", "recover_own", "window", "phone_old", "phone_new"]

DIGITS = 6
LIFETIME = timedelta(minutes=5)
TRIES = 5
#: A new code at the earliest after.
RESEND_AFTER = timedelta(seconds=60)
HOUR = timedelta(hours=1)
PER_HOUR = 10


class Sent(msgspec.Struct, frozen=True):
    """What was sent for one act last: when, how many within the hour that began at ``hour_from``, used up or not."""

    sent_at: datetime
    hour_from: datetime
    hour_sent: int
    used: bool = False


def seconds_to_wait(sent: Sent | None, *, now: datetime) -> int:
    """Seconds until a new code may be sent; 0 for at once: none was sent, or the last one is used up."""
    if sent is None or sent.used:
        return 0
    left = (sent.sent_at + RESEND_AFTER - now).total_seconds()
    return max(0, -int(-left // 1))


def sending(sent: Sent | None, *, now: datetime) -> Sent:
    """What will have been sent once a new code goes out now; raises TooManyCodes."""
    if sent is None or sent.hour_from + HOUR <= now:
        return Sent(now, now, 1)
    if sent.hour_sent >= PER_HOUR:
        raise TooManyCodes(sent.hour_from + HOUR)
    return Sent(now, sent.hour_from, sent.hour_sent + 1)


def digits_typed(text: str) -> str:
    """The code in what was typed, without blanks and hyphens; raises CodeMalformed for what can be no code."""
    digits = "".join(normalised(text).split("-"))
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise CodeMalformed
    return digits


def code_hash(code: str, *, account: UUID, act: Act, to: str = "") -> bytes:
    """A code as its column keeps it: HMAC over account, act and digits, and the phone where it proves that one."""
    sent = f"{to}.{code}" if to else code
    return keys.current().blind_index("code", f"{account.hex}.{act}.{sent}")


class Tried(msgspec.Struct, frozen=True):
    """The state of a code when somebody typed one; ``hash`` and ``tries`` only where the try counted."""

    hash: bytes | None
    tries: int | None
    attempts: int | None
    expires_at: datetime | None
    used_at: datetime | None

    def must_count(self, *, now: datetime) -> bytes:
        """The hash to compare with; raises the sentence of a code that no longer counts."""
        if self.hash is not None:
            return self.hash
        if self.used_at is not None:
            raise CodeUsed
        if self.expires_at is None or self.expires_at <= now:
            raise CodeExpired
        raise CodesUsedUp

    def is_stale(self, *, now: datetime) -> bool:
        """Whether a twin changed the code after this was read: it did not count, and nothing read here says why."""
        counts = self.used_at is None and self.expires_at is not None and self.expires_at > now
        return self.hash is None and counts and self.attempts is not None and self.attempts < TRIES
